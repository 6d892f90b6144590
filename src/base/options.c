#include "base/options.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/parse.h"
#include "base/suggest.h"

enum { NAME_SIZE = 64, MOST_ROWS = 64, WRAP_COLUMN = 80, HELP_COLUMN = 29 };

void options_variable(const char *name, char *variable, size_t size)
{
	snprintf(variable, size, "DUYETD_%s", name);
	for (char *ch = variable; *ch; ch++) {
		if (*ch == '-')
			*ch = '_';
		else if (*ch >= 'a' && *ch <= 'z')
			*ch = (char)(*ch - 'a' + 'A');
	}
}

__attribute__((format(printf, 2, 3))) static int complain(const struct usage *usage,
							  const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "duyetd %s: ", usage->command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* Values. `source` is the name that the user gave it by: --grace or DUYETD_GRACE. */

static bool in_bounds(const struct option_row *row, int64_t value)
{
	return value >= row->least && (!row->most || value <= row->most);
}

static bool append(struct option_list *list, const char *string)
{
	if (list->inherited)
		*list = (struct option_list){.count = 0};
	if (!*string || list->count == OPTION_LIST_MOST)
		return false;
	list->value[list->count++] = string;
	return true;
}

static bool store(const struct option_row *row, const char *string, void *settings)
{
	void *target = (char *)settings + row->at;

	switch (row->type) {
	case OPTION_STRING:
		*(const char **)target = string;
		return *string;
	case OPTION_NUMBER:
		return parse_number(string, target) && in_bounds(row, *(int64_t *)target);
	case OPTION_DURATION:
		return parse_duration(string, target) && in_bounds(row, *(int64_t *)target) &&
		       !(row->hours && duration_lacks_unit(string));
	case OPTION_ADDRESS:
		return parse_address(string, target);
	case OPTION_CHOICE:
		return parse_choice(string, row->argument, target);
	case OPTION_FLAG:
		return parse_flag(string, target);
	case OPTION_LIST:
		return append(target, string);
	}
	return false;
}

/* What values the row accepts, for messages: `expected …`. */
static void wanted(const struct option_row *row, char *words, size_t size)
{
	static const char *const plain[] = {
		[OPTION_STRING] = "a value that is not empty",
		[OPTION_NUMBER] = "a whole number",
		[OPTION_DURATION] = "a number with ms, s, m, h or d",
		[OPTION_ADDRESS] = "HOST:PORT, such as 127.0.0.1:9547",
		[OPTION_CHOICE] = "one of ",
		[OPTION_FLAG] = "1 or 0",
		[OPTION_LIST] = "at most 64 values that are not empty",
	};
	bool whole = row->least % 1000 == 0 && row->most % 1000 == 0;
	int64_t scale = row->type == OPTION_DURATION && whole ? 1000 : 1;
	const char *unit = row->type == OPTION_NUMBER ? "" : scale == 1 ? "ms" : "s";
	size_t len = (size_t)snprintf(words, size, "%s%s", plain[row->type],
				      row->type == OPTION_CHOICE ? row->argument : "");

	if (len >= size || (row->type != OPTION_NUMBER && row->type != OPTION_DURATION))
		return;
	if (row->most)
		snprintf(words + len, size - len, " from %" PRId64 " to %" PRId64 "%s",
			 row->least / scale, row->most / scale, unit);
	else if (row->least)
		snprintf(words + len, size - len, ", at least %" PRId64 "%s", row->least / scale,
			 unit);
	else if (row->type == OPTION_DURATION)
		snprintf(words + len, size - len, ", such as %s", row->hours ? "7d" : "30s");
}

static void record_origin(const struct usage *usage, const struct option_row *row,
			  const char *source)
{
	if (usage->origins)
		snprintf(usage->origins[row - usage->rows].name, sizeof usage->origins->name, "%s",
			 source);
}

static int set(const struct usage *usage, const struct option_row *row, const char *source,
	       const char *string, void *settings)
{
	char words[256];

	if (store(row, string, settings)) {
		record_origin(usage, row, source);
		return OPTIONS_GO_ON;
	}
	wanted(row, words, sizeof words);
	return complain(usage, "%s: invalid value \"%s\": expected %s", source, string, words);
}

/* Defaults, then the environment. */

static int read_defaults(const struct usage *usage, void *settings)
{
	for (size_t i = 0; i < usage->row_count; i++) {
		const struct option_row *row = &usage->rows[i];
		int status = OPTIONS_GO_ON;

		if (row->initial)
			status = set(usage, row, row->name, row->initial, settings);
		else if (row->type == OPTION_STRING)
			*(const char **)((char *)settings + row->at) = NULL;
		else if (row->type == OPTION_ADDRESS)
			*(struct address *)((char *)settings + row->at) = (struct address){0};
		else if (row->type == OPTION_LIST)
			*(struct option_list *)((char *)settings + row->at) =
				(struct option_list){0};
		else if (row->type == OPTION_FLAG)
			*(bool *)((char *)settings + row->at) = false;
		else if (row->type == OPTION_CHOICE)
			*(int *)((char *)settings + row->at) = 0;
		else
			*(int64_t *)((char *)settings + row->at) = 0;
		record_origin(usage, row, OPTION_DEFAULT);
		if (status != OPTIONS_GO_ON)
			return status;
	}
	return OPTIONS_GO_ON;
}

/* Whether `name` is probably a misspelt `variable`, such as DUYETD_BACTH for DUYETD_BATCH. */
static bool is_typo(const char *name, const char *variable)
{
	size_t distance = edit_distance(name, variable);

	return distance > 0 && distance <= 2;
}

/* An unknown variable is an error only if its name is nearly that of an option. Others may belong
 * to other commands. */
static int check_variable(const struct usage *usage, const char *name)
{
	const char *meant = NULL;
	char variable[NAME_SIZE];

	for (size_t i = 0; i < usage->row_count; i++) {
		options_variable(usage->rows[i].name, variable, sizeof variable);
		if (!strcmp(name, variable))
			return OPTIONS_GO_ON;
		if (is_typo(name, variable))
			meant = usage->rows[i].name;
	}
	if (!meant)
		return OPTIONS_GO_ON;
	options_variable(meant, variable, sizeof variable);
	return complain(usage, "unknown variable %s; did you mean %s?", name, variable);
}

static int check_environment(const struct usage *usage)
{
	int status = OPTIONS_GO_ON;

	for (char **entry = environ; entry && *entry && status == OPTIONS_GO_ON; entry++) {
		char name[NAME_SIZE];
		size_t len = strcspn(*entry, "=");

		if (strncmp(*entry, "DUYETD_", 7) != 0 || len >= sizeof name)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len, *entry);
		status = check_variable(usage, name);
	}
	return status;
}

