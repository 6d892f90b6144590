/*
 * A byte buffer that grows. When out of memory it keeps its bytes and sets `failed`; later appends
 * do nothing, so a caller may append many times and check `failed` once at the end.
 *
 * After the first append `data` ends in a NUL that `len` does not count; the bytes may contain
 * NULs. buf_empty() keeps the memory, so a buffer that is reused stops allocating.
 */
#ifndef DUYETD_BASE_BUF_H
#define DUYETD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *data;
	size_t len, size;
	bool failed;
};

/* Frees the memory and resets the buffer to {0}. */
void buf_free(struct buf *buf);

/* Sets the length to 0 and clears `failed`; keeps the memory. */
void buf_empty(struct buf *buf);

/* Makes room for `len` more bytes and a NUL. Returns false when out of memory. */
bool buf_reserve(struct buf *buf, size_t len);

void buf_add(struct buf *buf, const void *bytes, size_t len);
static inline void buf_add_char(struct buf *buf, char ch)
{
	buf_add(buf, &ch, 1);
}

static inline void buf_add_string(struct buf *buf, const char *string)
{
	buf_add(buf, string, strlen(string)); /* the compiler knows the length of a literal */
}

/* Appends it in decimal; much faster than buf_printf(). */
void buf_add_number(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes as a C string: never NULL. */
const char *buf_string(const struct buf *buf);

#endif
