/* The field `matches`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "rules/excerpt.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

static struct ruleset *rules;
static struct judge *judge;
static struct buf lines;

static int load(void **state)
{
	static const char yaml[] =
		"rules:\n"
		"  - name: short\n    kind: length\n    at-least: 2\n"
		"    unit: words\n    message: x\n"
		"  - name: no-links\n    kind: links\n    fields: [text, site]\n"
		"    message: x\n"
		"  - name: trial\n    kind: links\n    action: watch\n    message: x\n";
	char directory[] = "/tmp/duyetd-test-XXXXXX", path[64];
	struct problems *problems = problems_new();
	FILE *file;

	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/a.yaml", directory);
	file = fopen(path, "w");
	fputs(yaml, file);
	fclose(file);
	rules = ruleset_load(directory, problems);
	judge = judge_new();
	problems_free(problems);
	unlink(path);
	rmdir(directory);
	return rules && judge ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	buf_free(&lines);
	judge_free(judge);
	ruleset_free(rules);
	return 0;
}

static const char *matches(const char *text, const char *site, bool watching)
{
	const struct field fields[] = {{"id", "1", 2, 1},
				       {"text", text, 4, strlen(text)},
				       {"site", site, 4, strlen(site)}};
	const struct comment comment = {fields, site[0] ? 3 : 2};

	buf_empty(&lines);
	excerpt_all(&lines, judge_comment(judge, rules, &comment), watching);
	return buf_string(&lines);
}

static void a_hit_is_shown_with_its_context(void **state)
{
	(void)state;
	assert_string_equal(matches("Vào abc.com nhé", "", false),
			    "no-links @5+7 \"Vào «abc.com» nhé\"");
	assert_string_equal(matches("Rất hay nhé", "http://abc.com", false),
			    "no-links site@0+14 \"«http://abc.com»\"");
}

static void a_hit_without_a_place_shows_what_was_measured(void **state)
{
	(void)state;
	assert_int_equal(strncmp(matches("Hay", "", false), "short words=1 at-least=2", 24), 0);
}

static void long_contexts_are_cut_between_words(void **state)
{
	(void)state;
	assert_string_equal(matches("một hai ba bốn năm sáu bảy tám chín mười http://abc.com một "
				    "hai ba bốn năm "
				    "sáu bảy tám chín",
				    "", false),
			    "no-links @54+14 \"…sáu bảy tám chín mười «http://abc.com» một hai ba "
			    "bốn năm sáu…\"");
}

static void long_hits_show_their_ends(void **state)
{
	char url[400] = "http://abc.com/";
	const char *line;

	(void)state;
	memset(url + 15, 'x', sizeof url - 20);
	memcpy(url + sizeof url - 5, "end", 4);
	line = matches(url, "", false);
	assert_non_null(strstr(line, "«http://abc.com/xxx"));
	assert_non_null(strstr(line, "xxx … xxx"));
	assert_non_null(strstr(line, "xend»\""));
	assert_true(strlen(line) < 250);
}

static void line_breaks_and_control_characters_are_escaped(void **state)
{
	const char *line;

	(void)state;
	line = matches("a \"b\\\n\x1b[1m http://abc.com \xe2\x80\xae x", "", false);
	assert_string_equal(
		line, "no-links @11+14 \"a \\\"b\\\\\\n\\x1b[1m «http://abc.com» \\u{202e} x\"");
}

static void watch_rules_have_lines_of_their_own(void **state)
{
	(void)state;
	assert_string_equal(matches("Vào abc.com nhé", "", true),
			    "trial @5+7 \"Vào «abc.com» nhé\"");
	assert_string_equal(matches("Rất hay nhé", "", true), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hit_is_shown_with_its_context),
		cmocka_unit_test(a_hit_without_a_place_shows_what_was_measured),
		cmocka_unit_test(long_contexts_are_cut_between_words),
		cmocka_unit_test(long_hits_show_their_ends),
		cmocka_unit_test(line_breaks_and_control_characters_are_escaped),
		cmocka_unit_test(watch_rules_have_lines_of_their_own),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
