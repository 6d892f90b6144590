/*
 * Decisions, read from a fuzzer's bytes one after another. After the last byte, a generator seeded
 * by all bytes continues, so a few bytes make a whole case.
 *
 * A copy makes the same decisions again.
 */
#ifndef DUYETD_TESTS_FUZZ_CHOICES_H
#define DUYETD_TESTS_FUZZ_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct choices {
	const uint8_t *at, *end;
	uint64_t state;
};

static inline struct choices choices_from(const uint8_t *bytes, size_t len)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return (struct choices){bytes, bytes + len, hash | 1};
}

/* Below `limit`, which is not 0. */
static inline size_t choose(struct choices *c, size_t limit)
{
	if (c->at < c->end)
		return *c->at++ % limit;
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return (size_t)((c->state >> 16) % limit);
}

/* True once in `times`. */
static inline bool happens(struct choices *c, size_t times)
{
	return choose(c, times) == 0;
}

#endif
