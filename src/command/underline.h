/*
 * A text with stretches of it underlined, line under line, whatever its letters are made
 * of: NFC and NFD, wide and invisible characters line up.
 */
#ifndef DUYETD_COMMAND_UNDERLINE_H
#define DUYETD_COMMAND_UNDERLINE_H

#include <stddef.h>
#include <stdio.h>
#include "command/color.h"

struct span {
	size_t at, len; /* bytes */
};

/*
 * Prints, each indented by `indent`, those lines of the text that spans are in, and below
 * each the underline; lines wider than the page are cut to what is around their spans.
 */
void underline_print(FILE *file, const struct colors *colors, const char *bytes, size_t len,
		     const struct span *spans, size_t count, int indent);

#endif
