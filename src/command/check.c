/* check: load, lint, and run every rule's examples. */
#include "command/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/options.h"
#include "rules/lint/lint.h"
#include "rules/ruleset.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct settings {
	const char *rules, *everyday;
	int format;
	bool strict, all;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"everyday", "FILE", OPTION_STRING, offsetof(struct settings, everyday),
	 .help = "ordinary sentences that no phrase or pattern should hit, one a line; if not "
		 "given, everyday.txt beside the rules"},
	{"strict", NULL, OPTION_FLAG, offsetof(struct settings, strict),
	 .help = "warnings count as errors"},
	{"all", NULL, OPTION_FLAG, offsetof(struct settings, all),
	 .help = "print every hint, and not one of each kind"},
	{"format", "text|json", OPTION_CHOICE, offsetof(struct settings, format), .initial = "text",
	 .help = "json is for editors and CI: one object a line"},
};

static const struct usage usage = {
	.command = "check",
	.operands = "",
	.surplus = "a directory goes after --rules",
	.about = "Loads the rules, lints them, and tries every rule on its own examples. Prints\n"
		 "FILE:LINE:COL: error, warning or hint. Exits with 1 if there are errors: the\n"
		 "daemon would not load these rules either.",
	.example = "  duyetd check --rules /etc/duyetd/rules --strict\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

static void print_text(const struct problem *problem, size_t similar)
{
	char line[1024];

	problem_print(problem, line, sizeof line);
	fputs(line, stdout);
	if (similar)
		printf(" (and %zu hint%s of this kind: --all shows %s)", similar,
		       similar == 1 ? "" : "s", similar == 1 ? "it" : "them");
	putchar('\n');
}

/* Returns false when out of memory. */
static bool print_json(const struct problem *problem)
{
	const struct place *place = &problem->place;
	struct buf line = {0};
	bool good;

	buf_add_string(&line, "{\"file\":");
	json_add_string(&line, place->file ? place->file : "",
			place->file ? strlen(place->file) : 0);
	buf_printf(&line,
		   ",\"line\":%zu,\"column\":%zu,\"severity\":\"%s\",\"message\":", place->line,
		   place->column, severity_name(problem->severity));
	json_add_string(&line, problem->message, strlen(problem->message));
	buf_add_char(&line, '}');
	good = !line.failed;
	if (good)
		puts(line.data);
	buf_free(&line);
	return good;
}

/* The hints of one kind. */
struct hints {
	const char *format;
	size_t count;
	bool printed;
};
enum { HINT_KINDS = 16 };

/* Returns the hints of this kind, or an unused element; NULL when there are too many kinds. */
static struct hints *find_hints(struct hints *hints, const char *format)
{
	for (size_t i = 0; i < HINT_KINDS; i++)
		if (!hints[i].format || hints[i].format == format)
			return &hints[i];
	return NULL;
}

static void count_hint(struct hints *hints, const struct problem *hint)
{
	struct hints *same = find_hints(hints, hint->format);

	if (same) {
		same->format = hint->format;
		same->count++;
	}
}

/* Prints the problems. Hints of one kind are one line: the first, with the number of the others. */
static void print_folded(const struct problem *list, size_t count)
{
	struct hints hints[HINT_KINDS] = {{NULL, 0, false}};

	for (size_t i = 0; i < count; i++)
		if (list[i].severity == PROBLEM_HINT)
			count_hint(hints, &list[i]);
	for (size_t i = 0; i < count; i++) {
		struct hints *same =
			list[i].severity == PROBLEM_HINT ? find_hints(hints, list[i].format) : NULL;

		if (!same || !same->printed)
			print_text(&list[i], same ? same->count - 1 : 0);
		if (same)
			same->printed = true;
	}
}

/* Returns false when out of memory. */
static bool print_problems(const struct settings *settings, const struct problems *problems)
{
	bool good = true;
	size_t count;
	const struct problem *list = problems_list(problems, &count);

	if (settings->format == FORMAT_TEXT && !settings->all) {
		print_folded(list, count);
		return true;
	}
	for (size_t i = 0; i < count && good; i++) {
		if (settings->format == FORMAT_JSON)
			good = print_json(&list[i]);
		else
			print_text(&list[i], 0);
	}
	return good;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* `, 2 warnings`; nothing when there are none */
static void print_if_any(size_t count, const char *noun)
{
	if (count)
		printf(", %zu %s%s", count, noun, plural(count));
}

static void print_summary(const struct ruleset *rules, const char *directory,
			  const struct problems *problems)
{
	size_t phrases = 0, patterns = 0;

	for (size_t i = 0; i < ruleset_terms(rules); i++) {
		phrases += ruleset_term(rules, i)->kind == TERM_PHRASE;
		patterns += ruleset_term(rules, i)->kind == TERM_PATTERN;
	}
	printf("%zu rule%s, %zu phrase%s, %zu pattern%s", ruleset_count(rules),
	       plural(ruleset_count(rules)), phrases, plural(phrases), patterns, plural(patterns));
	print_if_any(problems_count(problems, PROBLEM_WARNING), "warning");
	print_if_any(problems_count(problems, PROBLEM_HINT), "hint");
	printf(": ok, ruleset %s from %s\n", ruleset_id(rules), directory);
}

/* `2 errors, 1 warning`. Rules that did not load are not linted. */
static void print_counts(const struct problems *problems, const char *advice, bool loaded)
{
	size_t errors = problems_count(problems, PROBLEM_ERROR);
	size_t warnings = problems_count(problems, PROBLEM_WARNING);

	if (*advice)
		printf("%s\n", advice);
	printf("%zu error%s, %zu warning%s%s: not ok\n", errors, plural(errors), warnings,
	       plural(warnings), loaded ? "" : "; phrases and patterns were not tried");
}

/* everyday.txt beside the rules is optional; a file given by --everyday must exist. */
static void try_everyday(const struct settings *settings, const struct ruleset *rules,
			 struct problems *problems)
{
	const char *directory = command_rules_directory(settings->rules);
	struct buf path = {0};

	buf_printf(&path, "%s/everyday.txt", directory);
	if (path.failed)
		problems_out_of_memory(problems);
	else if (settings->everyday)
		lint_everyday(rules, settings->everyday, problems);
	else if (!access(buf_string(&path), F_OK))
		lint_everyday(rules, buf_string(&path), problems);
	else if (ruleset_terms(rules))
		problems_add(problems, PROBLEM_WARNING, (struct place){directory, 0, 0},
			     "no everyday.txt: the phrases and patterns were not tried on ordinary "
			     "sentences, so this does not find those that hit honest comments; "
			     "copy everyday.txt from the shipped rules, such as "
			     "/etc/duyetd/rules/everyday.txt, or name it by --everyday FILE");
	buf_free(&path);
}

static int check(const struct settings *settings, struct problems *problems)
{
	const char *directory = command_rules_directory(settings->rules);
	struct ruleset *rules = ruleset_load_to_check(directory, problems);
	bool good, complete;

	if (rules) {
		lint(rules, problems);
		try_everyday(settings, rules, problems);
	}
	good = rules && !problems_count(problems, PROBLEM_ERROR) &&
	       !(settings->strict && problems_count(problems, PROBLEM_WARNING));
	complete = print_problems(settings, problems) && problems_are_complete(problems);
	if (!complete)
		fprintf(stderr, "duyetd check: out of memory\n");
	else if (settings->format == FORMAT_TEXT && good)
		print_summary(rules, directory, problems);
	else if (settings->format == FORMAT_TEXT)
		print_counts(problems, command_rules_advice(settings->rules), rules);
	ruleset_free(rules);
	if (!complete)
		return EXIT_UNAVAILABLE;
	return good ? EXIT_DONE : EXIT_CHECK_FAILED;
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
	if (!problems) {
		fprintf(stderr, "duyetd check: out of memory\n");
		return EXIT_UNAVAILABLE;
	}
	status = check(&settings, problems);
	problems_free(problems);
	return status;
}
