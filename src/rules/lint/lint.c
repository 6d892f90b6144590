#include "rules/lint/lint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "base/read_file.h"
#include "rules/kind/kind.h"
#include "rules/load/word_list.h"
#include "rules/rule.h"
#include "text/read_text.h"

static void lint_rule(const struct rule *rule, struct problems *problems)
{
	if (!rule->example_count && !rule->kind->no_examples)
		problems_add(
			problems, PROBLEM_HINT, rule->place,
			"rule \"%s\" has no examples: they show what it is for, and catch mistakes",
			rule->name);
}

bool lint_read(struct text *text, const char *string, struct problems *problems)
{
	enum text_error error = text ? text_read(text, string, strlen(string)) : TEXT_NO_MEMORY;

	if (error == TEXT_NO_MEMORY)
		problems_out_of_memory(problems);
	return error == TEXT_OK;
}

void lint(const struct ruleset *rules, struct problems *problems)
{
	for (size_t i = 0; i < ruleset_count(rules); i++)
		lint_rule(ruleset_rule(rules, i), problems);
	lint_conditions(rules, problems);
	lint_phrase_looks(rules, problems);
	lint_phrase_spelling(rules, problems);
	lint_phrases(rules, problems);
	lint_patterns(rules, problems);
}

/* Terms that hit ordinary Vietnamese. */

/* The sentences that one term hits; borrowed. */
struct term_hits {
	size_t count;
	const char *first, *last;
};

static void note_hits(const struct verdict *verdict, struct term_hits *term_hits,
		      const char *sentence)
{
	for (size_t i = 0; i < verdict->hit_count; i++) {
		const struct term *term = verdict->hits[i].term;

		if (!term || term_hits[term->index].last == sentence)
			continue;
		if (!term_hits[term->index].count++)
			term_hits[term->index].first = sentence;
		term_hits[term->index].last = sentence;
	}
}

/* Judges every sentence. Returns their number. */
static size_t try_sentences(const struct ruleset *rules, struct judge *judge, struct buf *bytes,
			    struct term_hits *term_hits, struct problems *problems)
{
	struct list list = list_begin(bytes->data, bytes->len);
	const char *sentence;
	size_t count = 0;
	bool has_nul;

	while ((sentence = list_next(&list, &has_nul))) {
		struct field field = {"text", sentence, 4, strlen(sentence)};
		struct comment comment = {&field, 1};
		const struct verdict *verdict;

		verdict = judge_comment(judge, rules, &comment);
		if (verdict->out_of_memory)
			problems_out_of_memory(problems);
		note_hits(verdict, term_hits, sentence);
		count++;
	}
	return count;
}

static void report(const struct ruleset *rules, const struct term_hits *term_hits, size_t sentences,
		   struct problems *problems)
{
	for (size_t i = 0; i < ruleset_terms(rules); i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term_hits[i].count == 1)
			problems_add(problems, PROBLEM_WARNING, term->place,
				     "\"%s\" hits ordinary Vietnamese: \"%s\"",
				     quote(term->string).text, term_hits[i].first);
		else if (term_hits[i].count)
			problems_add(
				problems, PROBLEM_WARNING, term->place,
				"\"%s\" hits ordinary Vietnamese: %zu of %zu everyday sentences, "
				"such as \"%s\"",
				quote(term->string).text, term_hits[i].count, sentences,
				term_hits[i].first);
	}
}

static void lint_bytes(const struct ruleset *rules, const char *path, struct buf *bytes,
		       struct problems *problems)
{
	struct judge *judge = judge_new();
	struct term_hits *term_hits = calloc(ruleset_terms(rules) + 1, sizeof *term_hits);

	if (judge && term_hits) {
		size_t sentences = try_sentences(rules, judge, bytes, term_hits, problems);

		report(rules, term_hits, sentences, problems);
		if (!sentences)
			problems_add(problems, PROBLEM_WARNING, (struct place){path, 0, 0},
				     "no sentences in this file: expected ordinary comments, one a "
				     "line");
	} else
		problems_out_of_memory(problems);
	free(term_hits);
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
		lint_bytes(rules, path, &bytes, problems);
	buf_free(&bytes);
	return !why;
}
