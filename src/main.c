/* duyetd: calls the command. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/exit.h"
#include "base/suggest.h"
#include "command/command.h"

struct command {
	const char *name;
	int (*run)(char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{"run", command_run, "the daemon: comments in from Redis, verdicts out"},
	{"check", command_check, "load the rules, lint them, and try their examples"},
	{"judge", command_judge, "JSON Lines in, verdicts out, no Redis"},
	{"explain", command_explain, "show how one comment is judged"},
	{"replay", command_replay, "compare rules on past comments"},
	{"stats", command_stats, "verdicts by day, and how often people overturned each rule"},
	{"suggest", command_suggest, "phrases that people rejected and no rule has"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int print_help(void)
{
	printf("duyetd moderates comments for Vietnamese sites.\n\n"
	       "Usage: duyetd COMMAND [OPTION…]\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-9s%s\n", commands[i].name, commands[i].summary);
	printf("\nduyetd COMMAND --help lists its options. duyetd --version prints the version.\n");
	return EXIT_DONE;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	const char *names[COMMANDS + 2] = {"help", "version"}, *nearest;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i + 2] = commands[i].name;
	nearest = suggest_word(name, names, COMMANDS + 2);
	if (nearest)
		fprintf(stderr, "duyetd: unknown command %s; did you mean %s?\n", name, nearest);
	else
		fprintf(stderr, "duyetd: unknown command %s; see duyetd --help\n", name);
	return EXIT_USAGE;
}

/* `duyetd help judge` is `duyetd judge --help`. */
static int help(char *name)
{
	const struct command *command = name ? find(name) : NULL;
	char flag[] = "--help", *argv[] = {name, flag, NULL};

	if (!name)
		return print_help();
	return command ? command->run(argv) : unknown(name);
}

/* Where one of the standard descriptors is closed, a file or socket that is opened later would get
 * its number, and what is printed would go there. So /dev/null takes its place, opened the wrong
 * way: reading stdin or writing stdout or stderr then fails. */
static bool occupy_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

static int call(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		fprintf(stderr, "duyetd: which command? See duyetd --help\n");
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(argv[2]);
	if (!strcmp(argv[1], "version") || !strcmp(argv[1], "--version") ||
	    !strcmp(argv[1], "-V")) {
		printf("duyetd %s\n", DUYETD_VERSION);
		return EXIT_DONE;
	}
	command = find(argv[1]);
	return command ? command->run(argv + 1) : unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int status = occupy_standard_descriptors() ? call(argc, argv) : EXIT_UNAVAILABLE;

	if ((fflush(stdout) || ferror(stdout)) && status != EXIT_UNAVAILABLE) {
		fprintf(stderr, "duyetd: cannot write the output: it is not complete\n");
		status = EXIT_UNAVAILABLE;
	}
	return status;
}
