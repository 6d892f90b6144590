/* A comment as submitted: its fields in order, with any names and any bytes. */
#ifndef DUYETD_RULES_COMMENT_H
#define DUYETD_RULES_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* One field of a submission. Any bytes, including NULs; borrowed from the creator. */
struct field {
	const char *name, *value;
	size_t name_len, value_len;
};

/* All fields of a submission in order, including `id` and `text`. */
struct comment {
	const struct field *fields;
	size_t count;
};

/* Return whether the field has this name, and whether it has this value. */
static inline bool field_is(const struct field *field, const char *name)
{
	size_t len = strlen(name); /* no call at run time for a literal */
	return field->name_len == len && !memcmp(field->name, name, len);
}

static inline bool field_says(const struct field *field, const char *value)
{
	size_t len = strlen(value);
	return field->value_len == len && !memcmp(field->value, value, len);
}

/* Returns the first field of that name, or NULL. */
static inline const struct field *comment_field(const struct comment *comment, const char *name)
{
	for (size_t i = 0; i < comment->count; i++)
		if (field_is(&comment->fields[i], name))
			return &comment->fields[i];
	return NULL;
}

/* Returns the one field of that name, or NULL when it is missing or given twice. */
static inline const struct field *comment_only_field(const struct comment *comment,
						     const char *name)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < comment->count; i++) {
		if (!field_is(&comment->fields[i], name))
			continue;
		if (found)
			return NULL;
		found = &comment->fields[i];
	}
	return found;
}

#endif
