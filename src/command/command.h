/*
 * The commands. Each is a file of its own with the table of its options. It gets its name and its
 * arguments as argv and returns the exit status (enum exit_status).
 *
 * This folder is the command line: it reads options and files, and prints for people and programs.
 * It may know every other folder, and none knows it.
 */
#ifndef DUYETD_COMMAND_COMMAND_H
#define DUYETD_COMMAND_COMMAND_H

#include <stddef.h>

struct ruleset;

/* The row of --rules, the same in all commands. */
/* clang-format off */
#define COMMAND_RULES_ROW(settings, member)                                                        \
	{"rules", "DIR", OPTION_STRING, offsetof(settings, member),                               \
	 .help = "directory of the rules; by default ./rules, or else /etc/duyetd/rules"}
/* clang-format on */

/* `given`, the value of --rules, unless that is NULL; else `rules` in the current directory if
 * there is one; else /etc/duyetd/rules. */
const char *command_rules_directory(const char *given);

/* Returns advice if no directory is given and neither of the two exists, else "". */
const char *command_rules_advice(const char *given);

/* Loads the rules in command_rules_directory(given). After errors prints all problems on stderr and
 * returns NULL. After warnings prints one line that there are some. */
struct ruleset *command_rules(const char *command, const char *given);

/* Prints that the value of an option is wrong, and why, with the name that the user gave it by.
 * Returns EXIT_USAGE. usage->origins must not be NULL. */
struct usage;
int command_wrong(const struct usage *usage, const char *option, const char *value,
		  const char *why);

/* The same for --redis. A password in the URL is printed as ***, since standard error is in the
 * journal. */
int command_wrong_redis(const struct usage *usage, const char *url, const char *why);

int command_run(char **argv);
int command_check(char **argv);
int command_judge(char **argv);
int command_explain(char **argv);
int command_replay(char **argv);
int command_stats(char **argv);
int command_suggest(char **argv);

#endif
