#include "command/command.h"

#include <stdio.h>
#include "base/options.h"

struct settings {
	const char *rules;
};

static const struct option_row rows[] = {
	{"rules", "DIR", OPTION_STRING, offsetof(struct settings, rules), .initial = COMMAND_RULES,
	 .help = "directory of the rules"},
};

static const struct usage usage = {
	.command = "check",
	.operands = "",
	.about = "Loads the rules.",
	.example = "  duyetd check --rules rules\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

int command_check(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);

	if (status != OPTIONS_GO_ON)
		return status;
	fprintf(stderr, "duyetd check: not built yet\n");
	return EXIT_UNUSABLE;
}
