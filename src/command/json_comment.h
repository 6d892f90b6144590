/*
 * A comment from a line of JSON: what `judge` and `replay` read. The members that are
 * strings or numbers are the submission's fields; others are passed over.
 */
#ifndef DUYETD_COMMAND_JSON_COMMENT_H
#define DUYETD_COMMAND_JSON_COMMENT_H

#include <stdbool.h>
#include "base/json.h"
#include "base/limits.h"
#include "rules/comment.h"
#include "rules/verdict.h"

/* More members than a submission may have fields, to tell `malformed` from no JSON. */
enum { JSON_COMMENT_MOST = 4 * LIMIT_FIELDS };

struct json_comment {
	struct comment comment;
	bool id_is_number;
	struct field fields[JSON_COMMENT_MOST];
	struct json_member members[JSON_COMMENT_MOST];
};

/* Unescapes in place. False, with what is wrong and its byte, where the line is no object. */
bool json_comment_read(struct json_comment *submission, char *line, size_t len, const char **why,
		       size_t *at);

/*
 * A comment out of history: a line of a file, or an entry of `comments:reviewed` or
 * `comments:rejected` in the same shape. The submission as it was, and what was decided.
 *
 * The verdict's own fields (`verdict`, `rules`, `by` …) are taken out, and the site's that
 * bear such a name (`submitted:by`) get it back.
 */

/* What a person said of it, where one did: `verdict` beside a `by` that is not duyetd. */
enum label { LABEL_NONE, LABEL_GOOD, LABEL_BAD };

struct past_comment {
	struct comment comment;
	enum label label;
	int before; /* enum decision of duyetd at the time, or -1 where it is not told */
	struct field fields[JSON_COMMENT_MOST];
};

/* The fields are borrowed from the submission. */
void past_comment_read(struct past_comment *past, const struct json_comment *submission);

#endif
