#include "base/grow.h"
#include "text/syllable.h"
#include "text/walk.h"
#include "text/word.h"

enum {
	FRACTION_SLASH = 0x2044,  /* NFKC writes ½ as 1⁄2 */
	FIRST_IDEOGRAPH = 0x2E80, /* from here on one letter may be a word */
};

static bool make_room(struct text *text)
{
	if (text->words < text->word_room) /* nearly always: not worth a call */
		return true;
	struct word *word = grow(text->word, text->words, &text->word_room, sizeof *word);
	if (word)
		text->word = word;
	return word;
}

/* `don't` is one word, `l'écoutant` two: what follows an apostrophe joins when short. */
static bool is_ending(const struct text *text, size_t i)
{
	size_t n = 0;
	while (n < 3 && glyph_at(text, i + n)->kind == GLYPH_LETTER)
		n++;
	return n < 3;
}

/* Whether the letters on one side of `i` have no vowel among them: half a word. */
static bool is_half(const struct text *text, size_t i, size_t step)
{
	for (i += step; glyph_at(text, i)->kind == GLYPH_LETTER; i += step)
		if (is_one_of(glyph_at(text, i)->letter, "aeiouy"))
			return false;
	return true;
}

/* Whether the glyph joins its neighbours into one word: 2,5  10.000  20/10  don't  CH!CH */
static bool joins(const struct text *text, size_t i)
{
	const struct glyph *before = glyph_at(text, i - 1), *after = glyph_at(text, i + 1);
	uint32_t ch = text->glyph[i].ch;

	if (ch == ' ')
		return false;
	if (before->kind == GLYPH_DIGIT && after->kind == GLYPH_DIGIT)
		return ch == '.' || ch == ',' || ch == '/' || ch == ':' || ch == FRACTION_SLASH;
	if (before->kind != GLYPH_LETTER || after->kind != GLYPH_LETTER)
		return false;
	if (ch == '\'' || ch == 0x2019)
		return is_ending(text, i + 1);
	return is_one_of(ch, "!*@$") && (is_half(text, i, SIZE_MAX) || is_half(text, i, 1));
}

/* Small letter before, capital after, and both halves syllables: `tốtGiao` lacks a space. */
static bool glued_here(const struct text *text, size_t first, size_t i)
{
	const struct glyph *g = &text->glyph[i];
	if ((g[-1].flags & GLYPH_UPPER) || g[-1].kind != GLYPH_LETTER ||
	    i - first > SYLLABLE_LETTERS)
		return false;
	size_t end = i + 1;
	uint16_t marks = 0;
	while (glyph_at(text, end)->kind == GLYPH_LETTER &&
	       !(glyph_at(text, end)->flags & GLYPH_UPPER) && end - i <= SYLLABLE_LETTERS)
		end++;
	for (size_t k = first; k < end; k++)
		marks |= text->glyph[k].marks;
	return marks && i - first >= 2 && end - i >= 2 &&
	       syllable_read(&text->glyph[first], i - first, NULL) &&
	       syllable_read(&text->glyph[i], end - i, NULL);
}

static size_t word_end(const struct text *text, size_t first, size_t limit)
{
	size_t i = first;
	for (;;) {
		/* Letters in small are most of any text. */
		do
			i++;
		while (i < limit && text->glyph[i].kind == GLYPH_LETTER &&
		       !(text->glyph[i].flags & GLYPH_UPPER));
		if (i >= limit || (!glyph_is_word(&text->glyph[i]) && !joins(text, i)))
			return i;
		if ((text->glyph[i].flags & GLYPH_UPPER) && glued_here(text, first, i))
			return i;
	}
}

/* :D ;v =3 :'( and their like: one letter or digit drawn behind a pair of eyes. */
static bool is_mouth(const struct text *text, size_t i)
{
	size_t eyes = i - 1;
	if (!is_one_of(glyph_at(text, i)->ch, "dDpPvVxXoO03cCbBsS"))
		return false;
	if (is_one_of(glyph_at(text, eyes)->ch, "-'^"))
		eyes--;
	bool apart = !glyph_is_word(glyph_at(text, eyes - 1));
	return is_one_of(glyph_at(text, eyes)->ch, ":;=") &&
	       (apart || glyph_at(text, i)->ch != '3');
}

/* `v.v.` (and so on) and `T.T.` (initials) are written, not drawn. */
static bool is_written(const struct text *text, size_t last)
{
	return glyph_at(text, last - 1)->ch == '.' &&
	       (glyph_at(text, last)->letter == 'v' || glyph_at(text, last + 1)->ch == '.');
}

