/* A comment as it was submitted: fields of any names and bytes, in their order. */
#ifndef DUYETD_RULES_COMMENT_H
#define DUYETD_RULES_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* One field of a submission. Bytes of any kind, NULs too; borrowed from whoever made it. */
struct field {
	const char *name, *value;
	size_t name_len, value_len;
};

/* A submission as it came: all its fields in their order. `id` and `text` are looked up. */
struct comment {
	const struct field *fields;
	size_t count;
};

/* Whether it is the field so named, and whether its value is that string: whole, and no more. */
static inline bool field_is(const struct field *field, const char *name)
{
	size_t len = strlen(name); /* no call where it is a literal */
	return field->name_len == len && !memcmp(field->name, name, len);
}

static inline bool field_says(const struct field *field, const char *value)
{
	size_t len = strlen(value);
	return field->value_len == len && !memcmp(field->value, value, len);
}

/* The first field so named, or NULL. */
static inline const struct field *comment_field(const struct comment *comment, const char *name)
{
	for (size_t i = 0; i < comment->count; i++)
		if (field_is(&comment->fields[i], name))
			return &comment->fields[i];
	return NULL;
}

#endif
