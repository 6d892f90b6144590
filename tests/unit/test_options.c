/* The option table: values, where they come from, and messages about invalid ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/options.h"
#include "base/parse.h"
#include "base/suggest.h"

struct settings {
	const char *rules;
	int64_t batch, grace, keep;
	struct address metrics;
	int format;
	bool strict;
};

static const struct option_row rows[] = {
	{"rules", "DIR", OPTION_STRING, offsetof(struct settings, rules), .initial = "rules"},
	{"batch", "N", OPTION_NUMBER, offsetof(struct settings, batch), .initial = "256",
	 .least = 1, .most = 1000},
	{"grace", "TIME", OPTION_DURATION, offsetof(struct settings, grace), .initial = "10s"},
	{"keep", "TIME", OPTION_DURATION, offsetof(struct settings, keep), .hours = true},
	{"metrics", "ADDRESS", OPTION_ADDRESS, offsetof(struct settings, metrics)},
	{"format", "text|json", OPTION_CHOICE, offsetof(struct settings, format)},
	{"strict", NULL, OPTION_FLAG, offsetof(struct settings, strict)},
};

static const struct usage usage = {
	.command = "try",
	.operands = "[FILE]",
	.about = "",
	.example = "",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.most_operands = 1,
};

static char *words[16];

/* Splits `line` at spaces into an argv and reads it. */
static int read_line(const char *line, struct settings *settings, size_t *operands)
{
	static char copy[256];
	size_t count = 0;

	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		words[count++] = word;
	words[count] = NULL;
	memset(settings, 0xff, sizeof *settings);
	return options_read(&usage, settings, words, operands);
}

static void options_that_are_not_given_have_defaults(void **state)
{
	struct settings settings;
	size_t operands;

	(void)state;
	assert_int_equal(read_line("try", &settings, &operands), OPTIONS_GO_ON);
	assert_string_equal(settings.rules, "rules");
	assert_int_equal(settings.batch, 256);
	assert_int_equal(settings.grace, 10000);
	assert_int_equal(settings.metrics.port, 0);
	assert_int_equal(settings.format, 0);
	assert_false(settings.strict);
	assert_int_equal(operands, 0);
}

static void options_set_the_settings(void **state)
{
	struct settings settings;
	size_t operands;

	(void)state;
	assert_int_equal(read_line("try a --rules=x --batch 7 --strict --grace 2m --format json "
				   "--metrics [::1]:9547",
				   &settings, &operands),
			 OPTIONS_GO_ON);
	assert_string_equal(settings.rules, "x");
	assert_int_equal(settings.batch, 7);
	assert_int_equal(settings.grace, 120000);
	assert_string_equal(settings.metrics.host, "::1");
	assert_int_equal(settings.metrics.port, 9547);
	assert_int_equal(settings.format, 1);
	assert_true(settings.strict);
	assert_int_equal(operands, 1);
	assert_string_equal(words[0], "a");
	assert_int_equal(read_line("try -- --strict", &settings, &operands), OPTIONS_GO_ON);
	assert_false(settings.strict);
	assert_string_equal(words[0], "--strict");
}

static void variables_set_what_no_option_sets(void **state)
{
	struct settings settings;
	size_t operands;

	(void)state;
	setenv("DUYETD_BATCH", "9", 1);
	setenv("DUYETD_STRICT", "yes", 1);
	setenv("DUYETD_RULES", "", 1);
	assert_int_equal(read_line("try", &settings, &operands), OPTIONS_GO_ON);
	assert_int_equal(settings.batch, 9);
	assert_true(settings.strict);
	assert_string_equal(settings.rules, "rules");
	assert_int_equal(read_line("try --batch 8", &settings, &operands), OPTIONS_GO_ON);
	assert_int_equal(settings.batch, 8);
	setenv("DUYETD_BATCH", "many", 1);
	assert_int_equal(read_line("try", &settings, &operands), EXIT_USAGE);
	unsetenv("DUYETD_BATCH");
	setenv("DUYETD_BACTH", "9", 1); /* misspelt, and no variable of another command */
	assert_int_equal(read_line("try", &settings, &operands), EXIT_USAGE);
	unsetenv("DUYETD_BACTH");
	setenv("DUYETD_HOLD_FOR", "9", 1);
	assert_int_equal(read_line("try", &settings, &operands), OPTIONS_GO_ON);
	unsetenv("DUYETD_HOLD_FOR");
	unsetenv("DUYETD_STRICT");
	unsetenv("DUYETD_RULES");
}

static void invalid_options_are_usage_errors(void **state)
{
	/* clang-format off */
	static const char *const lines[] = {
		"try --rulez x",    "try --batch",	   "try --batch 0",   "try --batch 1001",
		"try --batch 7x",   "try --batch 99999999999999999999", "try --grace 5y",
		"try --grace -1",   "try --metrics 9547",  "try --metrics :1", "try --metrics ::1:80",
		"try --metrics a:-1", "try --metrics a:65536", "try --format xml", "try --strict=maybe",
		"try a b",	    "try -x",		   "try --rules=",    "try --format tex",
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct settings settings;
		size_t operands;

		if (read_line(lines[i], &settings, &operands) != EXIT_USAGE)
			fail_msg("%s: accepted, expected an error", lines[i]);
	}
}

static void durations_are_parsed_to_milliseconds(void **state)
{
	int64_t value = 0;

	(void)state;
	assert_true(parse_duration("500ms", &value));
	assert_int_equal(value, 500);
	assert_true(parse_duration("7d", &value));
	assert_int_equal(value, 7 * 86400000LL);
	assert_true(parse_duration("3", &value));
	assert_int_equal(value, 3000);
	assert_false(parse_duration("9223372036854775807d", &value));
	assert_false(parse_duration("", &value));
	assert_int_equal(value, 3000);
}

static void durations_of_hours_need_a_unit_if_they_are_short(void **state)
{
	static const struct {
		const char *line;
		int64_t milliseconds; /* -1: an error */
	} cases[] = {{"try --keep 7", -1},
		     {"try --keep 3599", -1},
		     {"try --keep 7s", 7000},
		     {"try --keep 7d", 7 * 86400000LL},
		     {"try --keep 0", 0},
		     {"try --keep 3600", 3600000},
		     {"try --keep 604800", 7 * 86400000LL}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct settings settings;
		size_t operands;
		int status = read_line(cases[i].line, &settings, &operands);

		assert_int_equal(status, cases[i].milliseconds < 0 ? EXIT_USAGE : OPTIONS_GO_ON);
		if (status == OPTIONS_GO_ON)
			assert_int_equal(settings.keep, cases[i].milliseconds);
	}
}

static void the_nearest_known_word_is_suggested(void **state)
{
	static const char *const known[] = {"name", "kind", "at-least", "message", "allow"};

	(void)state;
	assert_int_equal(edit_distance("abcd", "abdc"), 1);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_string_equal(suggest_word("mesage", known, 5), "message");
	assert_string_equal(suggest_word("at_least", known, 5), "at-least");
	assert_string_equal(suggest_word("nmae", known, 5), "name");
	assert_null(suggest_word("zebra", known, 5));
	assert_null(suggest_word("x", known, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_that_are_not_given_have_defaults),
		cmocka_unit_test(options_set_the_settings),
		cmocka_unit_test(variables_set_what_no_option_sets),
		cmocka_unit_test(invalid_options_are_usage_errors),
		cmocka_unit_test(durations_are_parsed_to_milliseconds),
		cmocka_unit_test(durations_of_hours_need_a_unit_if_they_are_short),
		cmocka_unit_test(the_nearest_known_word_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
