/*
 * What a submission's fields mean to the queue: which comment it is, whether somebody waits
 * for the answer, and which of its fields travel on, under what name.
 */
#ifndef DUYETD_QUEUE_SUBMISSION_H
#define DUYETD_QUEUE_SUBMISSION_H

#include <stdbool.h>
#include "redis/resp.h"
#include "rules/comment.h"

/*
 * The comment's id: 1 to LIMIT_ID_BYTES of UTF-8 without control characters, once. NULL
 * where there is no such; `*why` then says what is wrong, for the dead.
 */
const struct field *submission_id(const struct comment *comment, const char **why);

/* It bears the field `reply`, whatever its value. */
bool submission_wants_reply(const struct comment *comment);

/*
 * Adds how many fields follow, and their names and values: all but the id, which stands in
 * the verdict. A field that bears a name of ours travels as `submitted:NAME`, so that nobody
 * forges a verdict.
 */
void submission_fields(struct resp *command, const struct comment *comment);

/* The way back: the submission's field of which a record's is the copy; false for one of ours. */
bool submission_had(const struct field *recorded, struct field *field);

#endif
