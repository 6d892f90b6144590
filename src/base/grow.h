/*
 * Arrays that grow: a pointer to the elements, their count, and the capacity (`room`).
 * The owner starts with zeros and frees the pointer with free(). For bytes see buf.h.
 */
#ifndef DUYETD_BASE_GROW_H
#define DUYETD_BASE_GROW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for `need` elements in total; may change `list`, which must be a pointer variable.
 * The capacity at least doubles. Returns false when out of memory; the list is then unchanged. A
 * macro, so that no function is called when there is room. `need` is evaluated twice.
 */
#define grow(list, need, room)                                                                     \
	((need) <= *(room) || grow_list(&(list), (need), (room), sizeof *(list)))

/* Called by grow(): `list` is the address of the pointer. */
bool grow_list(void *list, size_t need, size_t *room, size_t size);

#endif
