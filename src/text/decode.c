#include <stdlib.h>
#include <string.h>
#include <unicode/utf8.h>

#include "base/limits.h"
#include "text/codepoint.h"
#include "text/decode.h"
#include "text/entity.h"
#include "text/letter.h"
#include "text/syllable.h"

static bool is_letter(const struct text *text, size_t i)
{
	return i < text->glyphs && text->glyph[i].kind == GLYPH_LETTER;
}

/* How many letters of a coda or final vowel stand alone from `i`: 0 when it is a word. */
static size_t lone_coda(const struct text *text, size_t i)
{
	static const char *const codas[] = {"c", "ch", "m", "n", "ng", "nh",
					    "p", "t",  "i", "o", "u",  "y"};
	char piece[3] = "";
	size_t n = 0;

	for (; is_letter(text, i + n); n++) {
		if (n == 2 || text->glyph[i + n].marks || (text->glyph[i + n].flags & GLYPH_UPPER))
			return 0;
		piece[n] = (char)text->glyph[i + n].letter;
	}
	for (size_t k = 0; k < sizeof codas / sizeof *codas; k++)
		if (strcmp(codas[k], piece) == 0)
			return n;
	return 0;
}

/* Whether the letters that end before glyph `end` and the `n` from `coda` are one syllable. */
static bool belongs(const struct text *text, size_t end, size_t coda, size_t n)
{
	struct glyph joined[SYLLABLE_LETTERS];
	size_t first = end, len;

	while (first > 0 && is_letter(text, first - 1) && end - first <= SYLLABLE_LETTERS)
		first--;
	len = end - first;
	if (len + n > SYLLABLE_LETTERS)
		return false;
	memcpy(joined, &text->glyph[first], len * sizeof *joined);
	memcpy(joined + len, &text->glyph[coda], n * sizeof *joined);
	return syllable_read(joined, len + n, NULL);
}

/*
 * Joins what a broken converter took apart: a mark after a space goes back on its letter
 * (`ma ́ u`), and a coda left alone behind it goes back to its syllable (`máu`).
 * For a text in which marks were put back (GLYPH_MENDED).
 */
static void mend(struct text *text)
{
	size_t to = 0; /* glyphs kept so far, in front of those still to be looked at */
	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		if (to > 0 && g->ch == ' ' && (text->glyph[to - 1].flags & GLYPH_MENDED)) {
			size_t n = lone_coda(text, i + 1);
			if (n && belongs(text, to, i + 1, n))
				continue;
		}
		text->glyph[to++] = *g;
	}
	text->glyphs = to;
}

/* Draws a key round the digit before it: 1️⃣ */
enum { ENCLOSING_KEYCAP = 0x20E3 };

struct reader {
	struct text *text;
	struct letter letter; /* the last glyph while it may still get marks */
	uint32_t at, end;     /* bytes of the code point in hand */
	unsigned marks;	      /* combining marks since the last base, as NFD has them */
	uint8_t pending;      /* flags for the next glyph: GLYPH_INVISIBLE, GLYPH_ENTITY */
	bool canonical;	      /* all so far: a character a glyph, in canonical form */
	bool letter_open;     /* `letter` is that of the last glyph */
	bool mended;
};

/* Room for `need` more glyphs. */
static bool make_room(struct text *text, size_t need)
{
	if (text->glyphs + need <= text->glyph_room)
		return true;
	size_t room = (text->glyphs + need) * 2;
	struct glyph *more = realloc(text->glyph, room * sizeof *more);
	if (!more)
		return false;
	text->glyph = more;
	uint32_t *boundary = realloc(text->boundary, (room + 1) * sizeof *boundary);
	if (!boundary)
		return false;
	text->boundary = boundary;
	text->glyph_room = room;
	return true;
}

static void put_glyph(struct glyph *g, const struct codepoint *cp, uint32_t c, uint32_t at,
		      uint32_t end)
{
	*g = cp->glyph;
	if (!g->ch)
		g->ch = c;
	g->at = at;
	g->len = (uint16_t)(end - at);
}

