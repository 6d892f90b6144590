#include "command/color.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAINT_AUTO, PAINT_ALWAYS };

static bool wants_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

struct paint paint_for(FILE *file, int choice)
{
	if (choice == PAINT_ALWAYS || (choice == PAINT_AUTO && wants_colour(file)))
		return (struct paint){"\033[32m", "\033[31m", "\033[33m",
				      "\033[2m",  "\033[1m",  "\033[0m"};
	return (struct paint){"", "", "", "", "", ""};
}
