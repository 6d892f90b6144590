/* check: load, lint, and run every rule's examples. */
#include "command/command.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "base/options.h"
#include "rules/lint.h"
#include "rules/ruleset.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct settings {
	const char *rules;
	int format;
	bool strict;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"strict", NULL, OPTION_FLAG, offsetof(struct settings, strict),
	 .help = "warnings count as errors"},
	{"format", "text|json", OPTION_CHOICE, offsetof(struct settings, format),
	 .initial = "text", .help = "json is for editors and CI: one object a line"},
};

static const struct usage usage = {
	.command = "check",
	.operands = "",
	.about = "Loads the rules, looks for what is doubtful in them, and tries every rule on its\n"
		 "own examples. Prints FILE:LINE:COL: error, warning or hint, and leaves with 1\n"
		 "where there are errors: those rules would not be loaded by the daemon either.",
	.example = "  duyetd check --rules /etc/duyetd/rules --strict\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

static void print_text(const struct problem *problem)
{
	char line[1024];

	problem_print(problem, line, sizeof line);
	puts(line);
}

static void print_json(const struct problem *problem)
{
	const struct place *place = &problem->place;
	json_t *object = json_pack("{s:s?, s:I, s:I, s:s, s:s}", "file", place->file, "line",
				   (json_int_t)place->line, "column", (json_int_t)place->column,
				   "severity", severity_name(problem->severity), "message",
				   problem->message);

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void print_problems(const struct problems *problems, enum format format)
{
	size_t count;
	const struct problem *list = problems_list(problems, &count);

	for (size_t i = 0; i < count; i++) {
		if (format == FORMAT_JSON)
			print_json(&list[i]);
		else
			print_text(&list[i]);
	}
}

static void print_summary(const struct ruleset *rules)
{
	size_t phrases = 0, patterns = 0;

	for (size_t i = 0; i < ruleset_entries(rules); i++) {
		phrases += ruleset_entry(rules, i)->kind == ENTRY_PHRASE;
		patterns += ruleset_entry(rules, i)->kind == ENTRY_PATTERN;
	}
	printf("%zu rules, %zu phrases, %zu patterns: ok, ruleset %s\n", ruleset_count(rules),
	       phrases, patterns, ruleset_id(rules));
}

/* `2 errors, 1 warning` */
static void print_counts(const struct problems *problems)
{
	size_t errors = problems_count(problems, PROBLEM_ERROR);
	size_t warnings = problems_count(problems, PROBLEM_WARNING);

	printf("%zu error%s, %zu warning%s: not ok\n", errors, errors == 1 ? "" : "s", warnings,
	       warnings == 1 ? "" : "s");
}

static int check(const struct settings *settings, struct problems *problems)
{
	struct ruleset *rules = ruleset_load(settings->rules, problems);
	bool good;

	if (rules)
		lint(rules, problems);
	good = rules && !(settings->strict && problems_count(problems, PROBLEM_WARNING));
	print_problems(problems, (enum format)settings->format);
	if (settings->format == FORMAT_TEXT && good)
		print_summary(rules);
	else if (settings->format == FORMAT_TEXT)
		print_counts(problems);
	ruleset_free(rules);
	return good ? EXIT_DONE : EXIT_NO;
}

int command_check(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct problems *problems;

	if (status != OPTIONS_GO_ON)
		return status;
	problems = problems_new();
	status = problems ? check(&settings, problems) : EXIT_UNUSABLE;
	problems_free(problems);
	return status;
}