static enum text_error add_glyph(struct reader *r, const struct codepoint *cp, uint32_t c)
{
	struct text *text = r->text;
	if (!make_room(text, 1))
		return TEXT_NO_MEMORY;
	struct glyph *g = &text->glyph[text->glyphs++];
	put_glyph(g, cp, c, r->at, r->end);
	g->flags |= r->pending;
	r->pending = 0;
	r->marks = cp->count;
	r->letter_open = false;
	return TEXT_OK;
}

/* Whether the last glyph is a blank and `mark` belongs to the letter before it. */
static bool stands_apart(const struct text *text, uint16_t mark)
{
	if (!mark || text->glyphs < 2)
		return false;
	const struct glyph *space = &text->glyph[text->glyphs - 1], *g = space - 1;
	return space->kind == GLYPH_SPACE && space->ch == ' ' && g->kind == GLYPH_LETTER &&
	       g->letter && letter_bears(g->letter, g->marks | mark);
}

static enum text_error add_mark(struct reader *r, uint16_t mark, uint32_t c)
{
	struct text *text = r->text;
	if (text->glyphs == 0)
		return TEXT_OK;
	if (++r->marks > LIMIT_MARKS)
		return TEXT_TOO_MANY_MARKS;
	bool apart = stands_apart(text, mark);
	struct glyph *g = &text->glyph[text->glyphs - 1 - apart];
	if (apart) {
		text->glyphs--;
		g->flags |= GLYPH_MENDED;
		r->mended = true;
	}
	if (r->end - g->at <= UINT16_MAX) /* else it is all of the text, but for this mark */
		g->len = (uint16_t)(r->end - g->at);
	r->pending = 0;
	if (g->kind == GLYPH_DIGIT && c == ENCLOSING_KEYCAP)
		g->flags |= GLYPH_FOREIGN;
	if (g->kind != GLYPH_LETTER)
		return TEXT_OK;
	if (!r->letter_open || apart)
		letter_begin(&r->letter, g->ch, g->letter, g->marks, g->flags);
	r->letter_open = true;
	letter_mark(&r->letter, c, mark);
	g->ch = r->letter.ch;
	g->marks = r->letter.marks;
	g->flags = r->letter.flags;
	return TEXT_OK;
}

/* The vowels and codas of Hangul, in parts. */
enum { HANGUL_VOWEL = 0x1161, HANGUL_TAIL = 0x11A7, HANGUL_TAILS = 28 };

static bool is_hangul_part(uint32_t c)
{
	return c >= HANGUL_VOWEL && c < HANGUL_TAIL + HANGUL_TAILS;
}

/* Whether `c` goes on the Hangul syllable before it, which NFC writes as one letter and NFD
 * in parts (The Unicode Standard, 3.12). */
static bool joins_hangul(struct reader *r, uint32_t c)
{
	enum { BLOCK = 0xAC00, LEAD = 0x1100, LEADS = 19, VOWELS = 21 };
	struct text *text = r->text;
	if (!is_hangul_part(c) || text->glyphs == 0 || r->pending || r->marks)
		return false;
	struct glyph *g = &text->glyph[text->glyphs - 1];
	if (g->ch >= LEAD && g->ch < LEAD + LEADS && c < HANGUL_VOWEL + VOWELS)
		g->ch = BLOCK + ((g->ch - LEAD) * VOWELS + c - HANGUL_VOWEL) * HANGUL_TAILS;
	else if (g->ch >= BLOCK && g->ch < BLOCK + LEADS * VOWELS * HANGUL_TAILS &&
		 (g->ch - BLOCK) % HANGUL_TAILS == 0 && c > HANGUL_TAIL)
		g->ch += c - HANGUL_TAIL;
	else
		return false;
	g->len = (uint16_t)(r->end - g->at);
	return true;
}

static enum text_error add(struct reader *r, uint32_t c);

/* The code points that one stands for. */
static enum text_error add_each(struct reader *r, const struct codepoint *of)
{
	const uint32_t *c = codepoint_expansion(of);

	for (unsigned i = 0; i < of->count; i++) {
		const struct codepoint *cp = codepoint_look(c[i]);
		r->pending |= of->glyph.flags;
		enum text_error err = cp->standalone ? add_glyph(r, cp, c[i]) : add(r, c[i]);
		if (err)
			return err;
	}
	return TEXT_OK;
}

static enum text_error add(struct reader *r, uint32_t c)
{
	const struct codepoint *cp = codepoint_look(c);

