#include "rules/comment.h"

#include <string.h>

const struct field *comment_field(const struct comment *comment, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < comment->count; i++) {
		const struct field *field = &comment->fields[i];

		if (field->name_len == len && !memcmp(field->name, name, len))
			return field;
	}
	return NULL;
}
