#include "rules/lint/lint.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "rules/match/build.h"
#include "rules/match/scan.h"
#include "rules/rule.h"
#include "text/read_text.h"

/*
 * Every term is tried as if it were a comment, on two scans: the rules' own, and one
 * without excepts in which each phrase and pattern is a rule of its own (its rule_index is its
 * index among the set's terms).
 */
struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct scan *each;
	/* One for each scan, since a scratch that changes between scans is fitted each time. */
	struct scan_scratch *each_scratch, *own_scratch;
	struct text *text;
	size_t *covers;	 /* of each term: the phrase that finds it anyway, or the number of terms */
	size_t *covered; /* of each term: how many it finds anyway */
};

/* A phrase that finds this many others is reported itself: it is probably too short. */
enum { MANY_COVERED = 5 };

/* Returns false when out of memory. */
static bool add(struct scan_builder *builder, unsigned rule_index, const struct term *term)
{
	size_t offset;

	if (term->kind == TERM_PHRASE)
		return !scan_add_phrase(builder, rule_index, term->string, term->flags);
	return term->kind != TERM_PATTERN ||
	       !scan_add_pattern(builder, rule_index, term->string, term->flags, &offset);
}

static struct scan *compile_each(const struct ruleset *rules)
{
	struct scan_builder *builder = scan_builder_new();
	const char *why;
	bool good = builder;

	for (size_t i = 0; good && i < ruleset_terms(rules); i++)
		good = add(builder, (unsigned)i, ruleset_term(rules, i));
	if (good)
		return scan_compile(builder, &why);
	scan_builder_free(builder);
	return NULL;
}

static bool scan_string(struct trial *trial, const struct scan *scan, struct scan_scratch *scratch,
			const char *string, struct scan_result *found)
{
	if (!lint_read(trial->text, string, trial->problems))
		return false;
	if (scan_text(scan, scratch, trial->text, found))
		return true;
	problems_out_of_memory(trial->problems);
	return false;
}

static bool scan_each(struct trial *trial, const char *string, struct scan_result *found)
{
	return scan_string(trial, trial->each, trial->each_scratch, string, found);
}

static bool finds_in(struct trial *trial, size_t number, const char *string)
{
	struct scan_result found;

	if (!scan_each(trial, string, &found))
		return false;
	for (size_t i = 0; i < found.count; i++)
		if (found.hits[i].rule_index == number)
			return true;
	return false;
}

/* Whether term `number`, tried by itself, is found by term `other`. */
static bool finds(struct trial *trial, size_t other, size_t number)
{
	return finds_in(trial, other, ruleset_term(trial->rules, number)->string);
}

/* The first other phrase of the same rule that finds this one; the number of terms if there is
 * none. */
static size_t find_cover(struct trial *trial, size_t number)
{
	const struct term *term = ruleset_term(trial->rules, number);
	size_t none = ruleset_terms(trial->rules);
	struct scan_result found;

	if (!scan_each(trial, term->string, &found))
		return none;
	for (size_t i = 0; i < found.count; i++) {
		size_t rule_index = found.hits[i].rule_index;
		const struct term *other = ruleset_term(trial->rules, rule_index);

		if (rule_index != number && other->kind == TERM_PHRASE && other->rule == term->rule)
			return rule_index;
	}
	return none;
}

/* Notes which phrases find which others anyway, and reports those that are the same. */
static void find_covers(struct trial *trial)
{
	size_t count = ruleset_terms(trial->rules);

	for (size_t i = 0; i < count; i++) {
		const struct term *term = ruleset_term(trial->rules, i), *other;
		size_t cover = term->kind == TERM_PHRASE ? find_cover(trial, i) : count;

		trial->covers[i] = count;
		if (cover == count)
			continue;
		other = ruleset_term(trial->rules, cover);
		if (!finds(trial, i, cover)) {
			trial->covers[i] = cover;
			trial->covered[cover]++;
		} else if (i > cover) {
			problems_add(trial->problems, PROBLEM_WARNING, term->place,
				     "\"%s\" is the same as \"%s\" at %s:%zu",
				     quote(term->string).text, quote(other->string).text,
				     other->place.file, other->place.line);
		}
	}
}

static const struct term *first_covered(const struct trial *trial, size_t number)
{
	size_t i = 0;

	while (trial->covers[i] != number)
		i++;
	return ruleset_term(trial->rules, i);
}

/* Whether the phrase finds nothing more than `cover` does. A phrase is also found where its words
 * are joined (nhàcáiuytín) or a slug; a `cover` of fewer words may not be found there. */
static bool is_superfluous(struct trial *trial, size_t number, size_t cover)
{
	const char *string = ruleset_term(trial->rules, number)->string;
	struct buf joined = {0};
	bool more;

	for (; *string; string++)
		if (*string != ' ')
			buf_add_char(&joined, *string);
	if (joined.failed)
		problems_out_of_memory(trial->problems);
	more = finds_in(trial, number, buf_string(&joined)) &&
	       !finds_in(trial, cover, buf_string(&joined));
	buf_free(&joined);
	return !more;
}

