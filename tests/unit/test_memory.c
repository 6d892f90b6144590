/*
 * Out of memory at each allocation in turn, while loading rules and while judging: no crash, no
 * leak, no other error than that, and no approval of a comment that could not be checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "rules/judge.h"
#include "rules/match/pattern.h"
#include "rules/problems.h"
#include "rules/rule.h"
#include "rules/ruleset.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_ALLOCATOR
#endif

/* While armed, allocations are counted, and refused from number `first` to number `last`. */
static bool armed;
static long count, first, last;
static long live;	/* blocks that were allocated and not freed, armed or not */
static bool in_libyaml; /* libyaml was refused an allocation: it may leak a block or two */

#ifdef OTHER_ALLOCATOR
static const bool is_ours = false; /* the sanitizer has an allocator of its own */
#else
static const bool is_ours = true;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static bool is_refused(const void *caller)
{
	Dl_info where;

	if (!armed || ++count < first || count > last)
		return false;
	in_libyaml |= dladdr(caller, &where) && strstr(where.dli_fname, "libyaml");
	errno = ENOMEM;
	return true;
}

static void *counted(void *memory)
{
	live += memory != NULL;
	return memory;
}

/* Fills new memory with a string of x, so that a read before the first write changes a result. */
static void *filled(void *memory, size_t size)
{
	if (memory && size) {
		memset(memory, 'x', size);
		((char *)memory)[size - 1] = '\0';
	}
	return memory;
}

/* In place of the C library's, for this program and every library that it loads. */
void *malloc(size_t size)
{
	return is_refused(__builtin_return_address(0)) ? NULL
						       : counted(filled(__libc_malloc(size), size));
}

void *calloc(size_t number, size_t size)
{
	return is_refused(__builtin_return_address(0)) ? NULL
						       : counted(__libc_calloc(number, size));
}

void *realloc(void *memory, size_t size)
{
	void *grown = is_refused(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);

	live += grown && !memory;
	return grown;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	*memory = is_refused(__builtin_return_address(0))
			  ? NULL
			  : counted(__libc_memalign(alignment, size));
	return *memory ? 0 : ENOMEM;
}

void free(void *memory)
{
	live -= memory != NULL;
	__libc_free(memory);
}
#endif

static char directory[64];

static const char yaml[] =
	"rules:\n"
	"  - {name: short, kind: length, at-least: 3, distinct: 2, message: 'Mới có {words} chữ.'}\n"
	"  - {name: bare, kind: diacritics, share: 0.4, message: x}\n"
	"  - {name: links, kind: links, allow: [a.vn], fields: [text, name], message: x}\n"
	"  - {name: loud, kind: noise, capitals: 0.7, emoji: 9, same-sentence: 5, message: x}\n"
	"  - {name: flood, kind: repeat, times: 3, within: 10m, message: x}\n"
	"  - name: bad\n"
	"    kind: banned\n"
	"    phrases: list.txt\n"
	"    patterns: ['\\bkèo\\s+nhà\\b', '(k)\\1\\1']\n"
	"    except: [lời cấm đó]\n"
	"    message: 'Có \"{match}\".'\n"
	"    examples: {hit: [một lời cấm nữa], miss: [một lời cấm đó]}\n";

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

static void refuse(long from, long to)
{
	count = 0;
	in_libyaml = false;
	first = from;
	last = to;
	armed = true;
}

/* Loads once with these allocations refused. Returns the rules or NULL; the caller frees them. */
static struct ruleset *load(long from, long to, struct problems *problems)
{
	struct ruleset *rules;

	refuse(from, to);
	rules = ruleset_load(directory, problems);
	armed = false;
	return rules;
}

/* The rules are correct, so each error is about memory and about nothing in the files. */
static void check_errors(const struct problems *problems, long refused)
{
	size_t problem_count;
	const struct problem *list = problems_list(problems, &problem_count);

	for (size_t i = 0; i < problem_count; i++)
		if (list[i].severity == PROBLEM_ERROR && !strstr(list[i].message, "memory"))
			fail_msg("refused %ld: %s", refused, list[i].message);
}

/* Writes what the rules have to show: their places and summaries, and the places of their terms. */
static void describe(const struct ruleset *rules, char *out, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < ruleset_count(rules) && len < size; i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		len += (size_t)snprintf(out + len, size - len, "%s %s %s\n", rule->name,
					rule->place.file, rule->summary);
	}
	for (size_t i = 0; i < rules->terms && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s:%s\n", rules->term[i].file,
					rules->term[i].string);
}

static char complete[4096], loaded[4096]; /* of describe(): with enough memory, and of this load */

static void load_and_check(long from, long to)
{
	long before = live;
	struct problems *problems = problems_new();
	struct ruleset *rules = load(from, to, problems);

	if (!rules && !problems_count(problems, PROBLEM_ERROR))
		fail_msg("refused %ld: no rules and no error", from);
	if (rules && (ruleset_count(rules) != 6 || problems_count(problems, PROBLEM_ERROR)))
		fail_msg("refused %ld: rules with an error, or not all of them", from);
	check_errors(problems, from);
	if (rules) {
		describe(rules, loaded, sizeof loaded);
		assert_string_equal(loaded, complete);
	}
	ruleset_free(rules);
	problems_free(problems);
	if (live != before && !in_libyaml)
		fail_msg("refused %ld: %ld blocks are left", from, live - before);
}

