#include "rules/lint/lint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "base/read_file.h"
#include "rules/load/word_list.h"
#include "rules/rule.h"

/* What one entry hits of the sentences, which stay where they were read. */
struct victim {
	size_t count;
	const char *first;
};

static void note_hits(const struct verdict *verdict, struct victim *victims, const char *sentence)
{
	size_t last = NO_ENTRY;

	for (size_t i = 0; i < verdict->hit_count; i++) {
		size_t entry = verdict->hits[i].entry;

		if (entry == NO_ENTRY || entry == last)
			continue;
		last = entry;
		if (!victims[entry].count++)
			victims[entry].first = sentence;
	}
}

/* Judges every sentence; the count of them. */
static size_t try_sentences(const struct ruleset *rules, struct judge *judge, struct buf *bytes,
			    struct victim *victims)
{
	struct list list = list_begin(bytes->data, bytes->len);
	const char *sentence;
	size_t count = 0;
	bool has_nul;

	while ((sentence = list_next(&list, &has_nul))) {
		struct field field = {"text", sentence, 4, strlen(sentence)};
		struct comment comment = {&field, 1};

		note_hits(judge_comment(judge, rules, &comment), victims, sentence);
		count++;
	}
	return count;
}

static void report(const struct ruleset *rules, const struct victim *victims, size_t sentences,
		   struct problems *problems)
{
	for (size_t i = 0; i < ruleset_entries(rules); i++) {
		const struct entry *entry = ruleset_entry(rules, i);

		if (victims[i].count == 1)
			problems_add(problems, PROBLEM_WARNING, entry->place,
				     "\"%s\" hits ordinary Vietnamese: \"%s\"", entry->string,
				     victims[i].first);
		else if (victims[i].count)
			problems_add(
				problems, PROBLEM_WARNING, entry->place,
				"\"%s\" hits ordinary Vietnamese: %zu of %zu everyday sentences, "
				"such as \"%s\"",
				entry->string, victims[i].count, sentences, victims[i].first);
	}
}

static void lint_bytes(const struct ruleset *rules, struct buf *bytes, struct problems *problems)
{
	struct judge *judge = judge_new();
	struct victim *victims = calloc(ruleset_entries(rules) + 1, sizeof *victims);

	if (judge && victims)
		report(rules, victims, try_sentences(rules, judge, bytes, victims), problems);
	else
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "memory is out");
	free(victims);
	judge_free(judge);
}

bool lint_everyday(const struct ruleset *rules, const char *path, struct problems *problems)
{
	struct buf bytes = {0};
	const char *why = read_file(AT_FDCWD, path, LIMIT_RULES_BYTES, &bytes);

	if (why)
		problems_add(problems, PROBLEM_ERROR, (struct place){path, 0, 0},
			     "cannot read it: %s", why);
	else
		lint_bytes(rules, &bytes, problems);
	buf_free(&bytes);
	return !why;
}
