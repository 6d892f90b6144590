#include "command/command.h"

#include <stdio.h>
#include <unistd.h>
#include "rules/ruleset.h"

const char *command_rules_directory(const char *given)
{
	if (given)
		return given;
	return access("rules", F_OK) ? "/etc/duyetd/rules" : "rules";
}

struct ruleset *command_rules(const char *command, const char *given)
{
	const char *directory = command_rules_directory(given);
	struct problems *problems = problems_new();
	struct ruleset *rules = problems ? ruleset_load(directory, problems) : NULL;
	const struct problem *list = NULL;
	size_t count = 0;

	if (problems)
		list = problems_list(problems, &count);
	for (size_t i = 0; i < count; i++) {
		char line[1024];

		problem_print(&list[i], line, sizeof line);
		fprintf(stderr, "%s\n", line);
	}
	if (!rules)
		fprintf(stderr, "duyetd %s: the rules in %s did not load\n", command, directory);
	problems_free(problems);
	return rules;
}
