/*
 * Escapes untrusted bytes for one line of a log or a terminal. Control characters, direction
 * marks, invisible characters and invalid UTF-8 become escapes such as \n, \x1b and \u{202e}.
 * Everything else is unchanged, also the joiner and the variation selectors that emoji are made
 * with.
 */
#ifndef DUYETD_BASE_ESCAPE_H
#define DUYETD_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

/* Room for one escaped character and its NUL. */
enum { ESCAPE_SIZE = 16 };

/*
 * Writes the first character of `bytes` (at least one byte) to `out`, escaped if necessary, and
 * returns how many bytes it read. ASCII characters in `special` get a backslash.
 */
size_t escape_next(char out[ESCAPE_SIZE], const char *bytes, size_t len, const char *special);

/* Adds all of `bytes` in this way. */
void escape_add(struct buf *out, const char *bytes, size_t len, const char *special);

/* Returns whether any character would be escaped. */
bool escape_needed(const char *bytes, size_t len);

#endif
