#include "command/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/options.h"
#include "rules/ruleset.h"

const char *command_rules_directory(const char *given)
{
	if (given)
		return given;
	return access("rules", F_OK) ? "/etc/duyetd/rules" : "rules";
}

const char *command_rules_advice(const char *given)
{
	return given || !access("rules", F_OK) || !access("/etc/duyetd/rules", F_OK)
		       ? ""
		       : "there is no directory \"rules\" here either: name one with --rules DIR";
}

static void print_problems(const struct problems *problems)
{
	size_t count;
	const struct problem *list = problems_list(problems, &count);

	for (size_t i = 0; i < count; i++) {
		char line[1024];

		problem_print(&list[i], line, sizeof line);
		fprintf(stderr, "%s\n", line);
	}
}

struct ruleset *command_rules(const char *command, const char *given)
{
	const char *directory = command_rules_directory(given);
	struct problems *problems = problems_new();
	struct ruleset *rules = problems ? ruleset_load(directory, problems) : NULL;
	size_t warnings = problems ? problems_count(problems, PROBLEM_WARNING) : 0;

	if (!rules && problems)
		print_problems(problems);
	if (!problems || !problems_are_complete(problems))
		fprintf(stderr, "duyetd %s: out of memory\n", command);
	if (!rules)
		fprintf(stderr, "duyetd %s: the rules in %s did not load%s%s\n", command, directory,
			*command_rules_advice(given) ? "; " : "", command_rules_advice(given));
	else if (warnings)
		fprintf(stderr, "duyetd %s: the rules in %s have warnings: see duyetd check\n",
			command, directory);
	problems_free(problems);
	return rules;
}

int command_wrong(const struct usage *usage, const char *option, const char *value, const char *why)
{
	fprintf(stderr, "duyetd %s: %s: invalid value \"%s\": %s\n", usage->command,
		options_source(usage, option), value, why);
	return EXIT_USAGE;
}

/* The password may itself hold a slash or an @. */
int command_wrong_redis(const struct usage *usage, const char *url, const char *why)
{
	const char *scheme = strstr(url, "://"), *user = scheme ? scheme + 3 : url;
	const char *at = strrchr(user, '@'), *colon = strchr(user, ':');
	bool password = at && colon && colon < at;

	fprintf(stderr, "duyetd %s: %s: invalid value \"%.*s%s%s\": %s\n", usage->command,
		options_source(usage, "redis"), password ? (int)(colon + 1 - url) : 0, url,
		password ? "***" : "", password ? at : url, why);
	return EXIT_USAGE;
}
