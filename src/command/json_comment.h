/*
 * A comment from a line of JSON, as `judge` and `replay` read it. Members that are strings,
 * numbers, `true` or `false` are the submission's fields; others are ignored.
 */
#ifndef DUYETD_COMMAND_JSON_COMMENT_H
#define DUYETD_COMMAND_JSON_COMMENT_H

#include <stdbool.h>
#include "base/json.h"
#include "base/limits.h"
#include "rules/comment.h"
#include "rules/verdict.h"

/* More members than a submission may have fields, so that one with too many is judged `malformed`
 * and is not an error of JSON. */
enum { JSON_COMMENT_MOST = 4 * LIMIT_FIELDS };

struct json_comment {
	struct comment comment;
	bool id_is_number;
	struct field fields[JSON_COMMENT_MOST];
	struct json_member members[JSON_COMMENT_MOST];
};

/* Unescapes in place. Returns false when the line is no object; `*why` is then the reason and `*at`
 * the offset of the byte. */
bool json_comment_read(struct json_comment *submission, char *line, size_t len, const char **why,
		       size_t *at);

/*
 * A past comment, from a line of a file, or from an entry of `comments:reviewed` or
 * `comments:rejected`: the submission as it was, and what was decided.
 *
 * The verdict's fields (`verdict`, `rules`, `by` …) are removed. A field of the submission that was
 * recorded as `submitted:by` is called `by` again.
 */

/* In the field `via` of reviews that replay sends. */
#define REPLAY_VIA "replay"

/* A person's decision, if there is one: `verdict` with a `by` other than duyetd. GOOD: approved.
 * A decision that replay has sent does not count: it is a decision of the rules. */
enum label { LABEL_NONE, LABEL_GOOD, LABEL_BAD };

struct past_comment {
	struct comment comment;
	enum label label;
	int before;			   /* enum decision of duyetd at the time; -1: not known */
	const struct field *rules, *entry; /* as recorded; NULL: not known */
	bool by_person;
	bool unknown_verdict; /* `verdict` is no decision, and counts as missing */
	struct field fields[JSON_COMMENT_MOST];
};

/* The fields are borrowed from the submission. */
void past_comment_read(struct past_comment *past, const struct json_comment *submission);

#endif
