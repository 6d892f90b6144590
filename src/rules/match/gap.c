#include "rules/match/gap.h"

#include <string.h>
#include "text/text.h"
#include "text/syllable.h"

struct gap {
	uint32_t sign; /* its sign, or a number for several signs; 0: blanks only */
	bool spaced;   /* has a blank */
	bool line;     /* a line ends in it */
	bool joins;    /* a sign that joins, no blank: `nhà-cái`, `nhà__cái`, `nhà🎰cái` */
	bool crosses;  /* it contains a TEXT_BARRIER, or is too long */
};

/* The largest number of glyphs in a gap; it allows rows of emoji. */
enum { LONGEST = 32 };

/* Set in the sign of a gap that has several. */
#define MIXED 0x80000000u

static void add_sign(struct gap *gap, uint32_t ch)
{
	if (!gap->sign)
		gap->sign = ch;
	else if (gap->sign != ch)
		gap->sign = (gap->sign * 31 + ch) | MIXED;
}

/* `Về nhà.Cái xe hỏng`: two sentences without a blank, unless all is in capitals. */
static bool is_sentence_end_unspaced(const struct text *text, size_t from, size_t to)
{
	return text->glyph[to].flags & GLYPH_UPPER && !(text->glyph[from].flags & GLYPH_UPPER);
}

/* A single sign joins words if it is one of those in the code below. A point and `~` do not if they
 * end a sentence. Underscores and emoji join in any number. */
static bool is_joiner(const struct text *text, size_t from, size_t to)
{
	const struct glyph *g = &text->glyph[from + 1];

	if (g->ch == '.' || g->ch == '~')
		return to - from == 2 && !is_sentence_end_unspaced(text, from, to);
	return g->ch == '_' || g->kind == GLYPH_SYMBOL ||
	       (to - from == 2 && is_one_of(g->ch, "-/*+|^=#\\&"));
}

/* Reads what is between glyphs `from` and `to`, at least one glyph. */
static struct gap gap_read(const struct text *text, size_t from, size_t to)
{
	struct gap gap = {.crosses = to - from - 1 > LONGEST};

	for (size_t i = from + 1; i < to && !gap.crosses; i++) {
		const struct glyph *g = &text->glyph[i];
		gap.crosses = g->ch == TEXT_BARRIER;
		if (g->kind == GLYPH_SPACE) {
			gap.spaced = true;
			gap.line |= g->ch == '\n';
		} else {
			add_sign(&gap, g->ch);
		}
	}
	gap.joins = !gap.spaced && !(gap.sign & MIXED) && is_joiner(text, from, to);
	return gap;
}

static void gaps_add(struct gaps *gaps, const struct gap *gap)
{
	if (!gaps->count)
		gaps->sign = gap->sign;
	gaps->count++;
	gaps->differ |= gap->sign != gaps->sign;
	gaps->blank += !gap->sign;
	gaps->joined += gap->joins;
	gaps->lines += gap->line;
	gaps->slash |= gap->sign == '/';
}

/*
 * Whether a phrase of `words` words may have these gaps. A phrase of two words may have a blank or
 * a joiner other than a slash between them. In a longer phrase, signs that repeat between all words
 * are a disguise: `nhà ... cái ... uy ... tín`.
 */
static bool gaps_hold(const struct gaps *gaps, size_t words)
{
	if (words <= 2)
		return gaps->blank + gaps->joined == gaps->count && !gaps->slash;
	return gaps->blank + gaps->joined == gaps->count ||
	       (gaps->count + 1 == words && !gaps->differ);
}

/* Whether the same joiner is between all words, as in a slug: nha-cai-uy-tin. */
static bool gaps_are_slug(const struct gaps *gaps)
{
	return gaps->count && gaps->joined == gaps->count && !gaps->differ &&
	       is_one_of(gaps->sign, "-_.");
}

/* ---- the gaps of a match -------------------------------------------------------------- */

/* The largest number of blanks and signs between two syllables of a spelled-out phrase, and between
 * two letters of one syllable. */
enum { GAP_SYLLABLES = 8, GAP_LETTERS = 3 };
/* Joined syllables of so few letters may be a word of any language. */
enum { JOINED_SHORT = 4 };

static bool letter_follows(const struct match *m, size_t i)
{
	const struct skeleton *s = m->search->skeleton;
	return i + 1 < s->letters && adjoins(m, i + 1) && glyph_of(m, i + 1)->kind == GLYPH_LETTER;
}

