#include <stdlib.h>

#include "base/grow.h"
#include "base/hash.h"
#include "text/syllable.h"
#include "text/text.h"
#include "text/word.h"

enum { FRACTION_SLASH = 0x2044 }; /* NFKC writes ½ as 1⁄2 */

/* 16,384 words: enough for all common ones. With 4,096, judging news comments took 5 % longer. */
enum { CACHE_BITS = 14, CACHED_BYTES = 16 };

struct cached_word {
	uint64_t spelling[CACHED_BYTES / sizeof(uint64_t)]; /* the word's bytes, then zeros */
	struct word word;				    /* without its place in the text */
};

struct word_cache {
	struct cached_word word[1 << CACHE_BITS];
};

struct word_cache *word_cache_new(void)
{
	return calloc(1, sizeof(struct word_cache));
}

void word_cache_free(struct word_cache *cache)
{
	free(cache);
}

/* Emoticons made of letters and digits: :D ;v <3 T_T ^o^ ʕ•ᴥ•ʔ 1️⃣ */
enum { FIRST_IDEOGRAPH = 0x2E80 }; /* from here on one letter may be a word */

/* What an ASCII character may be in them: the D of :D is a mouth, each T of T_T an eye, and the
 * signs of ^o^ are cheeks. */
enum { MOUTH = 1, EYE = 2, LEFT_CHEEK = 4, RIGHT_CHEEK = 8, CHEEK = LEFT_CHEEK | RIGHT_CHEEK };
/* clang-format off */
static const uint8_t drawn_as[0x80] = {
	['0'] = MOUTH, ['3'] = MOUTH, ['b'] = MOUTH, ['B'] = MOUTH, ['c'] = MOUTH, ['C'] = MOUTH,
	['d'] = MOUTH, ['D'] = MOUTH, ['p'] = MOUTH, ['P'] = MOUTH, ['s'] = MOUTH, ['S'] = MOUTH,
	['o'] = MOUTH | EYE, ['O'] = MOUTH | EYE, ['v'] = MOUTH | EYE, ['V'] = MOUTH | EYE,
	['x'] = MOUTH | EYE, ['X'] = MOUTH | EYE,
	['n'] = EYE, ['N'] = EYE, ['q'] = EYE, ['Q'] = EYE, ['t'] = EYE, ['T'] = EYE,
	['u'] = EYE, ['U'] = EYE,
	['>'] = LEFT_CHEEK, ['<'] = RIGHT_CHEEK, ['^'] = CHEEK, ['-'] = CHEEK, ['='] = CHEEK,
	['*'] = CHEEK,
};
/* clang-format on */

static bool may_be(const struct glyph *g, unsigned part)
{
	return g->ch < sizeof drawn_as && drawn_as[g->ch] & part;
}

static bool is_nose(uint32_t ch)
{
	return ch == '-' || ch == '\'' || ch == '^';
}

static bool are_eyes(uint32_t ch)
{
	return ch == ':' || ch == ';' || ch == '=';
}

/* :D ;v =3 :'D and similar: one letter or digit after eyes. */
static bool is_mouth(const struct text *text, size_t i)
{
	size_t eyes = i - 1;
	if (is_nose(glyph_at(text, eyes)->ch))
		eyes--;
	if (!are_eyes(glyph_at(text, eyes)->ch) || !may_be(glyph_at(text, i), MOUTH))
		return false;
	bool apart = !glyph_is_word(glyph_at(text, eyes - 1));
	return apart || glyph_at(text, i)->ch != '3';
}

/* `v.v.` (and so on) and `T.T.` (initials) are not emoticons. */
static bool is_written(const struct text *text, size_t last)
{
	return glyph_at(text, last - 1)->ch == '.' &&
	       (glyph_at(text, last)->letter == 'v' || glyph_at(text, last + 1)->ch == '.');
}

