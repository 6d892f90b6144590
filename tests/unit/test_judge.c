/* The verdict: from rules in a temporary directory to the result for a comment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "rules/findings.h"
#include "rules/judge.h"
#include "rules/kind/kind.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

static char directory[64];
static struct judge *judge;

static void write_file(const char *name, const char *content)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void remove_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	unlink(path);
}

static struct ruleset *load(const char *yaml)
{
	struct problems *problems = problems_new();
	struct ruleset *rules;
	size_t count;

	write_file("rules.yaml", yaml);
	rules = ruleset_load(directory, problems);
	if (!rules) {
		char line[512];
		const struct problem *list = problems_list(problems, &count);

		problem_print(list, line, sizeof line);
		fail_msg("%s", line);
	}
	problems_free(problems);
	return rules;
}

static struct field field(const char *name, const char *value)
{
	return (struct field){name, value, strlen(name), strlen(value)};
}

static const struct verdict *judge_text(const struct ruleset *rules, const char *text)
{
	struct field fields[] = {field("id", "c1"), field("text", text)};
	struct comment comment = {fields, 2};

	return judge_comment(judge, rules, &comment);
}

static const char actions[] =
	"rules:\n"
	"  - {name: held, kind: banned, phrases: [lời giữ], action: hold, message: Giữ lại}\n"
	"  - {name: seen, kind: banned, phrases: [lời xem], action: watch, message: Xem}\n"
	"  - {name: bad, kind: banned, phrases: [lời cấm], message: 'Có \"{match}\", luật {rule}.'}\n"
	"  - {name: short, kind: length, at-least: 2, message: 'Mới {words} trên {at-least}'}\n";

static void the_strictest_action_decides(void **state)
{
	struct ruleset *rules = load(actions);
	const struct verdict *verdict = judge_text(rules, "chẳng có gì đáng nói");

	(void)state;
	assert_int_equal(verdict->decision, DECISION_APPROVE);
	assert_string_equal(verdict->reason, "");
	assert_int_equal(verdict->hit_count, 0);
	assert_int_equal(verdict->words, 5);

	verdict = judge_text(rules, "đây là lời xem thôi");
	assert_int_equal(verdict->decision, DECISION_APPROVE);
	assert_int_equal(verdict->failing_count, 0);
	assert_int_equal(verdict->watching_count, 1);
	assert_int_equal(verdict->hit_count, 1);
	assert_string_equal(verdict->reason, "");

	verdict = judge_text(rules, "đây là lời giữ đó");
	assert_int_equal(verdict->decision, DECISION_HOLD);
	assert_string_equal(verdict->reason, "Giữ lại");

	verdict = judge_text(rules, "lời giữ, lời xem và LỜI CẤM");
	assert_int_equal(verdict->decision, DECISION_REJECT);
	assert_int_equal(verdict->failing_count, 2);
	assert_string_equal(rule_name(verdict->failing[0]), "held");
	assert_string_equal(rule_name(verdict->failing[1]), "bad");
	assert_int_equal(verdict->watching_count, 1);
	assert_int_equal(verdict->hit_count, 3);
	assert_string_equal(verdict->reason, "Giữ lại. Có \"LỜI CẤM\", luật bad.");
	ruleset_free(rules);
}

static void hits_have_measures_and_places(void **state)
{
	struct ruleset *rules = load(actions);
	const struct verdict *verdict = judge_text(rules, "cấm");

	(void)state;
	assert_int_equal(verdict->hit_count, 1);
	assert_null(verdict->hits[0].field);
	assert_string_equal(verdict->hits[0].measured, "words=1 at-least=2");
	assert_string_equal(verdict->hits[0].message, "Mới 1 trên 2");
	assert_null(verdict->hits[0].term);
	verdict = judge_text(rules, "một lời\nCẤM");
	assert_int_equal(verdict->hits[0].at, strlen("một "));
	assert_int_equal(verdict->hits[0].len, strlen("lời\nCẤM"));
	assert_string_equal(verdict->hits[0].term->string, "lời cấm");
	ruleset_free(rules);
}

static void equal_reasons_are_given_once(void **state)
{
	struct ruleset *rules =
		load("rules:\n"
		     "  - {name: a, kind: length, at-least: 5, message: Ngắn quá!}\n"
		     "  - {name: b, kind: length, at-least: 9, message: Ngắn quá!}\n");

	(void)state;
	assert_string_equal(judge_text(rules, "một hai")->reason, "Ngắn quá!");
	assert_int_equal(judge_text(rules, "một hai")->failing_count, 2);
	ruleset_free(rules);
}

static void a_rule_reads_the_fields_that_it_names(void **state)
{
	struct ruleset *rules =
		load("rules:\n"
		     "  - {name: a, kind: banned, phrases: [lời cấm], fields: [name], message: x}\n"
		     "  - {name: b, kind: links, fields: [text, name], message: y}\n");
	struct field fields[] = {field("text", "lời cấm"), field("name", "Lời Cấm http://a.vn")};
	struct comment comment = {fields, 2};
	const struct verdict *verdict = judge_comment(judge, rules, &comment);

	(void)state;
	assert_int_equal(verdict->failing_count, 2);
	assert_ptr_equal(verdict->hits[0].field, &fields[1]);
	assert_int_equal(verdict->hits[0].at, 0);
	assert_ptr_equal(verdict->hits[1].field, &fields[1]);
	comment.count = 1;
	assert_int_equal(judge_comment(judge, rules, &comment)->decision, DECISION_APPROVE);
	fields[1] = field("name", "");
	comment.count = 2;
	assert_int_equal(judge_comment(judge, rules, &comment)->decision, DECISION_APPROVE);
	fields[1] = field("name", "\xff");
	assert_string_equal(rule_name(judge_comment(judge, rules, &comment)->failing[0]),
			    "malformed");
	ruleset_free(rules);
}

static void expect_malformed(const struct ruleset *rules, const struct field *fields, size_t count,
			     const char *why)
{
	struct comment comment = {fields, count};
	const struct verdict *verdict = judge_comment(judge, rules, &comment);

	assert_int_equal(verdict->decision, DECISION_REJECT);
	assert_string_equal(rule_name(verdict->failing[0]), "malformed");
	assert_string_equal(verdict->hits[0].measured, why);
	assert_true(strlen(verdict->reason) > 10);
}

static void malformed_comments_are_rejected(void **state)
{
	struct ruleset *rules = load(actions);
	static struct field many[LIMIT_FIELDS + 1];
	char *big = malloc(LIMIT_ENTRY_BYTES + 1);
	struct field fields[3] = {field("id", "1"), field("text", "a"), field("text", "b")};

	(void)state;
	memset(big, 'a', LIMIT_ENTRY_BYTES);
	big[LIMIT_ENTRY_BYTES] = '\0';
	expect_malformed(rules, fields, 1, "why=no-text");
	expect_malformed(rules, fields, 3, "why=two-texts");
	fields[2] = field("id", "2");
	expect_malformed(rules, fields, 3, "why=two-ids");
	fields[2] = field("other", big);
	expect_malformed(rules, fields, 3, "why=too-large");
	fields[1] = (struct field){"text", big, 4, LIMIT_TEXT_BYTES + 1};
	expect_malformed(rules, fields, 2, "why=too-long");
	fields[1] = (struct field){"text\0", "a", 5, 1};
	expect_malformed(rules, fields, 2, "why=no-text");
	fields[1] = (struct field){"text", "a\0b", 4, 3};
	expect_malformed(rules, fields, 2, "why=nul");
	fields[1] = (struct field){"text", "a &amp\0b; c", 4, 11};
	expect_malformed(rules, fields, 2, "why=nul");
	fields[1] = field("text", "a\xe1\xba");
	expect_malformed(rules, fields, 2, "why=not-utf8");
	fields[1] = field("text", " \n ");
	expect_malformed(rules, fields, 2, "why=blank");
	for (size_t i = 0; i <= LIMIT_FIELDS; i++)
		many[i] = field(i ? "x" : "text", "a");
	expect_malformed(rules, many, LIMIT_FIELDS + 1, "why=too-many-fields");
	free(big);
	ruleset_free(rules);
}

static void length_counts_characters(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text;
		bool five;
	} cases[] = {
		{"abcde", true},    {"abcd", false},
		{"a  b   c", true}, {"  a b \n ", false},
		{"hòa bì", true},   {"hòa b", true},
		{"ếếếếế", true},    {"e\xcc\x82\xcc\x81" "e\xcc\x82\xcc\x81", false},
		{"👍👍👍👍👍", true}, {"👨‍👩‍👧‍👦👨‍👩‍👧‍👦", false},
		{"👍🏽👍🏽👍🏽👍🏽", false}, {"🇻🇳🇻🇳🇻🇳🇻🇳", false},
		{"🇻🇳🇻🇳🇻🇳🇻🇳🇻🇳", true}, {"a\u200b\u200b\u200bb", false},
	};
	/* clang-format on */
	struct ruleset *rules = load("rules: [{name: a, kind: length, at-least: 5, "
				     "unit: characters, message: '{characters}'}]");

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *verdict = judge_text(rules, cases[i].text);

		if ((verdict->decision == DECISION_APPROVE) != cases[i].five)
			fail_msg("\"%s\": %s", cases[i].text, verdict->reason);
	}
	ruleset_free(rules);
}

