/* Phrases that probably mean something else: patterns, lists, files, wrong marks. */
#include "rules/lint/lint.h"

#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "rules/match/build.h"
#include "rules/rule.h"
#include "text/letter.h"
#include "text/read_text.h"
#include "text/syllable.h"

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
					    "(?", "[",	"|",   "{",   "\\S", "^"};
	size_t len = strlen(string);

	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strstr(string, signs[i]))
			return true;
	return len > 2 && string[0] == '/' && string[len - 1] == '/';
}

/* Parts with letters that commas or semicolons divide; a comma between digits divides nothing. */
static size_t count_parts(const struct text *text)
{
	size_t parts = 0;
	bool letters = false;

	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *glyph = &text->glyph[i];

		if (glyph->ch == ',' || glyph->ch == ';') {
			parts += letters;
			letters = false;
		}
		letters |= glyph->kind == GLYPH_LETTER;
	}
	return parts + letters;
}

static size_t count_letters(const struct text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->glyphs; i++)
		count += glyph_is_word(&text->glyph[i]);
	return count;
}

static void lint_looks(struct trial *trial, const struct term *term)
{
	const char *string = term->string;
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
			     "\"%s\" looks like %zu phrases, but is read as one: write %s", string,
			     parts, is_listed(term) ? "one a line" : "each as an item of the list");
	else if (count_letters(trial->text) == 1 && trial->text->glyphs == 1)
		warn(trial, term, "is a single letter: it is in too many ordinary comments");
}

/* Spelling. */

static void add_word(struct buf *out, const struct text *text, const struct word *word)
{
	const struct glyph *first = &text->glyph[word->first], *last = first + word->count - 1;

	buf_add(out, text->bytes + first->at, last->at + last->len - first->at);
}

static void add_letter(struct buf *out, const struct glyph *glyph, uint16_t marks)
{
	char bytes[UTF8_MOST];
	uint16_t borne;

	buf_add(out, bytes, utf8_encode(letter_compose(glyph->letter, marks, &borne), bytes));
}

/* The word in small letters without a tone, or with `tone` on letter `at`. */
static void add_toned(struct buf *out, const struct text *text, const struct word *word, size_t at,
		      uint16_t tone)
{
	for (size_t i = word->first; i < word->first + word->count; i++) {
		const struct glyph *glyph = &text->glyph[i];

		add_letter(out, glyph,
			   (uint16_t)((glyph->marks & MARK_QUALITY) | (i == at ? tone : 0)));
	}
}

static bool is_vowel(const struct glyph *glyph)
{
	return glyph->letter && strchr("aeiouy", glyph->letter);
}

/* The letter that has the tone in a syllable that ends in a consonant: the last vowel. */
static size_t last_vowel(const struct text *text, const struct word *word)
{
	size_t at = word->first + word->count - 1;

	while (at > word->first && !is_vowel(&text->glyph[at]))
		at--;
	return at;
}

struct tones {
	size_t count, first; /* letters that have one; the first of them */
	uint16_t marks;	     /* of all letters */
};

static struct tones tones_of(const struct text *text, const struct word *word)
{
	struct tones tones = {0, 0, 0};

	for (size_t i = word->first; i < word->first + word->count; i++) {
		uint16_t marks = text->glyph[i].marks;

		if (marks & MARK_TONE && !tones.count++)
			tones.first = i;
		tones.marks |= marks;
	}
	return tones;
}

/* `; did you mean "bác" or "bạc"?` */
static void add_stopped(struct buf *out, const struct text *text, const struct word *word)
{
	size_t at = last_vowel(text, word);

	buf_add_string(out, "did you mean \"");
	add_toned(out, text, word, at, MARK_ACUTE);
	buf_add_string(out, "\" or \"");
	add_toned(out, text, word, at, MARK_DOT);
	buf_add_string(out, "\"?");
}

