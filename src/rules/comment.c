#include "rules/comment.h"

#include <string.h>

static bool is(const char *bytes, size_t len, const char *string)
{
	return len == strlen(string) && !memcmp(bytes, string, len);
}

bool field_is(const struct field *field, const char *name)
{
	return is(field->name, field->name_len, name);
}

bool field_says(const struct field *field, const char *value)
{
	return is(field->value, field->value_len, value);
}

const struct field *comment_field(const struct comment *comment, const char *name)
{
	for (size_t i = 0; i < comment->count; i++)
		if (field_is(&comment->fields[i], name))
			return &comment->fields[i];
	return NULL;
}