bool match_begins_joined(const struct match *m, size_t i)
{
	const struct glyph *g = glyph_of(m, i);
	if (g[-1].flags & GLYPH_UPPER)
		return false;
	return g[-1].kind == GLYPH_LETTER || letter_follows(m, i); /* `5Kubet`, not `1M88` */
}

bool match_has_vowel(const struct match *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (glyph_of(m, i)->letter && strchr("aeiouy", glyph_of(m, i)->letter))
			return true;
	return false;
}

static bool is_blank(const struct text *text, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (text->glyph[i].kind != GLYPH_SPACE)
			return false;
	return true;
}

/* A full stop, a blank and a capital: two sentences. */
static bool is_sentence_end_spaced(const struct text *text, size_t from, size_t to)
{
	bool stop = false, blank = false;
	for (size_t i = from + 1; i < to; i++) {
		uint32_t ch = text->glyph[i].ch;
		stop |= ch == '.' || ch == '!' || ch == '?';
		blank |= stop && text->glyph[i].kind == GLYPH_SPACE;
	}
	return blank && (text->glyph[to].flags & GLYPH_UPPER) &&
	       !(text->glyph[from].flags & GLYPH_UPPER);
}

/* Whether at least half of the blanks of the text are line ends, so that each word has a line.
 * Counted once for each text. */
static bool search_is_split(struct phrase_search *search)
{
	const struct text *text = search->text;
	size_t blanks = 0, lines = 0;

	if (search->split == SPLIT_UNKNOWN) {
		for (size_t i = 0; i < text->boundaries; i++) {
			const struct glyph *g = &text->glyph[text->boundary[i]];
			blanks += g->kind == GLYPH_SPACE;
			lines += g->kind == GLYPH_SPACE && g->ch == '\n';
		}
		search->split = lines * 2 >= blanks ? SPLIT_YES : SPLIT_NO;
	}
	return search->split == SPLIT_YES;
}

/* Signs spell a word out when they touch both letters or have blanks on both sides; `ch, o` is a
 * list. */
static bool spells_out(const struct text *text, size_t from, size_t to)
{
	bool before = text->glyph[from + 1].kind == GLYPH_SPACE;
	bool after = text->glyph[to - 1].kind == GLYPH_SPACE;
	return to - from - 1 <= GAP_LETTERS && before == after;
}

/* The letters around letter `i` without gaps between them: [*from, *to), within the match. */
static void piece_around(const struct match *m, size_t i, size_t *from, size_t *to)
{
	for (*from = i; *from > m->first && adjoins(m, *from);)
		--*from;
	for (*to = i + 1; *to < m->end && adjoins(m, *to);)
		++*to;
}

/* `fun 88` is one name; `hi 88 bạn`, `1 m 88` and `new 88%` are words and numbers. */
static bool is_name_and_number(const struct match *m, size_t from, size_t mid, size_t to)
{
	const struct text *text = m->search->text;
	size_t next = m->search->skeleton->glyph[to - 1] + 1u;
	return mid - from > 2 && (next >= text->glyphs || text->glyph[next].ch != '%');
}

/* Blanks within a syllable separate single letters, or pieces of which one is not a word: `ch ó`.
 */
static bool are_pieces(const struct match *m, size_t i)
{
	size_t from, mid, right, to;
	piece_around(m, i - 1, &from, &mid);
	piece_around(m, i, &right, &to);
	if (mid - from == 1 && to - right == 1)
		return true;
	if (glyph_of(m, i - 1)->kind == GLYPH_LETTER && glyph_of(m, i)->kind == GLYPH_DIGIT)
		return is_name_and_number(m, from, mid, to);
	return !match_has_vowel(m, from, mid) || !match_has_vowel(m, right, to);
}

/* A name that is no Vietnamese word, over the end of a line: `ku⏎bet`. A browser does not
 * break a word, so the commenter did. */
static bool is_broken_name(const struct match *m, size_t p, size_t i)
{
	enum { NAME_LETTERS = 5 };
	const struct text *text = m->search->text;
	size_t from, mid, right, to, gap = m->search->skeleton->glyph[i - 1] + 1u;

	if (m->phrase->shape[m->phrase->syllable[p]] || glyph_at(text, gap)->ch != '\n' ||
	    m->search->skeleton->glyph[i] != gap + 1)
		return false;
	piece_around(m, i - 1, &from, &mid);
	piece_around(m, i, &right, &to);
	return mid - from > 1 && to - right > 1 && mid - from + to - right >= NAME_LETTERS;
}

