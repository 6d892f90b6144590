/*
 * A rules file and a list that it may name, valid or not. The
 * input is r.yaml; what follows a line `%%%` is list.txt.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "rules/problems.h"
#include "rules/ruleset.h"

static char directory[64];
static int handle = -1;
static struct judge *judge;

static void clean_up(void)
{
	unlinkat(handle, "r.yaml", 0);
	unlinkat(handle, "list.txt", 0);
	close(handle);
	rmdir(directory);
	judge_free(judge);
}

static void set_up(void)
{
	strcpy(directory, access("/dev/shm", W_OK) ? "/tmp/duyetd-fuzz-XXXXXX"
						   : "/dev/shm/duyetd-fuzz-XXXXXX");
	REQUIRE(mkdtemp(directory));
	handle = open(directory, O_RDONLY | O_DIRECTORY);
	judge = judge_new();
	REQUIRE(handle >= 0 && judge);
	atexit(clean_up);
}

static void write_file(const char *name, const uint8_t *bytes, size_t len)
{
	int file = openat(handle, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	REQUIRE(file >= 0 && write(file, bytes, len) == (ssize_t)len);
	close(file);
}

/* Every problem can be printed as one line without control characters. */
static void check_problems(const struct problems *problems)
{
	size_t count;
	const struct problem *list = problems_list(problems, &count);
	char line[1024];

	for (size_t i = 0; i < count; i++) {
		size_t len = problem_print(&list[i], line, sizeof line);

		REQUIRE(len && len < sizeof line && strlen(line) == len);
		for (size_t k = 0; k < len; k++)
			REQUIRE((unsigned char)line[k] >= ' ' && line[k] != 0x7f);
	}
}

static void check_judging(const struct ruleset *rules)
{
	static const char *const texts[] = {
		"a", "Chơi nhà cái thì thua, xem https://abc.com/x rồi sẽ biết",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct field field = {"text", texts[i], 4, strlen(texts[i])};
		struct comment comment = {&field, 1};
		const struct verdict *verdict = judge_comment(judge, rules, &comment);

		for (size_t k = 0; k < verdict->hit_count; k++)
			REQUIRE(verdict->hits[k].at + verdict->hits[k].len <= field.value_len);
		REQUIRE(!verdict->failing_count == (verdict->decision == DECISION_APPROVE));
	}
}

static void check_rules(const struct ruleset *rules)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	char *diff = ruleset_diff(rules, rules);

	REQUIRE(diff && !*diff);
	free(diff);
	REQUIRE(strspn(ruleset_id(rules), "0123456789abcdef") == 12);
	REQUIRE(ruleset_count(rules));
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const char *name = rule_name(ruleset_rule(rules, i));

		REQUIRE(*name && !name[strspn(name, plain)]);
		REQUIRE(rule_index(ruleset_rule(rules, i)) == i);
	}
	check_judging(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%%\n";
	const uint8_t *list = memmem(data, size, mark, strlen(mark));
	size_t len = list ? (size_t)(list - data) : size;
	struct problems *problems;
	struct ruleset *rules;

	if (!judge)
		set_up();
	problems = problems_new();
	REQUIRE(problems);
	write_file("r.yaml", data, len);
	write_file("list.txt", list ? list + strlen(mark) : data,
		   list ? size - len - strlen(mark) : 0);
	rules = ruleset_load(directory, problems);
	REQUIRE(!rules == !!problems_count(problems, PROBLEM_ERROR));
	check_problems(problems);
	if (rules)
		check_rules(rules);
	ruleset_free(rules);
	problems_free(problems);
	return 0;
}
