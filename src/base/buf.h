/*
 * A byte buffer that grows. Where memory runs out it keeps what it has and says so from
 * then on (`failed`), so that a caller may append in peace and look once at the end.
 *
 * `data` ends in a NUL that `len` does not count, once anything was appended; it may hold
 * NULs of its own. Emptying keeps the memory, so that a buffer reused stops allocating.
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

/* Releases the memory; the buffer is then as good as a fresh `struct buf buf = {0}`. */
void buf_free(struct buf *buf);

/* Forgets the bytes and any failure, keeps the memory. */
void buf_empty(struct buf *buf);

/* Room for `len` more bytes and a NUL. Returns false when out of memory. */
bool buf_reserve(struct buf *buf, size_t len);

void buf_add(struct buf *buf, const void *bytes, size_t len);
static inline void buf_add_char(struct buf *buf, char ch)
{
	buf_add(buf, &ch, 1);
}

static inline void buf_add_string(struct buf *buf, const char *string)
{
	buf_add(buf, string, strlen(string)); /* no call where it is a literal */
}

/* In decimal; many times as fast as buf_printf(). */
void buf_add_number(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes as a C string: never NULL. */
const char *buf_string(const struct buf *buf);

#endif