/* T_T  o.O  ^o^  >3<: letters that draw eyes or a mouth between signs, standing alone. */
static bool is_face(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);
	const char *eyes = "tTqQuUoOxXnNvV", *cheeks = "^>-=*";

	if (is_one_of(l->ch, cheeks) && is_one_of(r->ch, "^<-=*") && g->kind == GLYPH_LETTER)
		return true;
	bool left = is_one_of(r->ch, "_.") && glyph_at(text, i + 2)->letter == g->letter &&
		    !glyph_is_word(glyph_at(text, i + 3)) && !glyph_is_word(l) &&
		    !is_written(text, i + 2);
	bool right = is_one_of(l->ch, "_.") && glyph_at(text, i - 2)->letter == g->letter &&
		     !glyph_is_word(glyph_at(text, i - 3)) && !glyph_is_word(r) &&
		     !is_written(text, i);
	return is_one_of(g->ch, eyes) && (left || right);
}

/* A letter of no Latin kind alone among signs is drawn, not written: ʕ•ᴥ•ʔ (ツ) ಠ_ಠ; so
 * is one of an alphabet that stands quite alone: ( ͡° ͜ʖ ͡°) */
static bool is_drawn(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);
	bool spelled = g->ch < FIRST_IDEOGRAPH;
	return !g->letter && (spelled || l->kind > GLYPH_SPACE || r->kind > GLYPH_SPACE);
}

static bool is_heart(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '3' &&
	       (glyph_at(text, i - 1)->ch == '<' ||
		(glyph_at(text, i - 1)->kind == GLYPH_SPACE && glyph_at(text, i - 2)->ch == '<') ||
		(glyph_at(text, i - 1)->ch == '/' && glyph_at(text, i - 2)->ch == '<'));
}

static bool is_keycap(const struct glyph *g)
{
	return g->kind == GLYPH_DIGIT && (g->flags & GLYPH_FOREIGN);
}

static bool is_emoticon(const struct text *text, size_t first, size_t count)
{
	if (is_keycap(glyph_at(text, first)))
		return true;
	if (count == 2)
		return is_one_of(glyph_at(text, first)->ch, "xX") &&
		       glyph_at(text, first + 1)->ch == 'D';
	return count == 1 && (is_mouth(text, first) || is_face(text, first) ||
			      is_drawn(text, first) || is_heart(text, first));
}

/* Its shape, from memory where it was met before: a few hundred syllables are most of any
 * text, and reading one costs a dozen guesses. */
static unsigned shape_of(struct text *text, uint64_t letters, size_t count)
{
	struct met *met = &text->met[letters * 0x9E3779B97F4A7C15u >> (64 - MET_BITS)];

	if (met->letters != letters) {
		char spelled[SYLLABLE_LETTERS];
		for (size_t i = 0; i < count; i++)
			spelled[i] = (char)(letters >> 8 * (count - 1 - i));
		*met = (struct met){.letters = letters, .shape = syllable_shape(spelled, count)};
	}
	return met->shape;
}

static void describe(struct text *text, struct word *w)
{
	const struct glyph *g = &text->glyph[w->first];
	uint64_t letters = 0;
	uint16_t marks = 0;
	size_t digits = 0, capitals = 0;
	bool latin = w->count <= SYLLABLE_LETTERS;

	for (size_t i = 0; i < w->count; i++) {
		marks |= g[i].marks;
		digits += g[i].kind == GLYPH_DIGIT;
		capitals += (g[i].flags & GLYPH_UPPER) != 0;
		latin &= g[i].letter >= 'a';
		letters = letters << 8 | g[i].letter;
	}
	w->marked = marks != 0;
	w->capital = capitals == 1 && (g[0].flags & GLYPH_UPPER) && w->count > 1;
	unsigned shape = latin ? shape_of(text, letters, w->count) : 0;
	w->kind = digits ? WORD_NUMBER : shape ? WORD_SYLLABLE : WORD_OTHER;
	w->bare = syllable_lacks(shape, marks);
}

static bool add(struct text *text, size_t first, size_t count)
{
	if (is_emoticon(text, first, count))
		return true;
	if (!make_room(text))
		return false;
	struct word *w = &text->word[text->words++];
	*w = (struct word){.first = (uint32_t)first, .count = (uint32_t)count};
	describe(text, w);
	text->syllables += w->kind == WORD_SYLLABLE;
	text->marked += w->marked;
	return true;
}

bool word_find(struct text *text)
{
	size_t link = 0, i = 0;
	while (i < text->glyphs) {
		while (link < text->links && text->link[link].first + text->link[link].count <= i)
			link++;
		size_t limit = link < text->links ? text->link[link].first : text->glyphs;
		if (limit <= i && link < text->links) {
			i = text->link[link].first + text->link[link].count;
			continue;
		}
		if (!glyph_is_word(&text->glyph[i])) {
			i++;
			continue;
		}
		size_t end = word_end(text, i, limit);
		if (!add(text, i, end - i))
			return false;
		i = end;
	}
	return true;
}