/*
 * Syllables may be joined, with two exceptions. Together they form one syllable: `ho a` is not
 * `hoa`. Or they are so short that they may be a name or a short form in a text with marks: `Duma`,
 * `cado`.
 */
static bool may_join_syllables(const struct match *m, size_t i)
{
	size_t from, to;
	uint16_t marks = 0;

	piece_around(m, i, &from, &to);
	for (size_t k = from; k < to; k++)
		marks |= glyph_of(m, k)->marks;
	bool capital = match_begins_word(m, i); /* `LoDe` */
	if (to - from <= JOINED_SHORT && !marks && !capital && !m->search->unaccented)
		return false;
	return !syllable_read(glyph_of(m, from), to - from, NULL);
}

bool gap_is_alike(const struct match *m, size_t p, size_t i)
{
	const struct skeleton *s = m->search->skeleton;
	size_t from = s->glyph[i - 1];
	uint32_t sign = m->phrase->before[p];

	if (adjoins(m, i))
		return true;
	if (sign && m->search->text->glyph[from + 1].ch != sign)
		return false;
	return is_blank(m->search->text, from + (sign != 0), s->glyph[i]);
}

/* Reads the gap before letter `p` of the phrase; the phrase itself may have a sign there. */
static bool add_gap(struct match *m, size_t p, size_t from, size_t to)
{
	static const struct gap blank = {.spaced = true};
	const struct text *text = m->search->text;

	if (to - from == 2 && glyph_is_blank(&text->glyph[from + 1])) {
		gaps_add(&m->gaps, &blank);
		return true;
	}
	struct gap gap = gap_read(text, from, to);
	if (gap.sign && gap.sign == m->phrase->before[p])
		gap.sign = 0;
	gaps_add(&m->gaps, &gap);
	m->interrupted |= to - from - 1 > GAP_SYLLABLES || is_sentence_end_spaced(text, from, to);
	return !gap.crosses;
}

/* Whether the slug continues before (step -1) or after (step 1) this glyph of the text: with the
 * joiner and another word. */
static bool slug_goes_on(const struct match *m, size_t glyph, size_t step)
{
	const struct text *text = m->search->text;

	return glyph_at(text, glyph + step)->ch == m->gaps.sign &&
	       glyph_is_word(glyph_at(text, glyph + 2 * step));
}

/* A slug is written without marks. A phrase of three words or more may be anywhere in it, one of
 * two words must be all of it: `nha-cai-uy-tin`, but not `dia-oc-cho-thue`. */
static bool slug_fits(struct match *m, size_t words)
{
	const uint32_t *glyph = m->search->skeleton->glyph;

	if (m->phrase->plain || !m->missing || !gaps_are_slug(&m->gaps))
		return true;
	if (words == 2 &&
	    (slug_goes_on(m, glyph[m->first], SIZE_MAX) || slug_goes_on(m, glyph[m->end - 1], 1)))
		return false;
	m->marks_optional = true;
	return true;
}

bool gaps_allow_match(struct match *m)
{
	size_t words = m->phrase->syllable[m->phrase->letters - 1] + 1u;

	if (m->spelled)
		return !m->interrupted;
	if (!gaps_hold(&m->gaps, words))
		return false;
	if (words == 2 && m->gaps.lines && !search_is_split(m->search))
		return false;
	return slug_fits(m, words);
}

bool gap_joins(struct match *m, size_t p, size_t i, bool one_syllable)
{
	const struct text *text = m->search->text;
	size_t from = m->search->skeleton->glyph[i - 1], to = m->search->skeleton->glyph[i];

	if (!one_syllable && !adjoins(m, i))
		return add_gap(m, p, from, to);
	if (m->phrase->plain)
		return false;
	m->marks_optional = true; /* joined or spelled-out words are a disguise */
	if (!one_syllable)
		return may_join_syllables(m, i);
	m->spelled = true;
	return spells_out(text, from, to) &&
	       (!is_blank(text, from, to) || are_pieces(m, i) || is_broken_name(m, p, i));
}
