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
	.command = "explain",
	.operands = "",
	.about = "Explains.",
	.example = "  duyetd explain --rules rules\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

int command_explain(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);

	if (status != OPTIONS_GO_ON)
		return status;
	fprintf(stderr, "duyetd explain: not built yet\n");
	return EXIT_UNUSABLE;
}
