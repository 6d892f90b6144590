/* Phrases with words that Vietnamese does not write so. */
#include "rules/lint/lint.h"

#include <string.h>
#include "base/buf.h"
#include "rules/lint/misspelling.h"
#include "rules/lint/telex.h"
#include "rules/match/build.h"
#include "rules/rule.h"
#include "text/read_text.h"

/* Each search reads all phrases: 200 searches of 100,000 phrases take some seconds. Later mistakes
 * are reported without what a search would find. */
enum { MOST_SEARCHES = 200 };

struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct text *text; /* of the phrase in hand */
	size_t searches;   /* for other phrases, so far */
};

static bool may_search(struct trial *trial)
{
	return trial->searches++ < MOST_SEARCHES;
}

static void add_word(struct buf *out, const struct text *text, const struct word *word)
{
	const struct glyph *first = &text->glyph[word->first], *last = first + word->count - 1;

	buf_add(out, text->bytes + first->at, last->at + last->len - first->at);
}

static bool is_marked(const struct text *text)
{
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].marks)
			return true;
	return false;
}

static bool is_same_letters(const struct text *text, const struct text *other)
{
	if (text->glyphs != other->glyphs)
		return false;
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].letter != other->glyph[i].letter)
			return false;
	return true;
}

static bool lacks_marks(const struct text *text)
{
	for (size_t i = 0; i < text->words; i++)
		if (text->word[i].lacks_marks)
			return true;
	return false;
}

/* Another phrase of the set with the same letters and all their marks; NULL where there is none. */
static const struct term *find_marked(struct trial *trial, struct text *other)
{
	for (size_t i = 0; i < ruleset_terms(trial->rules); i++) {
		const struct term *term = ruleset_term(trial->rules, i);

		if (term->kind != TERM_PATTERN && strlen(term->string) >= trial->text->len &&
		    lint_read(other, term->string, trial->problems) && is_marked(other) &&
		    !lacks_marks(other) && is_same_letters(trial->text, other))
			return term;
	}
	return NULL;
}

static void report_unmarked(struct trial *trial, const struct term *term)
{
	bool searched = may_search(trial);
	struct text *other = searched ? text_new() : NULL;
	const struct term *marked = searched ? find_marked(trial, other) : NULL;

	if (marked)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" has no marks: did you mean \"%s\", as at %s:%zu? That finds "
			     "unmarked comments too",
			     quote(term->string).text, quote(marked->string).text,
			     marked->place.file, marked->place.line);
	else
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" has no marks: if people write it with marks, do so too; "
			     "that finds unmarked comments as well",
			     quote(term->string).text);
	text_free(other);
}

/* A phrase that has no mark at all, with a word that is hardly ever written so. */
static bool is_unmarked(const struct text *text)
{
	bool lacks = false;

	for (size_t i = 0; i < text->words; i++) {
		if (text->word[i].kind != WORD_SYLLABLE)
			return false;
		lacks |= (text->word[i].lacks_marks || text->word[i].lacks_by_usage) &&
			 !is_loan(text, &text->word[i]);
	}
	return lacks && !is_marked(text);
}

/* `"tàixỉu" is …`, or `"chơi tàixỉu": "tàixỉu" is …` */
static void report_word(struct trial *trial, const struct term *term, const struct buf *word,
			const struct buf *why)
{
	if (word->failed || why->failed)
		problems_out_of_memory(trial->problems);
	else if (!strcmp(term->string, word->data))
		problems_add(trial->problems, PROBLEM_WARNING, term->place, "\"%s\" %s",
			     quote(word->data).text, why->data);
	else
		problems_add(trial->problems, PROBLEM_WARNING, term->place, "\"%s\": \"%s\" %s",
			     quote(term->string).text, quote(word->data).text, why->data);
}

/* Letters and digits in a row that begin with the word: `tie62n` may be several words. Empty if one
 * is directly before the word. */
static struct word run_of(const struct text *text, const struct word *word)
{
	struct word run = *word;

	if (word->first && glyph_is_word(&text->glyph[word->first - 1]))
		run.count = 0;
	while (run.count && glyph_is_word(glyph_at(text, run.first + run.count)))
		run.count++;
	return run;
}

