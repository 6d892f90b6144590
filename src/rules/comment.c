#include "rules/comment.h"

const struct field *comment_field(const struct comment *comment, const char *name)
{
	for (size_t i = 0; i < comment->count; i++)
		if (field_is(&comment->fields[i], name))
			return &comment->fields[i];
	return NULL;
}
