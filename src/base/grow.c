#include "base/grow.h"

#include <stdlib.h>

void *grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;

	if (count < *room)
		return list;
	list = realloc(list, more * size);
	if (list)
		*room = more;
	return list;
}
