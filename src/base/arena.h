/*
 * Arena allocator: many small allocations that are freed together, such as those of a rule set
 * or of one comment.
 *
 * Pointers stay valid until arena_empty() or arena_free(). arena_empty() keeps the chunks, so an
 * arena that is reused for each comment soon stops allocating.
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

/* Returns zeroed memory, aligned for any type, or NULL when out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* Returns a copy of `len` bytes with a NUL added, or NULL when out of memory. */
char *arena_copy(struct arena *arena, const void *bytes, size_t len);

#endif
