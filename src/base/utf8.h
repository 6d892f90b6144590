/*
 * UTF-8 for code that works on bytes: JSON, escaping, cutting at a character. Code that reads
 * texts (text/) uses ICU, which also knows the properties of characters.
 */
#ifndef DUYETD_BASE_UTF8_H
#define DUYETD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MOST = 4 }; /* bytes of the longest character */

/*
 * Decodes the first character of `bytes` (`len` is at least 1) into `*ch`. Returns its length in
 * bytes, or 0 when it is ill-formed (Unicode 15, table 3-7).
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *ch);

/* Writes `ch`, any code point except a surrogate. Returns its length in bytes. */
size_t utf8_encode(uint32_t ch, char out[UTF8_MOST]);

/* Returns whether a byte is the first of a character. */
static inline bool utf8_begins(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Returns the beginning of the character that contains the byte at `at`; `at` itself from `len` on.
 */
static inline size_t utf8_left(const char *bytes, size_t at, size_t len)
{
	while (at && at < len && !utf8_begins(bytes[at]))
		at--;
	return at;
}

/* Returns the first beginning of a character from `at` on, or `len` if there is none. */
static inline size_t utf8_right(const char *bytes, size_t at, size_t len)
{
	while (at < len && !utf8_begins(bytes[at]))
		at++;
	return at;
}

/* Returns the number of characters in well-formed UTF-8. */
size_t utf8_count(const char *bytes, size_t len);

#endif
