/* Phrases that probably mean something else: patterns, lists, files, sentences. */
#include "rules/lint/lint.h"

#include <string.h>
#include "rules/rule.h"
#include "text/read_text.h"

struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct text *text; /* of the phrase in hand */
};

static void warn(struct trial *trial, const struct term *term, const char *what)
{
	problems_add(trial->problems, PROBLEM_WARNING, term->place, "\"%s\" %s",
		     quote(term->string).text, what);
}

/* Words of a phrase; the longest that is shipped has eight. */
enum { MOST_WORDS = 10 };

/* What a phrase looks like. */

static bool ends_in(const char *string, const char *ending)
{
	size_t len = strlen(string), ending_len = strlen(ending);

	return len > ending_len && !strcmp(string + len - ending_len, ending);
}

static bool is_listed(const struct term *term)
{
	return !ends_in(term->file, ".yaml");
}

static bool looks_like_pattern(const char *string)
{
	static const char *const signs[] = {".*", ".+", "\\s", "\\b", "\\d", "\\w",
					    "(?", "[",	"{",   "\\S", "^"};
	size_t len = strlen(string);

	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strstr(string, signs[i]))
			return true;
	if (strchr(string, '(') && strchr(string, '|'))
		return true;
	return len > 2 && string[0] == '/' && string[len - 1] == '/';
}

/* What divides phrases on one line: not the comma in `2,5`, and not the slash in `ship/cod`. */
static bool is_divider(const struct text *text, size_t i)
{
	uint32_t ch = text->glyph[i].ch;
	uint8_t before = glyph_at(text, i - 1)->kind, after = glyph_at(text, i + 1)->kind;

	if (ch == ',')
		return before != GLYPH_DIGIT || after != GLYPH_DIGIT;
	if (ch == '/')
		return before == GLYPH_SPACE && after == GLYPH_SPACE;
	return ch == ';' || ch == '|';
}

/* Parts with letters; after a semicolon or a bar a number is one too, as in `vay nóng;12`. */
static size_t count_parts(const struct text *text)
{
	size_t parts = 0;
	bool begun = false, number = false;

	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *glyph = &text->glyph[i];

		if (is_divider(text, i)) {
			parts += begun;
			begun = false;
			number = glyph->ch == ';' || glyph->ch == '|';
		}
		begun |= glyph->kind == GLYPH_LETTER || (number && glyph->kind == GLYPH_DIGIT);
	}
	return parts + begun;
}

/* `n.g.u`: three words of one letter or more, with signs between them. Returns the first; NULL if
 * there are none. */
static const struct word *find_spelled_out(const struct text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->words; i++) {
		const struct word *word = &text->word[i];
		bool follows = i && glyph_at(text, word->first - 1)->kind == GLYPH_PUNCT &&
			       word->first - 2 == text->word[i - 1].first;

		if (word->count != 1 || word->kind == WORD_NUMBER)
			count = 0;
		else
			count = follows ? count + 1 : 1;
		if (count == 3)
			return word - 2;
	}
	return NULL;
}

static size_t count_letters(const struct text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->glyphs; i++)
		count += glyph_is_word(&text->glyph[i]);
	return count;
}

/* `1. `, `2) ` or `3.` before a letter. Returns where the phrase begins; NULL if it has no number.
 */
static const char *after_number(const char *string)
{
	size_t digits = strspn(string, "0123456789");
	const char *rest = string + digits;

	if (!digits || digits > 4 || (*rest != '.' && *rest != ')'))
		return NULL;
	rest += 1 + strspn(rest + 1, " \t");
	return *rest && !strchr("0123456789.", *rest) ? rest : NULL;
}

/* A phrase is found only where all of its words stand in this order. */
static void lint_length(struct trial *trial, const struct term *term)
{
	if (trial->text->words > MOST_WORDS)
		problems_add(
			trial->problems, PROBLEM_WARNING, term->place,
			"\"%s\" is a sentence of %zu words: it is found only where all of them "
			"stand in this order; write the two to five words that only "
			"such comments have",
			quote(term->string).text, trial->text->words);
}

static void lint_looks(struct trial *trial, const struct term *term)
{
	const char *string = term->string, *rest = after_number(string);
	size_t parts = count_parts(trial->text);

	if (!is_listed(term) && ends_in(string, ".txt"))
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" is read as a phrase; to read a file, write its name "
			     "without brackets: phrases: %s",
			     string, string);
	else if (looks_like_pattern(string))
		warn(trial, term,
		     "looks like a pattern; in a phrase such signs mean nothing: put it under "
		     "patterns:");
	else if (strchr(string, '*'))
		warn(trial, term,
		     "has a *, which has no meaning: a phrase is found as whole words anywhere, so "
		     "leave the sign out");
	else if (parts > 1 && term->kind == TERM_PHRASE)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" looks like %zu phrases, but is read as one: write %s",
			     quote(string).text, parts,
			     is_listed(term) ? "one a line" : "each as an item of the list");
	else if (strchr(string, '\t'))
		warn(trial, term,
		     "has a tab, as the row of a table has: what follows it is part of the phrase; "
		     "write only the phrase");
	else if (find_spelled_out(trial->text))
		warn(trial, term,
		     "is spelled out, and is found only so: write the word as a whole, which finds "
		     "it spelled out too");
	else if (rest && term->kind == TERM_PHRASE)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" begins with the number of a list, which would have to be in "
			     "the comment: write \"%s\"",
			     quote(string).text, quote(rest).text);
	else if (count_letters(trial->text) == 1 && trial->text->glyphs == 1)
		warn(trial, term, "is a single letter: it is in too many ordinary comments");
}

void lint_phrase_looks(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {rules, problems, text_new()};

	if (!trial.text)
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "out of memory");
	for (size_t i = 0; trial.text && i < ruleset_terms(rules); i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term->kind == TERM_PATTERN ||
		    text_read(trial.text, term->string, strlen(term->string)) != TEXT_OK)
			continue;
		lint_looks(&trial, term);
		lint_length(&trial, term);
	}
	text_free(trial.text);
}