/* Returns the number of the next allocation to refuse: the next one below 400, where duyetd
 * allocates, then in growing steps, since libhs makes thousands. */
static long after(long refused)
{
	return refused + 1 + refused / 400;
}

static void loads_or_reports_out_of_memory(void **state)
{
	(void)state;
	if (!is_ours)
		skip();
	struct problems *problems = problems_new();
	struct ruleset *rules = load(LONG_MAX, LONG_MAX, problems); /* libraries warm up */
	long all = count;
	assert_non_null(rules);
	assert_true(all > 100);
	describe(rules, complete, sizeof complete);
	ruleset_free(rules);
	problems_free(problems);
	load_and_check(LONG_MAX, LONG_MAX);
	for (long refused = 1; refused <= all; refused = after(refused)) {
		load_and_check(refused, refused);
		load_and_check(refused, LONG_MAX);
	}
}

static void compiles_the_pattern_or_none(void **state)
{
	static const char source[] = "k\xc3\xa8o\\s+nh\xc3\xa0";
	bool compiled = false;

	(void)state;
	if (!is_ours)
		skip();
	for (long refused = 1; !compiled || refused <= count; refused++) {
		char *nfc = NULL, why[128];
		size_t offset;
		pcre2_code *code;

		refuse(refused, refused);
		code = pattern_compile(source, false, &nfc, why, sizeof why, &offset);
		armed = false;
		if (code)
			assert_string_equal(nfc, source);
		else
			assert_non_null(strstr(why, "memory"));
		compiled |= code != NULL;
		pcre2_code_free(code);
		free(nfc);
	}
}

static void judge_and_check(const struct ruleset *rules, const char *text, enum decision decision,
			    long from, long to)
{
	long before = live;
	struct field fields[] = {
		{"id", "1", 2, 1}, {"text", text, 4, strlen(text)}, {"name", "lan", 4, 3}};
	struct comment comment = {fields, 3};
	struct judge *judge = judge_new();
	const struct verdict *verdict;

	refuse(from, to);
	verdict = judge_comment(judge, rules, &comment);
	armed = false;
	if (verdict->decision != decision && verdict->decision != DECISION_REJECT)
		fail_msg("refused %ld: \"%s\" is approved", from, text);
	if (verdict->decision != decision && !verdict->out_of_memory)
		fail_msg("refused %ld: \"%s\" is rejected without a reason", from, text);
	assert_true(verdict->decision != DECISION_REJECT ||
		    (*verdict->reason && verdict->failing_count));
	/* When memory is available again, the same judge works as before. */
	assert_int_equal(judge_comment(judge, rules, &comment)->decision, decision);
	judge_free(judge);
	if (live != before)
		fail_msg("refused %ld: %ld blocks are left", from, live - before);
}

static void never_approves_unchecked(void **state)
{
	static const struct {
		const char *text;
		enum decision decision;
	} cases[] = {
		{"bài viết này hay quá", DECISION_APPROVE},
		{"bài viết này có lời cấm", DECISION_REJECT},
		{"bài viết này kkk hay quá", DECISION_REJECT},
		{"xem https://b.vn hay quá đi", DECISION_REJECT},
		{"hay", DECISION_REJECT},
	};

	(void)state;
	if (!is_ours)
		skip();
	struct problems *problems = problems_new();
	struct ruleset *rules = load(LONG_MAX, LONG_MAX, problems);
	assert_non_null(rules);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		long all;

		judge_and_check(rules, cases[i].text, cases[i].decision, LONG_MAX, LONG_MAX);
		all = count;
		assert_true(all > 5);
		for (long refused = 1; refused <= all; refused++) {
			judge_and_check(rules, cases[i].text, cases[i].decision, refused, refused);
			judge_and_check(rules, cases[i].text, cases[i].decision, refused, LONG_MAX);
		}
	}
	ruleset_free(rules);
	problems_free(problems);
}

static void never_leaves_out_a_text_to_count(void **state)
{
	struct field fields[] = {{"id", "1", 2, 1}, {"text", "bài viết này hay quá", 4, 0}};
	struct comment comment = {fields, 2};
	long all = 0;

	(void)state;
	if (!is_ours)
		skip();
	struct problems *problems = problems_new();
	struct ruleset *rules = load(LONG_MAX, LONG_MAX, problems);
	assert_non_null(rules);
	fields[1].value_len = strlen(fields[1].value);
	for (long refused = 0; refused <= all; refused++) {
		struct judge *judge = judge_new();
		struct repeat repeats[LIMIT_REPEAT_RULES];
		size_t texts;
		bool good;

		refuse(refused, refused);
		good = judge_repeats(judge, rules, &comment, repeats, &texts);
		armed = false;
		all = refused ? all : count;
		assert_int_equal(good, !refused);
		assert_int_equal(texts, good);
		judge_free(judge);
	}
	assert_true(all > 5);
	ruleset_free(rules);
	problems_free(problems);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/duyetd-test-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	write_file("r.yaml", yaml);
	write_file("list.txt", "lời cấm\nlời khác\n");
	return 0;
}

static int tear_down(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/r.yaml", directory);
	unlink(path);
	snprintf(path, sizeof path, "%s/list.txt", directory);
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_or_reports_out_of_memory),
		cmocka_unit_test(compiles_the_pattern_or_none),
		cmocka_unit_test(never_approves_unchecked),
		cmocka_unit_test(never_leaves_out_a_text_to_count),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
