/* A comment as it was submitted: fields of any names and bytes, in their order. */
#ifndef DUYETD_RULES_COMMENT_H
#define DUYETD_RULES_COMMENT_H

#include <stdbool.h>
#include <stddef.h>

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
bool field_is(const struct field *field, const char *name);
bool field_says(const struct field *field, const char *value);

/* The first field so named, or NULL. */
const struct field *comment_field(const struct comment *comment, const char *name);

#endif
