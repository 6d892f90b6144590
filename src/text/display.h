/*
 * Text in a terminal: the width of a character in columns, and a form of it that is safe to print.
 * Control characters become pictures (␛), invisible and direction-changing characters a middle dot,
 * invalid UTF-8 a �.
 */
#ifndef DUYETD_TEXT_DISPLAY_H
#define DUYETD_TEXT_DISPLAY_H

#include <stddef.h>

struct display {
	char bytes[8]; /* what to print, NUL-terminated */
	int columns;   /* 0 for combining marks, 2 for wide characters */
};

/* Fills in `display` for the character at bytes[at] (at < len). Returns the place of the next one.
 */
size_t display_next(const char *bytes, size_t len, size_t at, struct display *display);

/* Returns the width of a string in columns. */
size_t display_columns(const char *bytes, size_t len);

#endif
