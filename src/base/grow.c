#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

bool grow_list(void *list, size_t need, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	void *elements;

	if (more < need)
		more = need;
	if (more > SIZE_MAX / size)
		return false;
	memcpy(&elements, list, sizeof elements); /* a pointer of any type, copied as bytes */
	/* cppcheck-suppress memleakOnRealloc ; the list still has them */
	elements = realloc(elements, more * size);
	if (!elements)
		return false;
	memcpy(list, &elements, sizeof elements);
	*room = more;
	return true;
}
