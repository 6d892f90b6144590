/*
 * The command line, the environment and URLs: the values by themselves, and the input's
 * lines as the arguments of `run`-like options.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "base/escape.h"
#include "base/log.h"
#include "base/options.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "redis/endpoint.h"

enum { MOST_ARGUMENTS = 32 };

struct settings {
	const char *string;
	int64_t number, duration;
	struct address address;
	int choice;
	bool flag;
};

#define AT(member) offsetof(struct settings, member)

static const struct option_row rows[] = {
	{"string", "TEXT", OPTION_STRING, AT(string), .initial = "x", .help = "a string"},
	{"number", "N", OPTION_NUMBER, AT(number), .initial = "3", .least = 1, .most = 1000,
	 .help = "a number"},
	{"duration", "TIME", OPTION_DURATION, AT(duration), .initial = "5s", .least = 100,
	 .help = "a time"},
	{"address", "HOST:PORT", OPTION_ADDRESS, AT(address), .help = "an address"},
	{"choice", "one|other|third", OPTION_CHOICE, AT(choice), .initial = "one",
	 .help = "a choice"},
	{"flag", NULL, OPTION_FLAG, AT(flag), .help = "a flag"},
};

static const struct usage usage = {
	.command = "fuzz",
	.operands = "[FILE…]",
	.about = "About.",
	.example = "  fuzz\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof *rows,
	.most_operands = 2,
};

static void check_values(const char *string)
{
	struct address address = {"unchanged", 7};
	int64_t number = -7;
	struct endpoint endpoint;
	int choice = -7;
	bool flag;

	REQUIRE(parse_number(string, &number) || number == -7);
	number = -7;
	REQUIRE(parse_duration(string, &number) ? number >= 0 : number == -7);
	if (parse_address(string, &address))
		REQUIRE(*address.host && strlen(address.host) < sizeof address.host);
	else
		REQUIRE(!strcmp(address.host, "unchanged") && address.port == 7);
	REQUIRE(parse_choice(string, "one|other|third", &choice) ? choice >= 0 && choice < 3
								 : choice == -7);
	parse_flag(string, &flag);
	if (endpoint_parse(string, &endpoint))
		return;
	REQUIRE(endpoint.seed_count <= MOST_SEEDS);
	REQUIRE(endpoint.seed_count || *endpoint.path == '/');
	for (size_t i = 0; i < endpoint.seed_count; i++)
		REQUIRE(*endpoint.seeds[i].host && endpoint.seeds[i].port);
}

/* What is quoted for the log is one line in quotes that ends where it says. */
static void check_quoting(const char *bytes, size_t len)
{
	char quoted[LOG_QUOTED];
	size_t quotes = 0;

	log_quote(quoted, bytes, len);
	REQUIRE(strlen(quoted) < LOG_QUOTED && quoted[0] == '"');
	for (const char *at = quoted; *at; at++) {
		REQUIRE((unsigned char)*at >= ' ' && *at != 0x7f);
		if (*at == '\\')
			REQUIRE(*++at);
		else
			quotes += *at == '"';
	}
	REQUIRE(quotes == 2);
}

static void check_options(char *lines)
{
	char *argv[MOST_ARGUMENTS + 2] = {(char[]){"fuzz"}};
	int nowhere = open("/dev/null", O_WRONLY), out = dup(1), err = dup(2), answer, count = 1;
	struct settings settings;
	size_t operands = 0;

	for (char *line = strtok(lines, "\n"); line && count <= MOST_ARGUMENTS;
	     line = strtok(NULL, "\n"))
		argv[count++] = line;
	fflush(stdout);
	dup2(nowhere, 1);
	dup2(nowhere, 2);
	answer = options_read(&usage, &settings, argv, &operands);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(nowhere);
	close(out);
	close(err);
	REQUIRE(answer == OPTIONS_GO_ON || answer == EXIT_DONE || answer == EXIT_USAGE);
	if (answer != OPTIONS_GO_ON)
		return;
	REQUIRE(operands <= usage.most_operands && !argv[operands]);
	REQUIRE(settings.number >= 1 && settings.number <= 1000 && settings.duration >= 100);
	REQUIRE(settings.choice >= 0 && settings.choice < 3 && settings.string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string = malloc(size + 1);

	REQUIRE(string);
	memcpy(string, data, size);
	string[size] = '\0';
	check_values(string);
	check_quoting((const char *)data, size);
	check_options(string);
	free(string);
	return 0;
}