/* Foreign words that Vietnamese writes as they are and that have the shape of a syllable. */
static bool is_loan(const struct text *text, const struct word *word)
{
	static const char *const loans[] = {"bit", "bot", "cap", "chat", "fac", "hat", "hip",
					    "hit", "hot", "kit", "lap",	 "mac", "net", "pac",
					    "pop", "set", "tip", "top",	 "vip"};

	for (size_t i = 0; i < sizeof loans / sizeof loans[0]; i++)
		if (strlen(loans[i]) == word->count &&
		    glyph_spells(text, word->first, loans[i]) == word->count)
			return true;
	return false;
}

static bool is_marked(const struct text *text)
{
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].marks)
			return true;
	return false;
}

/* Appends what is wrong with a word; nothing if it is a possible Vietnamese word. */
static void spell(struct buf *out, const struct text *text, const struct word *word)
{
	unsigned shape = syllable_shape(&text->glyph[word->first], word->count);
	struct tones tones = tones_of(text, word);
	bool stopped = shape & SYLLABLE_NEEDS_TONE;
	bool lacks_quality =
		shape & SYLLABLE_NEEDS_QUALITY && !(tones.marks & MARK_QUALITY & ~MARK_STROKE);

	if (!shape || word->count < 2)
		return;
	if (tones.count > 1) {
		buf_add_string(out, "has two tones; did you mean \"");
		add_toned(out, text, word, tones.first, text->glyph[tones.first].marks & MARK_TONE);
		buf_add_string(out, "\"?");
	} else if (!tones.marks && (!word->lacks_by_usage || is_loan(text, word))) {
		return;
	} else if (stopped && !lacks_quality && !(tones.marks & (MARK_ACUTE | MARK_DOT))) {
		buf_add_string(out, tones.count ? "has a tone that it cannot have; "
						: "lacks its mark; ");
		add_stopped(out, text, word);
	} else if (syllable_lacks(shape, tones.marks)) {
		buf_add_string(out, "lacks its marks");
	}
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

/* Another phrase of the set with the same letters and with marks; NULL where there is none. */
static const struct term *find_marked(struct trial *trial, struct text *other)
{
	for (size_t i = 0; i < ruleset_terms(trial->rules); i++) {
		const struct term *term = ruleset_term(trial->rules, i);

		if (term->kind != TERM_PATTERN && strlen(term->string) >= trial->text->len &&
		    text_read(other, term->string, strlen(term->string)) == TEXT_OK &&
		    is_marked(other) && is_same_letters(trial->text, other))
			return term;
	}
	return NULL;
}

static void report_unmarked(struct trial *trial, const struct term *term)
{
	struct text *other = text_new();
	const struct term *marked = other ? find_marked(trial, other) : NULL;

	if (marked)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" has no marks: did you mean \"%s\", as at %s:%zu? That finds "
			     "unmarked comments too",
			     quote(term->string).text, quote(marked->string).text,
			     marked->place.file, marked->place.line);
	else
		warn(trial, term,
		     "has no marks, so it is not found where comments have theirs; written with "
		     "its marks it finds both");
	text_free(other);
}

/* A phrase that has no mark at all, with a word that is hardly ever written so. */
static bool is_unmarked(const struct text *text)
{
	bool lacks = false;

	for (size_t i = 0; i < text->words; i++) {
		if (text->word[i].kind != WORD_SYLLABLE)
			return false;
		lacks |= text->word[i].lacks_marks || text->word[i].lacks_by_usage;
	}
	return lacks && !is_marked(text);
}

static void lint_spelling(struct trial *trial, const struct term *term)
{
	const struct text *text = trial->text;

	if (term->kind == TERM_PHRASE && is_unmarked(text)) {
		report_unmarked(trial, term);
		return;
	}
	for (size_t i = 0; i < text->words && is_marked(text); i++) {
		struct buf word = {0}, why = {0};

		spell(&why, text, &text->word[i]);
		add_word(&word, text, &text->word[i]);
		if (why.len)
			problems_add(trial->problems, PROBLEM_WARNING, term->place,
				     "\"%s\": \"%s\" %s", quote(term->string).text,
				     buf_string(&word), buf_string(&why));
		buf_free(&word);
		buf_free(&why);
	}
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
		if (!(term->flags & SCAN_MARKS_EXACT))
			lint_spelling(&trial, term);
	}
	text_free(trial.text);
}
