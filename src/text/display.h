/*
 * How text looks in a terminal: which columns a character takes, and in what form it can
 * be printed without doing anything there. Controls become pictures (␛), invisible and
 * direction-changing characters a middle dot, bytes that are no UTF-8 a �.
 */
#ifndef DUYETD_TEXT_DISPLAY_H
#define DUYETD_TEXT_DISPLAY_H

#include <stddef.h>

struct display {
	char bytes[8]; /* what to print, NUL behind */
	int columns;   /* 0 for marks, which stand on the letter before them; 2 for wide ones */
};

/* Shows the character at bytes[at] (at < len); the place of the next one. */
size_t display_next(const char *bytes, size_t len, size_t at, struct display *display);

/* Columns of a whole string. */
size_t display_columns(const char *bytes, size_t len);

#endif
