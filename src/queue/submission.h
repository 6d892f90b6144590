/*
 * The fields of a submission that the queue uses: the comment's id, whether a client waits for the
 * reply, and which fields are copied to records under which names.
 */
#ifndef DUYETD_QUEUE_SUBMISSION_H
#define DUYETD_QUEUE_SUBMISSION_H

#include <stdbool.h>
#include "redis/resp.h"
#include "rules/comment.h"

/* The comment's id: 1 to LIMIT_ID_BYTES of UTF-8 without control or invisible characters (what
 * escape_needed() finds: it is shown in logs and terminals), given once. Returns NULL when it is
 * missing or invalid; `*why` is then the reason, for PREFIX:dead. */
const struct field *submission_id(const struct comment *comment, const char **why);

bool submission_has_twice(const struct comment *comment, const char *name);

/* It has the field `reply`, with any value. */
bool submission_wants_reply(const struct comment *comment);

/* Adds the number of fields, and their names and values: all but the id, which is in the verdict.
 * A field with the name of one that the daemon adds becomes `submitted:NAME`: no submission can
 * forge a verdict. */
void submission_fields(struct resp *command, const struct comment *comment);

/* The reverse: fills in the submission's field that `recorded`, a field of a record, was copied
 * from. Returns false when `recorded` is a verdict's field. */
bool submission_had(const struct field *recorded, struct field *field);

#endif
