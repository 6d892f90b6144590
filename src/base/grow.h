/* Room in a list that grows: an array of the caller's, freed by free(). */
#ifndef DUYETD_BASE_GROW_H
#define DUYETD_BASE_GROW_H

#include <stddef.h>

/*
 * `list`, of `count` elements of `size` bytes, with room for one more: it may have moved. NULL
 * without memory; the list is then as it was, and still the caller's.
 */
void *grow(void *list, size_t count, size_t *room, size_t size);

#endif
