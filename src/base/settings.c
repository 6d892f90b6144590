#include "base/options.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/escape.h"
#include "base/log.h"
#include "base/parse.h"

/* Room for each value but a string. */
enum { VALUE_SIZE = sizeof(struct address) + 16 };

/* In the largest unit that gives a whole number. */
static void print_duration(int64_t milliseconds, char *out, size_t size)
{
	static const struct {
		int64_t milliseconds;
		const char *name;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
	size_t i = milliseconds ? 0 : 3; /* 0s */

	while (milliseconds % units[i].milliseconds)
		i++;
	snprintf(out, size, "%" PRId64 "%s", milliseconds / units[i].milliseconds, units[i].name);
}

static void print_address(const struct address *address, char *out, size_t size)
{
	bool brackets = strchr(address->host, ':');

	snprintf(out, size, "%s%s%s:%u", brackets ? "[" : "", address->host, brackets ? "]" : "",
		 address->port);
}

/* The choice of index `choice` in "text|json". */
static void print_choice(const char *choices, int choice, char *out, size_t size)
{
	while (choice--)
		choices = strchr(choices, '|') + 1;
	snprintf(out, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

/* The row's value in `settings` in the form of the command line; NULL when it has none. */
static const char *value_of(const struct option_row *row, const void *settings,
			    char out[VALUE_SIZE])
{
	const void *at = (const char *)settings + row->at;

	switch (row->type) {
	case OPTION_STRING:
		return *(const char *const *)at;
	case OPTION_NUMBER:
		snprintf(out, VALUE_SIZE, "%" PRId64, *(const int64_t *)at);
		break;
	case OPTION_DURATION:
		print_duration(*(const int64_t *)at, out, VALUE_SIZE);
		break;
	case OPTION_ADDRESS:
		if (!*((const struct address *)at)->host)
			return NULL;
		print_address(at, out, VALUE_SIZE);
		break;
	case OPTION_CHOICE:
		print_choice(row->argument, *(const int *)at, out, VALUE_SIZE);
		break;
	case OPTION_FLAG:
		return *(const bool *)at ? "yes" : "no";
	case OPTION_LIST:
		return NULL;
	}
	return out;
}

static void print_escaped(const char *string)
{
	size_t left = strlen(string);

	while (left) {
		char escaped[ESCAPE_SIZE];
		size_t count = escape_next(escaped, string, left, "");

		fputs(escaped, stdout);
		string += count;
		left -= count;
	}
}

void settings_print(const struct usage *usage, const void *settings)
{
	for (size_t i = 0; i < usage->row_count; i++) {
		const struct option_row *row = &usage->rows[i];
		char room[VALUE_SIZE];
		const char *value = value_of(row, settings, room);

		if (row->action)
			continue;
		printf("%-20s %-27s ", row->name, usage->origins[i].name);
		print_escaped(value ? value : "-");
		putchar('\n');
	}
}

static bool is_default(const struct usage *usage, size_t i, const char *value)
{
	const char *initial = usage->rows[i].initial;

	return !strcmp(usage->origins[i].name, OPTION_DEFAULT) || !value ||
	       (initial && !strcmp(initial, value));
}

void settings_log(const struct usage *usage, const void *settings)
{
	char line[LOG_LINE];
	size_t len = 0;

	for (size_t i = 0; i < usage->row_count && len < sizeof line; i++) {
		const struct option_row *row = &usage->rows[i];
		char room[VALUE_SIZE], quoted[LOG_QUOTED];
		const char *value = value_of(row, settings, room);

		if (row->action || is_default(usage, i, value))
			continue;
		if (row->type == OPTION_STRING)
			value = log_quote(quoted, value, strlen(value));
		len += (size_t)snprintf(line + len, sizeof line - len, " %s=%s", row->name, value);
	}
	log_event(LOG_INFO, "duyetd", "settings%s", len ? line : " all=default");
}
