/*
 * UTF-8 for code that has bytes and no text: JSON, escaping, cutting at a character. Code that
 * reads texts (text/) uses ICU, which also knows what the characters are.
 */
#ifndef DUYETD_BASE_UTF8_H
#define DUYETD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MOST = 4 }; /* bytes of the longest character */

/*
 * Bytes of the character that `bytes` (`len` of them, at least one) begins with, which is put
 * into `*ch`. 0 where they are ill-formed (Unicode 15, table 3-7).
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *ch);

/* Writes `ch`, any code point but a surrogate; returns how many bytes that takes. */
size_t utf8_encode(uint32_t ch, char out[UTF8_MOST]);

/* Whether a byte begins a character, and is not a later byte of one. */
static inline bool utf8_begins(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* `at` moved left, or right, to where a character begins; at most to 0, or to `len`. */
static inline size_t utf8_left(const char *bytes, size_t at, size_t len)
{
	while (at && at < len && !utf8_begins(bytes[at]))
		at--;
	return at;
}

static inline size_t utf8_right(const char *bytes, size_t at, size_t len)
{
	while (at < len && !utf8_begins(bytes[at]))
		at++;
	return at;
}

/* Characters of well-formed UTF-8. */
size_t utf8_count(const char *bytes, size_t len);

#endif
