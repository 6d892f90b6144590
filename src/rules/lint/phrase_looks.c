/* Phrases that probably mean something else: patterns, lists, files, sentences. */
#include "rules/lint/lint.h"

#include <ctype.h>
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

/* A phrase of more words is a sentence. The longest shipped phrase has eight. */
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

/* A slash between words, as in `lô tô/xóc đĩa`; not that of an address or of `24/7`. */
static bool is_word_slash(const struct text *text, size_t i)
{
	return text->glyph[i].ch == '/' && !text->links &&
	       glyph_at(text, i - 1)->kind == GLYPH_LETTER &&
	       glyph_at(text, i + 1)->kind == GLYPH_LETTER;
}

static size_t count_word_slashes(const struct text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->glyphs; i++)
		count += is_word_slash(text, i);
	return count;
}

/* What divides phrases on one line: not the comma in `2,5`, and not one slash, as in `ship/cod`. */
static bool is_divider(const struct text *text, size_t i)
{
	uint32_t ch = text->glyph[i].ch;
	uint8_t before = glyph_at(text, i - 1)->kind, after = glyph_at(text, i + 1)->kind;

	if (ch == ',')
		return before != GLYPH_DIGIT || after != GLYPH_DIGIT;
	if (is_word_slash(text, i))
		return count_word_slashes(text) > 1;
	if (ch == '/')
		return before == GLYPH_SPACE && after == GLYPH_SPACE;
	return ch == ';' || ch == '|';
}

/* Parts with letters; after a sign other than a slash a number is one too, as in `vay nóng;12`. */
static size_t count_parts(const struct text *text)
{
	size_t parts = 0;
	bool begun = false, number = false;

	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *glyph = &text->glyph[i];

		if (is_divider(text, i)) {
			parts += begun;
			begun = false;
			number = glyph->ch != '/';
		}
		begun |= glyph->kind == GLYPH_LETTER || (number && glyph->kind == GLYPH_DIGIT);
	}
	return parts + begun;
}

/* `n.g.u`: three or more words of one letter each, with signs between them. Returns the first; NULL
 * if there are none. */
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

/* `1. `, `2) `, `3.`, `4/ ` or `a) ` before a letter. Returns where the phrase begins; NULL if it
 * has no number. */
static const char *after_number(const char *string)
{
	size_t digits = strspn(string, "0123456789");
	bool letter = string[0] >= 'a' && string[0] <= 'z' && string[1] == ')';
	const char *sign = string + digits + letter, *rest;

	if (!(digits || letter) || digits > 4 || !*sign || !strchr(".)/", *sign))
		return NULL;
	rest = sign + 1 + strspn(sign + 1, " \t");
	if ((letter || *sign == '/') && rest == sign + 1)
		return NULL;
	return *rest && !strchr("0123456789.", *rest) ? rest : NULL;
}

/* Whether a string in UTF-8 has letters or digits; other signs than those of ASCII count too. */
static bool has_words(const char *string)
{
	while (*string && !isalnum((unsigned char)*string) && !((unsigned char)*string & 0x80))
		string++;
	return *string;
}

/* The length of the phrase before a note such as `(Hà thêm 3/2)` at its end; 0 if it has none.
 * Signs such as `(.)` are no note: they need not be in the comment. */
static size_t before_note(const char *string)
{
	const char *note = strchr(string, '(');
	size_t len = note ? (size_t)(note - string) : 0;

	if (!len || !ends_in(string, ")") || !has_words(note))
		return 0;
	while (len && string[len - 1] == ' ')
		len--;
	return len;
}

/* What Vietnamese in UTF-8 becomes when it is read as Windows-1252 and saved: `tiá»n`, `Ä‘á»`. */
static bool is_converted_twice(const char *string)
{
	static const char *const signs[] = {"á»", "áº", "Æ°", "Æ¡", "Ä‘", "Ã¡", "Ã¢", "Ã´",
					    "Ã³", "Ãª", "Ã©", "Ã¹", "Ãº", "Ã½", "Ã²", "Ã£"};

	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strstr(string, signs[i]))
			return true;
	return false;
}

