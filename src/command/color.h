/* Colours for a terminal. */
#ifndef DUYETD_COMMAND_COLOR_H
#define DUYETD_COMMAND_COLOR_H

#include <stdio.h>

/* Escape sequences; all empty when the output has no colours. */
struct colors {
	const char *good, *bad, *doubtful, *faint, *bold, *off;
};

/* `choice` is the index in COLOR_CHOICES. `auto`: colours on a terminal, unless NO_COLOR is set. */
#define COLOR_CHOICES "auto|always|never"
struct colors colors_for(FILE *file, int choice);

#endif
