/*
 * People's decisions on comments, from PREFIX:reviewed: of each comment the last one. Rows of a
 * stream become lines of JSON with that decision, one for each comment.
 *
 * A comment that was edited has another entry, and is another one here.
 */
#ifndef DUYETD_COMMAND_DECISIONS_H
#define DUYETD_COMMAND_DECISIONS_H

#include <stdbool.h>
#include "base/buf.h"

struct redisReply;
struct decisions;

/* Returns NULL when out of memory. */
struct decisions *decisions_new(void);
void decisions_free(struct decisions *decisions);

/* Adds a decision, in the order of the stream. `fields`: names and values in turn. Returns false
 * when out of memory. */
bool decisions_add(struct decisions *decisions, const struct redisReply *fields);

/*
 * Returns false when people have not decided on the comment of this row. Else appends the row as
 * one line: with `verdict`, `by` and `via` of the last decision, and in `judged` what the rules had
 * decided. Nothing is appended when a row of this comment was written before, unless only this one
 * has the text.
 */
bool decisions_write(struct decisions *decisions, struct buf *lines,
		     const struct redisReply *fields);

#endif