/* T_T  o.O  ^o^  >o<: letters as eyes or mouth between signs, separate from words. */
static bool is_face(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);

	if (may_be(l, LEFT_CHEEK) && may_be(r, RIGHT_CHEEK) && g->kind == GLYPH_LETTER)
		return true;
	if (!may_be(g, EYE))
		return false;
	bool left = is_one_of(r->ch, "_.") && glyph_at(text, i + 2)->letter == g->letter &&
		    !glyph_is_word(glyph_at(text, i + 3)) && !glyph_is_word(l) &&
		    !is_written(text, i + 2);
	bool right = is_one_of(l->ch, "_.") && glyph_at(text, i - 2)->letter == g->letter &&
		     !glyph_is_word(glyph_at(text, i - 3)) && !glyph_is_word(r) &&
		     !is_written(text, i);
	return left || right;
}

/* A single letter of another script among signs is part of an emoticon: ʕ•ᴥ•ʔ (ツ) ಠ_ಠ; so is a
 * single letter of an alphabet without neighbours: ( ͡° ͜ʖ ͡°) */
static bool is_drawn(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);
	bool spelled = g->ch < FIRST_IDEOGRAPH;
	bool among_signs = l->kind > GLYPH_SPACE || r->kind > GLYPH_SPACE;
	if (g->letter)
		return g->kind == GLYPH_LETTER && (g->flags & GLYPH_LOOKALIKE) && among_signs;
	return spelled || among_signs;
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

/* Returns whether `count` letters and digits from glyph `first`, which could be a word, are a face,
 * a heart or a keycap, or part of one. */
static bool emoticon_is(const struct text *text, size_t first, size_t count)
{
	const struct glyph *g = &text->glyph[first];

	if (is_keycap(g))
		return true;
	if (count > 2)
		return false;
	if (count == 2)
		return g[1].ch == 'D' && is_one_of(g->ch, "xX");
	bool alone = glyph_at(text, first - 1)->kind == GLYPH_SPACE &&
		     glyph_at(text, first + 1)->kind == GLYPH_SPACE;
	if (!alone && (is_mouth(text, first) || is_face(text, first)))
		return true;
	return is_drawn(text, first) || is_heart(text, first);
}

/* `don't` is one word, `l'écoutant` two: a short part after an apostrophe belongs to the word. */
static bool is_ending(const struct text *text, size_t i)
{
	size_t n = 0;
	while (n < 3 && glyph_at(text, i + n)->kind == GLYPH_LETTER)
		n++;
	return n < 3;
}

/* Whether the letters on one side of `i` have no vowel: half a word. */
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
	return (ch == '!' || ch == '*' || ch == '@' || ch == '$') &&
	       (is_half(text, i, SIZE_MAX) || is_half(text, i, 1));
}

/* Small letter before, capital after, and both halves syllables: `tốtGiao` lacks a space. */
static bool lacks_space(const struct text *text, size_t first, size_t i)
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

/* The boundary that ends the word that begins at `first`, at most `limit`. The first boundary after
 * `first` is `e`. */
static size_t word_boundary(const struct text *text, size_t first, size_t limit, size_t e)
{
	for (size_t i; (i = text->boundary[e]) < limit; e++) {
		const struct glyph *g = &text->glyph[i];
		if (g->kind == GLYPH_SPACE || (!glyph_is_word(g) && !joins(text, i)))
			break;
		if ((g->flags & GLYPH_UPPER) && lacks_space(text, first, i))
			break;
	}
	return e;
}

/* Shorter ones are often teencode: `ko`, `nyc`. */
enum { FOREIGN_LETTERS = 4 };

static bool has_vowel(const struct glyph *g, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_one_of(g[i].letter, "aeiouy"))
			return true;
	return false;
}

/* Whether all letters are look-alikes of Latin ones: a word of another script. */
static bool only_look_alikes(const struct glyph *g, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (g[i].kind == GLYPH_LETTER && !(g[i].flags & GLYPH_LOOKALIKE))
			return false;
		any |= g[i].kind == GLYPH_LETTER;
	}
	return any;
}

/* Letters of another script, or a word of one case that is too long for teencode. What has capitals
 * and small letters is a name or a model: Samsung, iPhone. */
static bool is_foreign(const struct glyph *g, size_t count, size_t capitals)
{
	for (size_t i = 0; i < count; i++)
		if (g[i].kind == GLYPH_LETTER && !g[i].letter)
			return true;
	return (!capitals || capitals == count) && count >= FOREIGN_LETTERS && has_vowel(g, count);
}

