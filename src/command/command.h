/*
 * The commands. Each is a file of its own with the table of its options, takes its name
 * and its arguments as argv, and answers with what to exit with (enum exit_status).
 *
 * This folder talks to people; what it tells them it asks of queue/ and rules/.
 */
#ifndef DUYETD_COMMAND_COMMAND_H
#define DUYETD_COMMAND_COMMAND_H

#include <stddef.h>

struct ruleset;

/* The row of --rules, the same for all. */
/* clang-format off */
#define COMMAND_RULES_ROW(settings, member)                                                        \
	{"rules", "DIR", OPTION_STRING, offsetof(settings, member),                               \
	 .help = "directory of the rules; without it, rules or else /etc/duyetd/rules"}
/* clang-format on */

/* The directory given with --rules, or where rules are: here, or else where a package puts
 * them. */
const char *command_rules_directory(const char *given);

/* Loads those rules for a command; NULL with the problems on stderr. */
struct ruleset *command_rules(const char *command, const char *given);

int command_run(char **argv);
int command_check(char **argv);
int command_judge(char **argv);
int command_explain(char **argv);
int command_replay(char **argv);

#endif
