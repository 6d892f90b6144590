#include "command/command.h"

#include <stdio.h>
#include "base/options.h"

struct settings {
	const char *rules;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
};

static const struct usage usage = {
	.command = "replay",
	.operands = "",
	.about = "Replays.",
	.example = "  duyetd replay --rules rules\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

int command_replay(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);

	if (status != OPTIONS_GO_ON)
		return status;
	fprintf(stderr, "duyetd replay: not built yet\n");
	return EXIT_UNUSABLE;
}