/* How a word is counted in struct text: a bit for each counter. */
enum {
	COUNT_ACCENTED = 1 << 0,
	COUNT_FOREIGN = 1 << 1,
	COUNT_LACKING = 1 << 2,
	COUNT_ELIGIBLE = 1 << 3,
	COUNT_ELIGIBLE_ACCENTED = 1 << 4,
	COUNT_ELIGIBLE_LACKING = 1 << 5,
};

static uint8_t counts_of(const struct word *w)
{
	unsigned counts = (w->accented ? COUNT_ACCENTED : 0) | (w->foreign ? COUNT_FOREIGN : 0) |
			  (w->lacks_by_usage ? COUNT_LACKING : 0);

	if (word_is_eligible(w))
		counts |= COUNT_ELIGIBLE | (w->accented ? COUNT_ELIGIBLE_ACCENTED : 0) |
			  (w->lacks_marks && !w->capital ? COUNT_ELIGIBLE_LACKING : 0);
	return (uint8_t)counts;
}

static struct word describe(const struct text *text, size_t first, size_t count)
{
	const struct glyph *g = &text->glyph[first];
	struct word w = {.first = (uint32_t)first, .count = (uint32_t)count};
	unsigned shape = syllable_shape(g, count);
	uint16_t marks = 0;
	size_t digits = 0, letters = 0, capitals = 0, tones = 0;

	for (size_t i = 0; i < count; i++) {
		marks |= g[i].marks;
		tones += (g[i].marks & MARK_TONE) != 0;
		digits += g[i].kind == GLYPH_DIGIT;
		letters += g[i].kind == GLYPH_LETTER;
		capitals += (g[i].flags & GLYPH_UPPER) != 0;
	}
	bool foreign_script = (g[0].flags & GLYPH_LOOKALIKE) && only_look_alikes(g, count);
	if (foreign_script)
		shape = 0;
	w.accented = marks != 0 && tones <= 1 && !foreign_script; /* báí has two tones: none */
	w.capital = capitals == 1 && (g[0].flags & GLYPH_UPPER) && count > 1;
	w.kind = digits ? WORD_NUMBER : shape ? WORD_SYLLABLE : WORD_OTHER;
	w.lacks_marks = syllable_lacks(shape, marks);
	w.lacks_by_usage = shape && !marks && count > 1 && usage_lacks(g, count, w.lacks_marks);
	w.has_letter = letters > 0;
	w.foreign = w.kind == WORD_OTHER &&
		    (foreign_script || (!marks && is_foreign(g, count, capitals)));
	w.counts = counts_of(&w);
	return w;
}

/* Whether a character at an end of `count` glyphs from `first` on expands to several glyphs, of
 * which some are outside. */
static bool is_part(const struct text *text, size_t first, size_t count)
{
	const struct glyph *g = &text->glyph[first], *last = g + count - 1;
	return (first && g[-1].at == g->at) ||
	       (first + count < text->glyphs && last[1].at == last->at);
}

/*
 * The bytes of `count` glyphs from `first` on, followed by zeros (texts contain no NUL). Returns
 * false for a long word, and for part of a character that expands to several glyphs.
 */
static bool spell(const struct text *text, size_t first, size_t count, uint64_t spelling[2])
{
	static const uint64_t ones[4] = {UINT64_MAX, UINT64_MAX};
	const struct glyph *g = &text->glyph[first], *last = g + count - 1;
	size_t at = g->at, len = last->at + last->len - at;
	uint64_t mask[2];

	if (len > CACHED_BYTES || (!text->canonical && is_part(text, first, count)))
		return false;
	if (at + CACHED_BYTES > text->len) {
		spelling[0] = spelling[1] = 0;
		memcpy(spelling, text->bytes + at, len);
		return true;
	}
	memcpy(spelling, text->bytes + at, CACHED_BYTES);
	memcpy(mask, (const char *)ones + CACHED_BYTES - len, CACHED_BYTES);
	spelling[0] &= mask[0];
	spelling[1] &= mask[1];
	return true;
}

/* The same as describe(), using the cache: a few hundred words make up most of any text, and the
 * result depends only on the word's bytes. */