static int read_environment(const struct usage *usage, void *settings)
{
	for (size_t i = 0; i < usage->row_count; i++) {
		char variable[NAME_SIZE];
		const char *value;
		int status;

		options_variable(usage->rows[i].name, variable, sizeof variable);
		value = getenv(variable);
		if (!value || !*value)
			continue;
		status = set(usage, &usage->rows[i], variable, value, settings);
		if (usage->rows[i].type == OPTION_LIST)
			((struct option_list *)((char *)settings + usage->rows[i].at))->inherited =
				true;
		if (status != OPTIONS_GO_ON)
			return status;
	}
	return OPTIONS_GO_ON;
}

/* Help. */

/* Prints words from HELP_COLUMN on. Lines are broken at spaces and indented. */
static void print_wrapped(const char *words)
{
	int column = HELP_COLUMN;

	while (*words) {
		int len = (int)strcspn(words, " ");

		if (column > HELP_COLUMN && column + 1 + len > WRAP_COLUMN) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", len, words);
		words += len + (words[len] == ' ');
	}
	putchar('\n');
}

static void print_row(const struct option_row *row)
{
	char left[128], variable[NAME_SIZE], help[512];
	int len;

	options_variable(row->name, variable, sizeof variable);
	len = snprintf(left, sizeof left, "  --%s %s", row->name,
		       row->argument ? row->argument : "");
	if (len >= HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	snprintf(help, sizeof help, "%s%s%s%s [%s]", row->help, row->initial ? " (default " : "",
		 row->initial ? row->initial : "", row->initial ? ")" : "", variable);
	print_wrapped(help);
}

static int print_help(const struct usage *usage)
{
	printf("Usage: duyetd %s [OPTION…]%s%s\n\n%s\n\nOptions:\n", usage->command,
	       *usage->operands ? " " : "", usage->operands, usage->about);
	for (size_t i = 0; i < usage->row_count; i++)
		print_row(&usage->rows[i]);
	printf("%-*sthis help\n", HELP_COLUMN, "  --help");
	printf("\nThe variable in [] does what the option does; the option wins.\n");
	printf("\nExample:\n%s", usage->example);
	return EXIT_DONE;
}

/* The command line. */

static const struct option_row *find(const struct usage *usage, const char *name, size_t len)
{
	for (size_t i = 0; i < usage->row_count; i++)
		if (strlen(usage->rows[i].name) == len && !strncmp(usage->rows[i].name, name, len))
			return &usage->rows[i];
	return NULL;
}

const char *options_source(const struct usage *usage, const char *name)
{
	return usage->origins[find(usage, name, strlen(name)) - usage->rows].name;
}

static int unknown(const struct usage *usage, const char *argument)
{
	const char *names[MOST_ROWS], *nearest;
	char name[NAME_SIZE];
	size_t count = 0;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
	for (size_t i = 0; i < usage->row_count && i < MOST_ROWS; i++)
		names[count++] = usage->rows[i].name;
	nearest = suggest_word(name + strspn(name, "-"), names, count);
	if (nearest)
		return complain(usage, "unknown option %s; did you mean --%s?", name, nearest);
	return complain(usage, "unknown option %s; see duyetd %s --help", name, usage->command);
}

/* Reads the option at **argument with its value, and moves *argument to its last word. */
static int read_option(const struct usage *usage, void *settings, char ***argument)
{
	const char *word = **argument, *name = word + 2, *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = strncmp(word, "--", 2) ? NULL : find(usage, name, len);
	char source[NAME_SIZE];

	if (!row)
		return unknown(usage, word);
	snprintf(source, sizeof source, "--%s", row->name);
	if (equals)
		return set(usage, row, source, equals + 1, settings);
	if (row->type == OPTION_FLAG)
		return set(usage, row, source, "1", settings);
	if (!(*argument)[1])
		return complain(usage, "%s needs a value: %s %s", source, source, row->argument);
	return set(usage, row, source, *++*argument, settings);
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int read_arguments(const struct usage *usage, void *settings, char **argv, size_t *operands)
{
	bool only_operands = false;
	size_t count = 0;

	for (char **argument = argv + 1; *argument; argument++) {
		int status = OPTIONS_GO_ON;

		if (only_operands || **argument != '-' || !strcmp(*argument, "-"))
			argv[count++] = *argument;
		else if (!strcmp(*argument, "--"))
			only_operands = true;
		else if (is_help(*argument))
			status = print_help(usage);
		else
			status = read_option(usage, settings, &argument);
		if (status != OPTIONS_GO_ON)
			return status;
	}
	argv[count] = NULL;
	*operands = count;
	if (count > usage->most_operands)
		return complain(
			usage, "unexpected argument \"%s\": expected %s%zu; %s%s%s",
			argv[usage->most_operands], usage->most_operands ? "at most " : "",
			usage->most_operands, usage->surplus ? usage->surplus : "see duyetd ",
			usage->surplus ? "" : usage->command, usage->surplus ? "" : " --help");
	return OPTIONS_GO_ON;
}

int options_read(const struct usage *usage, void *settings, char **argv, size_t *operands)
{
	int status = read_defaults(usage, settings);

	if (status == OPTIONS_GO_ON)
		status = check_environment(usage);
	if (status == OPTIONS_GO_ON)
		status = read_environment(usage, settings);
	if (status == OPTIONS_GO_ON)
		status = read_arguments(usage, settings, argv, operands);
	return status;
}
