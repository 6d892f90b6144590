/*
 * Memory that is given back all at once: what a rule set keeps, what one comment needs.
 *
 * Pointers stay valid until arena_empty() or arena_free(). Emptying keeps the chunks, so
 * that an arena reused for comment after comment soon allocates no more.
 */
#ifndef DUYETD_BASE_ARENA_H
#define DUYETD_BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena { /* = {0} is an empty one */
	struct arena_chunk *first, *current;
};

void arena_free(struct arena *arena);
void arena_empty(struct arena *arena);

/* Zeroed memory, aligned for any type; NULL when out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `len` bytes with a NUL behind it; NULL when out of memory. */
char *arena_copy(struct arena *arena, const void *bytes, size_t len);

#endif
