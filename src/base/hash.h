/* FNV-1a, 64 bits, for short keys. Not for hash tables with untrusted keys. */
#ifndef DUYETD_BASE_HASH_H
#define DUYETD_BASE_HASH_H

#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Adds a byte, or a value of up to 32 bits at a time. */
static inline uint64_t hash_add(uint64_t hash, uint32_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001b3);
}

#endif
