/*
 * Bytes that others wrote, made harmless for a line of a log or a terminal: control
 * characters, what turns or hides text (direction marks, zero-width characters) and bytes
 * that are no UTF-8 come out as \n, \x1b, \u{202e}; all else as it is.
 */
#ifndef DUYETD_BASE_ESCAPE_H
#define DUYETD_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Room for one escaped character and its NUL. */
enum { ESCAPE_SIZE = 16 };

/*
 * Writes the first character of `bytes` (at least one byte) to `out`, escaped where need
 * be, and returns how many bytes it took. ASCII characters in `special` get a backslash.
 */
size_t escape_next(char out[ESCAPE_SIZE], const char *bytes, size_t len, const char *special);

/* Whether any of it would come out otherwise than it is. */
bool escape_needed(const char *bytes, size_t len);

#endif
