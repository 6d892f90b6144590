/*
 * The commands. Each is a file of its own with the table of its options, takes its name
 * and its arguments as argv, and answers with what to exit with (enum exit_status).
 *
 * This folder talks to people; what it tells them it asks of queue/ and rules/.
 */
#ifndef DUYETD_COMMAND_COMMAND_H
#define DUYETD_COMMAND_COMMAND_H

/* Where the rules are unless told otherwise. */
#define COMMAND_RULES "rules"

int command_run(char **argv);
int command_check(char **argv);
int command_judge(char **argv);
int command_explain(char **argv);
int command_replay(char **argv);

#endif