/* Whether the word has these letters, whatever its marks; digits may be its marks: mat61. */
static bool has_letters(const struct text *text, struct word run, const struct letters *letters)
{
	size_t found = 0;

	for (size_t i = run.first; i < run.first + run.count; i++) {
		if (text->glyph[i].kind == GLYPH_DIGIT)
			continue;
		if (found == letters->count ||
		    text->glyph[i].letter != letters->glyph[found++].letter)
			return false;
	}
	return found == letters->count;
}

/* The first run of letters and digits from word `*i`, which moves on; empty after the last. */
static struct word next_run(const struct text *text, size_t *i)
{
	struct word run = {.count = 0};

	while (!run.count && *i < text->words)
		run = run_of(text, &text->word[(*i)++]);
	return run;
}

/* Whether `other` is the phrase as it is meant, or begins with it and `longer` is set: each word
 * has the same first letter, and the one that `letters` replaces has those. */
static bool is_converted(const struct text *text, const struct text *other, struct word replaced,
			 const struct letters *letters, bool longer)
{
	size_t i = 0, k = 0;
	struct word run;

	while ((run = next_run(text, &i)).count) {
		struct word same = next_run(other, &k);

		if (!same.count ||
		    text->glyph[run.first].letter != other->glyph[same.first].letter ||
		    (run.first == replaced.first && !has_letters(other, same, letters)))
			return false;
	}
	return longer || !next_run(other, &k).count;
}

/* Whether another phrase of the set is the phrase as it is meant: then both are wanted. In the same
 * rule, a longer one is enough. */
static bool has_converted(struct trial *trial, const struct term *phrase, struct word replaced,
			  const struct letters *letters)
{
	bool searched = may_search(trial), found = false;
	struct text *other = searched ? text_new() : NULL;

	for (size_t i = 0; searched && !found && i < ruleset_terms(trial->rules); i++) {
		const struct term *term = ruleset_term(trial->rules, i);

		found = term->kind == TERM_PHRASE && term != phrase &&
			lint_read(other, term->string, trial->problems) &&
			is_converted(trial->text, other, replaced, letters,
				     term->rule == phrase->rule);
	}
	text_free(other);
	return found;
}

/* Reports a word that was typed while the input method was off. Returns whether it is one. */
static bool lint_keys(struct trial *trial, const struct term *term, size_t at)
{
	const struct text *text = trial->text;
	struct word run = run_of(text, &text->word[at]);
	struct letters meant;
	const char *method = read_keys(&text->glyph[run.first], run.count, &meant);
	struct buf word = {0}, why = {0};

	if (!method || has_converted(trial, term, run, &meant))
		return false;
	buf_printf(&why, "is typed in %s, and is found only so; did you mean \"", method);
	add_letters(&why, &meant);
	buf_add_string(&why, "\"?");
	add_word(&word, text, &run);
	report_word(trial, term, &word, &why);
	buf_free(&word);
	buf_free(&why);
	return true;
}

static void lint_term(struct trial *trial, const struct term *term)
{
	const struct text *text = trial->text;
	bool typed = false;

	for (size_t i = 0; i < text->words && term->kind == TERM_PHRASE; i++)
		typed |= lint_keys(trial, term, i);
	if (typed)
		return;

	if (term->kind == TERM_PHRASE && is_unmarked(text)) {
		report_unmarked(trial, term);
		return;
	}
	for (size_t i = 0; i < text->words && is_marked(text); i++) {
		struct buf word = {0}, why = {0};

		add_misspelling(&why, text, &text->word[i]);
		add_word(&word, text, &text->word[i]);
		if (why.len || why.failed)
			report_word(trial, term, &word, &why);
		buf_free(&word);
		buf_free(&why);
	}
}

void lint_phrase_spelling(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {.rules = rules, .problems = problems, .text = text_new()};

	for (size_t i = 0; i < ruleset_terms(rules); i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term->kind != TERM_PATTERN && !(term->flags & SCAN_MARKS_EXACT) &&
		    lint_read(trial.text, term->string, problems))
			lint_term(&trial, term);
	}
	text_free(trial.text);
}