static void lint_cover(struct trial *trial, size_t number)
{
	const struct term *term = ruleset_term(trial->rules, number), *other;
	size_t cover = trial->covers[number];

	if (trial->covered[number] >= MANY_COVERED)
		problems_add(
			trial->problems, PROBLEM_WARNING, term->place,
			"\"%s\" finds %zu other phrases of the rule anyway, such as \"%s\": it is "
			"probably too short",
			quote(term->string).text, trial->covered[number],
			quote(first_covered(trial, number)->string).text);
	if (cover == ruleset_terms(trial->rules) || trial->covered[cover] >= MANY_COVERED ||
	    !is_superfluous(trial, number, cover))
		return;
	other = ruleset_term(trial->rules, cover);
	problems_add(trial->problems, PROBLEM_HINT, term->place,
		     "\"%s\" is found by \"%s\" at %s:%zu anyway", quote(term->string).text,
		     quote(other->string).text, other->place.file, other->place.line);
}

static bool hits_rule(struct trial *trial, const struct term *term)
{
	struct scan_result found;

	if (!scan_string(trial, trial->rules->scan, trial->own_scratch, term->string, &found))
		return false;
	for (size_t i = 0; i < found.count; i++)
		if (found.hits[i].rule_index == term->rule->index)
			return true;
	return false;
}

/* The words of the phrase with blanks between them; letters that are spelled out as one word. */
static void add_words(struct buf *out, const struct text *text)
{
	for (size_t i = 0; i < text->words; i++) {
		const struct word *word = &text->word[i];
		const struct glyph *first = &text->glyph[word->first];
		const struct glyph *last = first + word->count - 1;

		if (i && (word->count > 1 || text->word[i - 1].count > 1))
			buf_add_char(out, ' ');
		buf_add(out, text->bytes + first->at, last->at + last->len - first->at);
	}
}

/* Signs between several phrases, of a pattern or of a note: then blanks would not help. */
static const char other_meaning[] = "/|;,\\[{*(";

static void report_unfindable(struct trial *trial, const struct term *term)
{
	bool read = lint_read(trial->text, term->string, trial->problems);
	bool address = read && trial->text->links;
	bool plain = read && !address && !strpbrk(term->string, other_meaning);
	struct buf words = {0};

	if (plain)
		add_words(&words, trial->text);
	if (words.failed)
		problems_out_of_memory(trial->problems);
	problems_add(trial->problems, PROBLEM_WARNING, term->place,
		     "\"%s\" does not find itself: it has a sign that ends a phrase%s%s%s",
		     quote(term->string).text,
		     address ? "; a rule of the kind links finds addresses"
		     : plain ? "; write the words with blanks between them: \""
			     : "",
		     quote(buf_string(&words)).text, plain ? "\"" : "");
	buf_free(&words);
}

static void lint_phrase(struct trial *trial, size_t number)
{
	const struct term *term = ruleset_term(trial->rules, number);

	if (!finds(trial, number, number))
		report_unfindable(trial, term);
	else if (!hits_rule(trial, term))
		problems_add(
			trial->problems, PROBLEM_WARNING, term->place,
			"\"%s\" does not find itself: an except of rule \"%s\" covers all of it",
			quote(term->string).text, term->rule->name);
	lint_cover(trial, number);
}

static void lint_except(struct trial *trial, size_t number)
{
	const struct term *term = ruleset_term(trial->rules, number);
	struct scan_result found;

	if (!scan_each(trial, term->string, &found))
		return;
	for (size_t i = 0; i < found.count; i++)
		if (ruleset_term(trial->rules, found.hits[i].rule_index)->rule == term->rule)
			return;
	problems_add(trial->problems, PROBLEM_WARNING, term->place,
		     "\"%s\" has no effect: rule \"%s\" finds nothing in it",
		     quote(term->string).text, term->rule->name);
}

static void lint_terms(struct trial *trial)
{
	find_covers(trial);
	for (size_t i = 0; i < ruleset_terms(trial->rules); i++) {
		if (ruleset_term(trial->rules, i)->kind == TERM_PHRASE)
			lint_phrase(trial, i);
		else if (ruleset_term(trial->rules, i)->kind == TERM_EXCEPT)
			lint_except(trial, i);
	}
}

void lint_phrases(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {.rules = rules, .problems = problems};

	if (!ruleset_terms(rules))
		return;
	trial.each = compile_each(rules);
	trial.each_scratch = scan_scratch_new();
	trial.own_scratch = scan_scratch_new();
	trial.text = text_new();
	trial.covers = calloc(ruleset_terms(rules), sizeof *trial.covers);
	trial.covered = calloc(ruleset_terms(rules), sizeof *trial.covered);
	if (trial.each && trial.each_scratch && trial.own_scratch && trial.text && trial.covers &&
	    trial.covered)
		lint_terms(&trial);
	else
		problems_out_of_memory(problems);
	free(trial.covers);
	free(trial.covered);
	text_free(trial.text);
	scan_scratch_free(trial.each_scratch);
	scan_scratch_free(trial.own_scratch);
	scan_free(trial.each);
}