/* What the old Vietnamese fonts (TCVN3) look like: a capital between small letters, `tiÒn`. */
static bool is_old_font(const struct text *text)
{
	for (size_t i = 1; i + 1 < text->glyphs; i++) {
		const struct glyph *glyph = &text->glyph[i];
		bool between = glyph[-1].letter >= 'a' && !(glyph[-1].flags & GLYPH_UPPER) &&
			       glyph[1].letter >= 'a' && !(glyph[1].flags & GLYPH_UPPER);

		if (between && glyph->ch >= 0xC0 && glyph->ch <= 0xDD)
			return true;
	}
	return false;
}

/* `== Cờ bạc ==`, `--- Cờ bạc ---` */
static bool is_framed(const struct text *text)
{
	uint32_t first = glyph_at(text, 0)->ch, last = glyph_at(text, text->glyphs - 1)->ch;

	return first == last && (first == '=' || first == '-');
}

/* `Cờ bạc:`, `DANH SÁCH 2: XÚC PHẠM` */
static bool is_heading(const struct text *text)
{
	bool colon = false;

	if (is_framed(text) || glyph_at(text, text->glyphs - 1)->ch == ':')
		return true;
	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *glyph = &text->glyph[i];

		if (glyph->kind == GLYPH_LETTER && !(glyph->flags & GLYPH_UPPER))
			return false;
		colon |= glyph->ch == ':' && (glyph_at(text, i + 1)->kind == GLYPH_SPACE);
	}
	return colon && text->words > 1;
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

/* Lines that are no phrase, or hold more than one. Returns whether it ends in a note, holds several
 * phrases or begins with a number. */
static bool lint_line(struct trial *trial, const struct term *term)
{
	const char *string = term->string, *rest = after_number(string);
	size_t parts = count_parts(trial->text), note = before_note(string);

	if (is_converted_twice(string) || is_old_font(trial->text))
		warn(trial, term,
		     "looks like text in another encoding than UTF-8, or converted twice: save "
		     "the original as UTF-8");
	else if (is_listed(term) && is_heading(trial->text))
		warn(trial, term,
		     "looks like a heading, but is read as a phrase: begin its line with \"# \"");
	else if (note)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" ends in a note, which would have to be in the comment: write "
			     "\"%.*s\"",
			     quote(string).text, (int)note, string);
	else if (parts > 1)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" looks like %zu phrases, but is read as one: write %s",
			     quote(string).text, parts,
			     is_listed(term) ? "one a line" : "each as an item of the list");
	else if (rest)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" begins with the number of a list, which would have to be in "
			     "the comment: write \"%s\"",
			     quote(string).text, quote(rest).text);
	return note || parts > 1 || rest;
}

static void lint_looks(struct trial *trial, const struct term *term)
{
	const char *string = term->string;

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
	else if (term->kind == TERM_PHRASE && lint_line(trial, term))
		return;
	else if (strchr(string, '\t'))
		warn(trial, term,
		     "has a tab, as the row of a table has: what follows it is part of the phrase; "
		     "write only the phrase");
	else if (find_spelled_out(trial->text))
		warn(trial, term,
		     "is spelled out, and is found only so: write the word as a whole, which finds "
		     "it spelled out too");
	else if (count_letters(trial->text) == 1 && trial->text->glyphs == 1)
		warn(trial, term, "is a single letter: it is in too many ordinary comments");
}

void lint_phrase_looks(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {rules, problems, text_new()};

	for (size_t i = 0; i < ruleset_terms(rules); i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term->kind == TERM_PATTERN || !lint_read(trial.text, term->string, problems))
			continue;
		lint_looks(&trial, term);
		lint_length(&trial, term);
	}
	text_free(trial.text);
}
