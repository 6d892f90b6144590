#include "command/color.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLOR_AUTO, COLOR_ALWAYS };

static bool wants_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

struct colors colors_for(FILE *file, int choice)
{
	if (choice == COLOR_ALWAYS || (choice == COLOR_AUTO && wants_colour(file)))
		return (struct colors){"\033[32m", "\033[31m", "\033[33m",
				       "\033[2m",  "\033[1m",  "\033[0m"};
	return (struct colors){"", "", "", "", "", ""};
}
