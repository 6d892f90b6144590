#include "rules/kind/kind.h"

#include <string.h>

/* clang-format off */
const struct kind *const kinds[] = {
	&kind_length,
	&kind_diacritics,
	&kind_links,
	&kind_banned,
	NULL,
};
/* clang-format on */

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; kinds[i]; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}
