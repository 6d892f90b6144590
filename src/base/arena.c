#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 16 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void arena_free(struct arena *arena)
{
	for (struct arena_chunk *next, *chunk = arena->first; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){0};
}

void arena_empty(struct arena *arena)
{
	arena->current = arena->first;
	if (arena->current)
		arena->current->used = 0;
}

/* Makes a chunk with room for `size` the current one: the next chunk if it is large enough, else a
 * new one. */
static struct arena_chunk *advance(struct arena *arena, size_t size)
{
	struct arena_chunk **link = arena->current ? &arena->current->next : &arena->first;
	struct arena_chunk *chunk = *link;

	if (!chunk || chunk->size < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = malloc(sizeof *chunk + room);
		if (!chunk)
			return NULL;
		chunk->size = room;
		chunk->next = *link;
		*link = chunk;
	}
	chunk->used = 0;
	return arena->current = chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->current;
	void *memory;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!chunk || chunk->size - chunk->used < size)
		chunk = advance(arena, size);
	if (!chunk)
		return NULL;
	memory = memset(chunk->bytes + chunk->used, 0, size);
	chunk->used += size;
	return memory;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy && len)
		memcpy(copy, bytes, len);
	return copy;
}
