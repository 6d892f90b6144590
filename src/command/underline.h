/*
 * Prints a text with parts of it underlined on the next line. NFC and NFD, wide and invisible
 * characters line up.
 */
#ifndef DUYETD_COMMAND_UNDERLINE_H
#define DUYETD_COMMAND_UNDERLINE_H

#include <stddef.h>
#include <stdio.h>
#include "command/color.h"

struct span {
	size_t at, len; /* bytes */
};

/* Prints those lines of the text that have spans, each with its underline, indented by `indent`.
 * Lines wider than the page are cut to the part around their spans. */
void underline_print(FILE *file, const struct colors *colors, const char *bytes, size_t len,
		     const struct span *spans, size_t count, int indent);

#endif
