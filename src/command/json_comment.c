#include "command/json_comment.h"

#include <string.h>

static bool is_id(const struct json_member *member)
{
	return member->name_len == 2 && !memcmp(member->name, "id", 2);
}

bool json_comment_read(struct json_comment *submission, char *line, size_t len, const char **why,
		       size_t *at)
{
	long count = json_read(line, len, submission->members, JSON_COMMENT_MOST, why, at);

	submission->comment = (struct comment){submission->fields, 0};
	submission->id_is_number = false;
	for (long i = 0; i < count; i++) {
		const struct json_member *member = &submission->members[i];

		if (member->kind == MEMBER_OTHER)
			continue;
		submission->id_is_number |= member->kind == MEMBER_NUMBER && is_id(member);
		submission->fields[submission->comment.count++] = (struct field){
			member->name, member->value, member->name_len, member->value_len};
	}
	return count >= 0;
}