static void length_counts_different_words(void **state)
{
	struct ruleset *rules =
		load("rules: [{name: a, kind: length, distinct: 3, message: '{different}'}]");

	(void)state;
	assert_string_equal(judge_text(rules, "ok OK Ok oK ok hay hay")->reason, "2");
	assert_string_equal(judge_text(rules, "hòa hoà HÒA hoa")->reason, "2");
	assert_int_equal(judge_text(rules, "một hai ba")->decision, DECISION_APPROVE);
	ruleset_free(rules);
}

static void allowed_domains_are_not_hit(void **state)
{
	struct ruleset *rules = load("rules: [{name: a, kind: links, allow: [Báo.vn, b.com], "
				     "emails: reject, message: x}]");
	static const struct {
		const char *text;
		enum decision decision;
	} cases[] = {
		{"xem https://b.com/x", DECISION_APPROVE},
		{"xem HTTPS://WWW.B.COM/x", DECISION_APPROVE},
		{"xem https://báo.vn", DECISION_APPROVE},
		{"xem https://ab.com/x", DECISION_REJECT},
		{"xem https://b.com.vn", DECISION_REJECT},
		{"xem https://b.com@c.com", DECISION_REJECT},
		{"thư ai@c.com", DECISION_REJECT},
		{"thư ai@b.com", DECISION_APPROVE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (judge_text(rules, cases[i].text)->decision != cases[i].decision)
			fail_msg("%s", cases[i].text);
	ruleset_free(rules);
}

static void one_rule_is_examined_alone(void **state)
{
	struct ruleset *rules = load(actions);
	struct field text = field("text", "có lời cấm");
	struct comment comment = {&text, 1};
	struct examination found;

	(void)state;
	assert_true(judge_examine(judge, rules, ruleset_rule(rules, 3), &comment, &found));
	assert_int_equal(found.outcome, OUTCOME_PASS);
	assert_int_equal(found.hit_count, 0);
	assert_string_equal(found.summary, "words: 3, at least 2");
	assert_true(judge_examine(judge, rules, ruleset_rule(rules, 2), &comment, &found));
	assert_int_equal(found.outcome, OUTCOME_FAIL);
	assert_int_equal(found.hit_count, 1);
	text = field("text", "\xff");
	assert_false(judge_examine(judge, rules, ruleset_rule(rules, 2), &comment, &found));
	ruleset_free(rules);
}

/* A rule of each kind, with all keys of the kind. */
static const char *const full_rules[][2] = {
	{"length", "unit: characters, at-least: 1, at-most: 90, distinct: 2"},
	{"diacritics", "share: 0.5, unmarked-from: 20"},
	{"links", "allow: [baochi.example], at-most: 1, emails: reject, fields: [text]"},
	{"banned", "phrases: [lời cấm], patterns: ['xổ số'], except: [nói lời cấm], "
		   "ignore-case: true, marks: exact, fields: [text]"},
	{"noise", "capitals: 0.5, same-letter: 5, emoji: 3, same-sentence: 2"},
	{"repeat", "times: 2, within: 1h, by: author, at-least: 2"},
};

static const char *full_rule(const struct kind *kind)
{
	for (size_t i = 0; i < sizeof full_rules / sizeof full_rules[0]; i++)
		if (!strcmp(full_rules[i][0], kind->name))
			return full_rules[i][1];
	fail_msg("full_rules has no rule of the kind %s", kind->name);
	return NULL;
}

/* Each value fits in the findings, and explain has a summary to print. */
static void every_kind_has_a_summary_and_few_values(void **state)
{
	struct field text = field("text", "một hai ba bốn");
	struct comment comment = {&text, 1};

	(void)state;
	for (size_t i = 0; kinds[i]; i++) {
		const char *keys = full_rule(kinds[i]);
		struct examination found;
		struct ruleset *rules;
		char yaml[512];

		for (size_t k = 0; kinds[i]->keys[k]; k++)
			if (!strstr(keys, kinds[i]->keys[k]))
				fail_msg("full_rules: the rule of the kind %s lacks the key %s",
					 kinds[i]->name, kinds[i]->keys[k]);
		snprintf(yaml, sizeof yaml, "rules:\n  - {name: a, kind: %s, %s, message: x}\n",
			 kinds[i]->name, keys);
		rules = load(yaml);
		assert_in_range(ruleset_rule(rules, 0)->value_count, 1, FINDINGS_VALUES);
		assert_true(judge_examine(judge, rules, ruleset_rule(rules, 0), &comment, &found));
		assert_true(*found.summary);
		assert_null(strchr(found.summary, '{'));
		ruleset_free(rules);
	}
}

static void the_diff_of_two_rulesets_names_what_changed(void **state)
{
	struct ruleset *one, *other;
	char *diff;

	(void)state;
	write_file("list.txt", "lời cấm\n");
	one = load("rules:\n"
		   "  - {name: a, kind: diacritics, message: x}\n"
		   "  - {name: b, kind: banned, phrases: list.txt, message: x}\n"
		   "  - {name: c, kind: diacritics, message: x}\n");
	write_file("list.txt", "lời cấm\nlời khác\n");
	other = load("rules:\n"
		     "  - {name: d, kind: diacritics, message: x}\n"
		     "  - {name: b, kind: banned, phrases: list.txt, message: x}\n"
		     "  - {name: c, kind: diacritics, message: x} # a word\n");
	remove_file("list.txt");
	diff = ruleset_diff(one, other);
	assert_string_equal(diff, "added=d removed=a changed=b");
	free(diff);
	diff = ruleset_diff(one, one);
	assert_string_equal(diff, "");
	free(diff);
	assert_int_equal(strlen(ruleset_id(one)), 12);
	assert_string_not_equal(ruleset_id(one), ruleset_id(other));
	ruleset_free(one);
	ruleset_free(other);
}

static void equal_rules_have_equal_ids(void **state)
{
	static const char yaml[] = "rules: [{name: a, kind: diacritics, message: x}]";
	struct ruleset *one = load(yaml), *same = load(yaml), *spaced;

	(void)state;
	assert_string_equal(ruleset_id(one), ruleset_id(same));
	spaced = load("rules: [{name: a, kind: diacritics, message: x}] ");
	assert_string_not_equal(ruleset_id(one), ruleset_id(spaced));
	ruleset_free(one);
	ruleset_free(same);
	ruleset_free(spaced);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_ALLOCATOR
#endif

#ifdef OTHER_ALLOCATOR
static const bool counts_allocations = false; /* the sanitizer has an allocator of its own */
static size_t allocations;
#else
/* In place of the C library's, for this program and every library that it loads. */
static const bool counts_allocations = true;
static size_t allocations;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	allocations++;
	return __libc_realloc(memory, size);
}
#endif

/* By the rules that are shipped: all kinds, phrases and patterns. */
static void allocates_nothing_after_the_first_comments(void **state)
{
	static const char *const texts[] = {
		"Bài viết này rất hay và bổ ích cho mọi người, cảm ơn tác giả",
		"Vào nhà cái vn626.com nạp 100k tặng 50k, zalo 0912 345 678 nhé cả nhà",
		"bai viet nay rat hay va bo ich cho moi nguoi cam on tac gia",
		"ngắn",
	};
	struct problems *problems = problems_new();
	struct ruleset *rules;
	size_t before, count = sizeof texts / sizeof texts[0];

	(void)state;
	if (!counts_allocations) {
		problems_free(problems);
		skip();
	}
	rules = ruleset_load("rules", problems);
	assert_non_null(rules);
	problems_free(problems);
	for (size_t i = 0; i < count; i++)
		judge_text(rules, texts[i]);
	assert_true(allocations > 0);
	before = allocations;
	for (size_t i = 0; i < 100 * count; i++)
		judge_text(rules, texts[i % count]);
	assert_int_equal(allocations, before);
	ruleset_free(rules);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/duyetd-test-XXXXXX");
	judge = judge_new();
	return !mkdtemp(directory) || !judge;
}

static int tear_down(void **state)
{
	(void)state;
	remove_file("rules.yaml");
	judge_free(judge);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_strictest_action_decides),
		cmocka_unit_test(hits_have_measures_and_places),
		cmocka_unit_test(equal_reasons_are_given_once),
		cmocka_unit_test(a_rule_reads_the_fields_that_it_names),
		cmocka_unit_test(malformed_comments_are_rejected),
		cmocka_unit_test(length_counts_characters),
		cmocka_unit_test(length_counts_different_words),
		cmocka_unit_test(allowed_domains_are_not_hit),
		cmocka_unit_test(one_rule_is_examined_alone),
		cmocka_unit_test(every_kind_has_a_summary_and_few_values),
		cmocka_unit_test(the_diff_of_two_rulesets_names_what_changed),
		cmocka_unit_test(equal_rules_have_equal_ids),
		cmocka_unit_test(allocates_nothing_after_the_first_comments),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