	r->canonical = false;
	switch (cp->glyph.kind) {
	case CODEPOINT_INVISIBLE:
		r->pending |= GLYPH_INVISIBLE;
		return c ? TEXT_OK : TEXT_NUL;
	case CODEPOINT_MARK:
		return add_mark(r, cp->glyph.marks, cp->glyph.ch ? cp->glyph.ch : c);
	case CODEPOINT_EXPANDS:
		return add_each(r, cp);
	default:
		return joins_hangul(r, c) ? TEXT_OK : add_glyph(r, cp, c);
	}
}

/* How many of `len` bytes are ASCII and canonical, and so a glyph each, from byte `at` on. */
static uint32_t put_ascii(struct glyph *glyph, const uint8_t *bytes, uint32_t len, uint32_t at)
{
	uint32_t n = 0;

	for (; n < len && bytes[n] < 0x80; n++) {
		const struct codepoint *cp = &codepoint_table[bytes[n]];
		if (!cp->canonical)
			break;
		glyph[n] = cp->glyph;
		glyph[n].at = at + n;
	}
	return n;
}

/*
 * The characters from byte `i` on, as far as each is a glyph by itself: nearly all of any text,
 * and read without the questions that other characters ask. Where they end. There is room.
 */
static int32_t add_standalone(struct reader *r, int32_t i, int32_t len)
{
	const uint8_t *bytes = (const uint8_t *)r->text->bytes;
	struct glyph *first = &r->text->glyph[r->text->glyphs], *g = first;

	if (r->pending)
		return i;
	for (int32_t c, end; i < len; i = end) {
		uint32_t n = put_ascii(g, bytes + i, (uint32_t)(len - i), (uint32_t)i);
		if (n) {
			g += n;
			r->marks = 0;
			if ((i += (int32_t)n) == len)
				break;
		}
		end = i;
		U8_NEXT(bytes, end, len, c);
		const struct codepoint *cp = c < 0 ? NULL : codepoint_look((uint32_t)c);
		if (!cp || !cp->standalone)
			break;
		put_glyph(g++, cp, (uint32_t)c, (uint32_t)i, (uint32_t)end);
		r->marks = cp->count;
		r->canonical &= cp->canonical;
	}
	r->letter_open &= g == first;
	r->text->glyphs += (size_t)(g - first);
	return i;
}

/* The next code point, also where it is written as a character reference; negative where there
 * is no UTF-8. */
static int32_t next(struct reader *r, int32_t *i, int32_t len)
{
	const char *bytes = r->text->bytes;
	uint32_t referred;
	size_t n = bytes[*i] == '&' ? entity_read(bytes + *i, (size_t)(len - *i), &referred) : 0;
	int32_t c;

	r->at = (uint32_t)*i;
	if (n) {
		*i += (int32_t)n;
		r->pending |= GLYPH_ENTITY;
		c = (int32_t)referred;
	} else {
		U8_NEXT((const uint8_t *)bytes, *i, len, c);
	}
	r->end = (uint32_t)*i;
	return c;
}

static bool is_visible(const struct text *text)
{
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].kind != GLYPH_SPACE)
			return true;
	return false;
}

static void find_boundaries(struct text *text)
{
	uint32_t *boundary = text->boundary, boundaries = 0, glyphs = (uint32_t)text->glyphs;

	for (uint32_t i = 0; i < glyphs; i++) {
		boundary[boundaries] = i;
		boundaries += text->glyph[i].boundary;
	}
	boundary[boundaries] = glyphs;
	text->boundaries = boundaries;
}

enum text_error decode_text(struct text *text)
{
	struct reader r = {.text = text, .canonical = true};
	int32_t len = (int32_t)text->len;

	for (int32_t i = 0; i < len;) {
		if (!make_room(text, (size_t)(len - i)))
			return TEXT_NO_MEMORY;
		if ((i = add_standalone(&r, i, len)) == len)
			break;
		int32_t c = next(&r, &i, len);
		if (c < 0)
			return TEXT_NOT_UTF8;
		enum text_error err = add(&r, (uint32_t)c);
		if (err)
			return err;
	}
	if (!is_visible(text))
		return TEXT_EMPTY;
	if (r.mended)
		mend(text);
	find_boundaries(text);
	text->canonical = r.canonical;
	return TEXT_OK;
}
