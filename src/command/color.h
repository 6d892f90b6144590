/* Colours, where whoever reads can see them. */
#ifndef DUYETD_COMMAND_COLOR_H
#define DUYETD_COMMAND_COLOR_H

#include <stdio.h>

/* Escape sequences; all empty where there are to be no colours. */
struct colors {
	const char *good, *bad, *doubtful, *faint, *bold, *off;
};

/* As --color has it: the choices of COLOR_CHOICES. `auto` is a terminal without NO_COLOR. */
#define COLOR_CHOICES "auto|always|never"
struct colors colors_for(FILE *file, int choice);

#endif
