/*
 * A comment out of history: a line of a file, or an entry of `comments:reviewed` or
 * `comments:rejected` in the same shape. The submission as it was, and what was decided.
 *
 * The verdict's own fields (`verdict`, `rules`, `by` …) are taken out, and the site's that
 * bear such a name (`submitted:by`) get it back.
 */
#ifndef DUYETD_COMMAND_RECORD_H
#define DUYETD_COMMAND_RECORD_H

#include "command/json_comment.h"
#include "rules/verdict.h"

/* What a person said of it, where one did: `verdict` beside a `by` that is not duyetd. */
enum label { LABEL_NONE, LABEL_GOOD, LABEL_BAD };

struct record {
	struct comment comment;
	enum label label;
	int before; /* enum decision of duyetd at the time, or -1 where it is not told */
	struct field fields[JSON_COMMENT_MOST];
};

/* The fields are borrowed from the submission. */
void record_read(struct record *record, const struct json_comment *submission);

#endif
