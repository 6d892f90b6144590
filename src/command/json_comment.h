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

#endif
