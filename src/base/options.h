/*
 * The options of a command as a table: one row defines how a value is parsed, the line of `--help`,
 * the environment variable and the error message.
 *
 *	{"grace", "TIME", OPTION_DURATION, offsetof(struct settings, grace),
 *	 .initial = "10s", .help = "time to finish what is in hand"},
 *
 * The command line overrides the environment (DUYETD_GRACE for --grace; an empty variable is
 * ignored; a misspelt one such as DUYETD_GRAEC is an error), and the environment overrides
 * `initial`. Strings are borrowed from argv, the environment or the table. When an option
 * that is no OPTION_LIST is given twice, the last value counts.
 */
#ifndef DUYETD_BASE_OPTIONS_H
#define DUYETD_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/exit.h"

/* The type of an option and of its setting. */
enum option_type {
	OPTION_STRING,	 /* const char *; NULL when not given */
	OPTION_NUMBER,	 /* int64_t */
	OPTION_DURATION, /* int64_t milliseconds: 500ms 30s 10m 2h 7d; a bare number is seconds */
	OPTION_ADDRESS,	 /* struct address */
	OPTION_CHOICE,	 /* int: zero-based index in `argument`, "text|json" */
	OPTION_FLAG,	 /* bool; in the environment 1, yes, true, on or 0, no, false, off */
	OPTION_LIST,	 /* struct option_list; may be repeated, but not in the environment */
};

enum { OPTION_LIST_MOST = 64 };

struct option_list {
	const char *value[OPTION_LIST_MOST];
	size_t count;
	bool inherited; /* from the environment: the command line replaces it */
};

struct option_row {
	const char *name;     /* without the dashes */
	const char *argument; /* its name in the help, or the choices; NULL for a flag */
	enum option_type type;
	size_t at;	     /* offsetof() in the command's settings */
	const char *initial; /* the default, as --show-settings prints it; NULL for none */
	const char *help;    /* half a sentence, no capital, no full stop */
	int64_t least, most; /* bounds of numbers and durations; `most` 0 for no bound */
	bool hours;	     /* a duration of hours or days: needs its unit if it is short */
	bool action;	     /* a flag that selects an action and is not a setting */
};

/* Where a value came from: OPTION_DEFAULT, --grace or DUYETD_GRACE. */
struct option_origin {
	char name[64];
};

#define OPTION_DEFAULT "default"

struct usage {
	const char *command;
	const char *operands; /* "[FILE…]", or "" for none */
	const char *about;    /* a few lines */
	const char *example;  /* lines to type, each with its two spaces and line end */
	const struct option_row *rows;
	size_t row_count;
	size_t most_operands;
	const char *surplus;	       /* advice when there are more, or NULL */
	struct option_origin *origins; /* filled in, one a row; NULL when not needed */
};

/* Returned by options_read() when the command should continue. */
enum { OPTIONS_GO_ON = -1 };

/*
 * Fills in `settings` from the table, the environment and argv (argv[0] is the command's name),
 * and moves the operands to argv[0..*operands), followed by NULL. Returns OPTIONS_GO_ON, or the
 * status to exit with: EXIT_DONE after --help, EXIT_USAGE after an error message on stderr.
 */
int options_read(const struct usage *usage, void *settings, char **argv, size_t *operands);

/* Returns the name that the user gave an option's value by, for messages: --redis or DUYETD_REDIS.
 * usage->origins must not be NULL. */
const char *options_source(const struct usage *usage, const char *name);

/*
 * The settings that options_read() filled in (settings.c): all of them for people, those that
 * differ from the default for the log.
 */

/* Prints one line a setting on stdout: its name, where its value came from (default, a variable or
 * an option), and the value, `-` when it has none. usage->origins must not be NULL. */
void settings_print(const struct usage *usage, const void *settings);

/* Logs one line that names the settings whose value is not the default. */
void settings_log(const struct usage *usage, const void *settings);

/* The environment variable of an option, DUYETD_CLAIM_AFTER for claim-after. */
void options_variable(const char *name, char *variable, size_t size);

#endif