static void describe_cached(const struct text *text, size_t first, size_t count, struct word *word)
{
	uint64_t spelling[2];

	if (!spell(text, first, count, spelling)) {
		*word = describe(text, first, count);
		return;
	}
	uint64_t hash = (spelling[0] ^ spelling[1] * 0xC2B2AE3D27D4EB4Fu) * 0x9E3779B97F4A7C15u;
	struct cached_word *cached = &text->word_cache->word[hash >> (64 - CACHE_BITS)];
	if (cached->spelling[0] != spelling[0] || cached->spelling[1] != spelling[1])
		*cached = (struct cached_word){{spelling[0], spelling[1]},
					       describe(text, first, count)};
	*word = cached->word;
	word->first = (uint32_t)first;
	word->count = (uint32_t)count;
}

/* The caller has made room for a word. */
static void add(struct text *text, size_t first, size_t count)
{
	/* More than two letters are a word, except keycaps, which have a mark: no call is needed.
	 */
	bool may_be_drawn = count <= 2 || (text->glyph[first].flags & GLYPH_FOREIGN);
	if (may_be_drawn && emoticon_is(text, first, count))
		return;
	describe_cached(text, first, count, &text->word[text->words++]);
}

/* The words of glyphs [from, to). The boundaries before `e` are all before `from`. Returns the
 * first boundary after the words. */
static size_t cut(struct text *text, size_t from, size_t to, size_t e)
{
	while (text->boundary[e] < from)
		e++;
	for (size_t i = from, end; i < to; i = end) {
		if (text->boundary[e] == i) {
			e++;
			end = i + 1;
			if (!glyph_is_word(&text->glyph[i]))
				continue;
		}
		e = word_boundary(text, i, to, e);
		end = text->boundary[e] < to ? text->boundary[e] : to;
		add(text, i, end - i);
	}
	return e;
}

/* Three counters in one number, so that one addition counts three bits. Each can count more words
 * than a text has. */
enum { COUNTER_BITS = 21 };
#define COUNTER(bits, number) ((uint64_t)((bits) >> (number)&1) << (number)*COUNTER_BITS)
#define COUNTERS(bits)	      (COUNTER(bits, 0) | COUNTER(bits, 1) | COUNTER(bits, 2))

static size_t counter(uint64_t counters, int number)
{
	return counters >> number * COUNTER_BITS & ((1u << COUNTER_BITS) - 1);
}

static void count(struct text *text)
{
	static const uint64_t counters[] = {COUNTERS(0), COUNTERS(1), COUNTERS(2), COUNTERS(3),
					    COUNTERS(4), COUNTERS(5), COUNTERS(6), COUNTERS(7)};
	uint64_t all = 0, eligible = 0;

	for (size_t i = 0; i < text->words; i++) {
		unsigned counts = text->word[i].counts;
		all += counters[counts & 7];
		eligible += counters[counts >> 3];
	}
	text->accented = counter(all, 0);
	text->foreign = counter(all, 1);
	text->lacking = counter(all, 2);
	text->eligible = counter(eligible, 0);
	text->eligible_accented = counter(eligible, 1);
	text->eligible_lacking = counter(eligible, 2);
}

bool word_find(struct text *text)
{
	size_t from = 0, boundary = 0;

	/* A boundary is before each word but the first. */
	if (!grow(text->word, text->boundaries + 1, &text->word_room))
		return false;
	for (size_t i = 0; i < text->links && text->link[i].first < text->visible; i++) {
		boundary = cut(text, from, text->link[i].first, boundary);
		from = text->link[i].first + text->link[i].count;
	}
	cut(text, from, text->visible, boundary);
	count(text);
	return true;
}

uint64_t word_hash(const struct text *text, const struct word *word)
{
	uint64_t hash = HASH_START;
	uint32_t tone = 0;

	for (size_t i = word->first; i < word->first + word->count; i++) {
		const struct glyph *glyph = &text->glyph[i];
		uint32_t quality = glyph->marks & MARK_QUALITY;

		tone |= glyph->marks & MARK_TONE;
		hash = hash_add(hash, glyph->letter ? (uint32_t)glyph->letter << 16 | quality
						    : 1u << 31 | glyph->ch);
	}
	return hash_add(hash, tone);
}
