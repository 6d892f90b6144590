#include <string.h>
#include <unicode/utf8.h>

#include "base/grow.h"
#include "base/limits.h"
#include "text/codepoint.h"
#include "text/decode.h"
#include "text/html.h"
#include "text/letter.h"

/* Makes a keycap of the digit before it: 1️⃣ */
enum { ENCLOSING_KEYCAP = 0x20E3 };

/* Room for `more` glyphs. */
static bool make_room(struct text *text, size_t more)
{
	size_t need = text->glyphs + more;

	return grow(text->glyph, need, &text->glyph_room) &&
	       grow(text->boundary, need + 1, &text->boundary_room);
}

bool decode_room(struct decoder *d, size_t more)
{
	return make_room(d->text, more);
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

static void end_override(struct decoder *d)
{
	if (d->overridden)
		d->text->overridden[d->text->overrides - 1].to = (uint32_t)d->text->glyphs;
	d->overridden = false;
}

/* A browser shows a run of blanks as one. The run is a line end if one of them is. */
static void extend_blank(struct decoder *d, struct glyph *blank, uint32_t ch)
{
	if (d->end - blank->at <= UINT16_MAX)
		blank->len = (uint16_t)(d->end - blank->at);
	if (ch == '\n') {
		blank->ch = '\n';
		end_override(d);
	}
	d->canonical = false;
	d->pending = 0;
	d->marks = 0;
	d->letter_open = false;
}

static bool is_after_blank(const struct text *text, const struct glyph *g)
{
	return g > text->glyph && g[-1].kind == GLYPH_SPACE;
}

static enum text_error add_glyph(struct decoder *d, const struct codepoint *cp, uint32_t c)
{
	struct text *text = d->text;
	if (!make_room(text, 1))
		return TEXT_NO_MEMORY;
	if (cp->glyph.kind == GLYPH_SPACE && is_after_blank(text, &text->glyph[text->glyphs])) {
		extend_blank(d, &text->glyph[text->glyphs - 1], cp->glyph.ch ? cp->glyph.ch : c);
		return TEXT_OK;
	}
	struct glyph *g = &text->glyph[text->glyphs++];
	put_glyph(g, cp, c, d->at, d->end);
	if (g->ch == '\n')
		end_override(d);
	g->flags |= d->pending;
	d->pending = 0;
	d->marks = cp->count;
	d->letter_open = false;
	return TEXT_OK;
}

/* Whether the last glyph is a blank and `mark` belongs to the letter before it. */
static bool stands_apart(const struct text *text, uint16_t mark)
{
	if (!mark || text->glyphs < 2)
		return false;
	const struct glyph *space = &text->glyph[text->glyphs - 1], *g = space - 1;
	return space->kind == GLYPH_SPACE && space->ch == ' ' && g->kind == GLYPH_LETTER &&
	       g->letter && letter_can_have(g->letter, g->marks | mark);
}

static enum text_error add_mark(struct decoder *d, uint16_t mark, uint32_t c)
{
	struct text *text = d->text;
	if (++d->marks > LIMIT_MARKS)
		return TEXT_TOO_MANY_MARKS;
	if (text->glyphs == 0)
		return TEXT_OK;
	bool apart = stands_apart(text, mark);
	struct glyph *g = &text->glyph[text->glyphs - 1 - apart];
	if (apart) {
		text->glyphs--;
		g->flags |= GLYPH_REPAIRED;
		d->repaired = true;
	}
	/* A glyph of more than UINT16_MAX bytes is the whole text (LIMIT_TEXT_BYTES). Its `len`
	 * then does not count this mark. */
	if (d->end - g->at <= UINT16_MAX)
		g->len = (uint16_t)(d->end - g->at);
	d->pending = 0;
	if (g->kind == GLYPH_DIGIT && c == ENCLOSING_KEYCAP)
		g->flags |= GLYPH_FOREIGN;
	if (g->kind != GLYPH_LETTER)
		return TEXT_OK;
	if (!d->letter_open || apart)
		letter_begin(&d->letter, g->ch, g->letter, g->marks, g->flags);
	d->letter_open = true;
	letter_mark(&d->letter, c, mark);
	g->ch = d->letter.ch;
	g->marks = d->letter.marks;
	g->flags = d->letter.flags;
	return TEXT_OK;
}

/* Hangul vowels and codas (conjoining jamo). */
enum { HANGUL_VOWEL = 0x1161, HANGUL_TAIL = 0x11A7, HANGUL_TAILS = 28 };

static bool is_hangul_part(uint32_t c)
{
	return c >= HANGUL_VOWEL && c < HANGUL_TAIL + HANGUL_TAILS;
}

/* Whether `c` belongs to the Hangul syllable before it, which is one letter in NFC and several in
 * NFD (The Unicode Standard, 3.12). */
static bool joins_hangul(struct decoder *d, uint32_t c)
{
	enum { BLOCK = 0xAC00, LEAD = 0x1100, LEADS = 19, VOWELS = 21 };
	struct text *text = d->text;
	if (!is_hangul_part(c) || text->glyphs == 0 || d->pending || d->marks)
		return false;
	struct glyph *g = &text->glyph[text->glyphs - 1];
	if (g->ch >= LEAD && g->ch < LEAD + LEADS && c < HANGUL_VOWEL + VOWELS)
		g->ch = BLOCK + ((g->ch - LEAD) * VOWELS + c - HANGUL_VOWEL) * HANGUL_TAILS;
	else if (g->ch >= BLOCK && g->ch < BLOCK + LEADS * VOWELS * HANGUL_TAILS &&
		 (g->ch - BLOCK) % HANGUL_TAILS == 0 && c > HANGUL_TAIL)
		g->ch += c - HANGUL_TAIL;
	else
		return false;
	g->len = (uint16_t)(d->end - g->at);
	return true;
}

/* Whether the last glyph is a Latin letter, which no vowel sign of another script belongs to. */
static bool is_after_latin(const struct text *text)
{
	const struct glyph *g = text->glyphs ? &text->glyph[text->glyphs - 1] : NULL;
	return g && g->kind == GLYPH_LETTER && g->letter && !(g->flags & GLYPH_LOOKALIKE);
}

/* Whether `c` is a vowel sign that only disguises the letter before it: ku + U+0E34 + bet. */
static bool is_stray_sign(const struct decoder *d, const struct codepoint *cp, uint32_t c)
{
	return cp->glyph.kind == GLYPH_LETTER && !cp->standalone && !is_hangul_part(c) &&
	       is_after_latin(d->text);
}

enum { RIGHT_TO_LEFT_OVERRIDE = 0x202E, POP_DIRECTION = 0x202C };

static enum text_error begin_override(struct decoder *d)
{
	struct text *text = d->text;

	if (d->overridden)
		return TEXT_OK;
	if (!grow(text->overridden, text->overrides + 1, &text->override_room))
		return TEXT_NO_MEMORY;
	text->overridden[text->overrides++] =
		(struct text_range){(uint32_t)text->glyphs, UINT32_MAX};
	d->overridden = true;
	return TEXT_OK;
}

static enum text_error add(struct decoder *d, uint32_t c);

/* Appends the code points that one code point expands to. */
static enum text_error add_each(struct decoder *d, const struct codepoint *of)
{
	const uint32_t *c = codepoint_expansion(of);

	for (unsigned i = 0; i < of->count; i++) {
		const struct codepoint *cp = codepoint_look(c[i]);
		d->pending |= of->glyph.flags;
		enum text_error err = cp->standalone ? add_glyph(d, cp, c[i]) : add(d, c[i]);
		if (err)
			return err;
	}
	return TEXT_OK;
}

static enum text_error add(struct decoder *d, uint32_t c)
{
	const struct codepoint *cp = codepoint_look(c);

	d->canonical = false;
	switch (cp->glyph.kind) {
	case CODEPOINT_INVISIBLE:
		d->pending |= GLYPH_INVISIBLE;
		if (c == RIGHT_TO_LEFT_OVERRIDE)
			return begin_override(d);
		if (c == POP_DIRECTION)
			end_override(d);
		return c ? TEXT_OK : TEXT_NUL;
	case CODEPOINT_MARK:
		return add_mark(d, cp->glyph.marks, cp->glyph.ch ? cp->glyph.ch : c);
	case CODEPOINT_EXPANDS:
		return add_each(d, cp);
	default:
		if (is_stray_sign(d, cp, c))
			return add_mark(d, 0, c);
		d->regional |= c >= REGIONAL_A && c <= REGIONAL_Z;
		return joins_hangul(d, c) ? TEXT_OK : add_glyph(d, cp, c);
	}
}

/* Writes a glyph for each byte, as long as the bytes are ASCII and canonical and no two blanks
 * follow each other. `at` is the place of bytes[0] in the text. Returns the number of glyphs.
 * `*blank` says whether a blank is right before the bytes; afterwards, whether the last glyph is
 * one. */
static inline uint32_t put_ascii(struct glyph *glyph, const uint8_t *bytes, uint32_t len,
				 uint32_t at, bool *blank)
{
	unsigned before = *blank ? BYTE_BLANK : BYTE_GLYPH;
	uint32_t n = 0;

	for (; n < len; n++) {
		unsigned byte = codepoint_byte[bytes[n]];
		if (before + byte > BYTE_BLANK)
			break;
		before = byte;
		glyph[n] = codepoint_table[bytes[n]].glyph;
		glyph[n].at = at + n;
	}
	*blank = before == BYTE_BLANK;
	return n;
}

/*
 * Reads characters from byte `i` on as long as each is a glyph by itself: nearly all of any text,
 * read without the checks for other characters. Returns where they end. The caller has made room.
 */
static int32_t add_standalone(struct decoder *d, int32_t i, int32_t len)
{
	const uint8_t *bytes = (const uint8_t *)d->text->bytes;
	struct glyph *first = &d->text->glyph[d->text->glyphs], *g = first;
	bool canonical = d->canonical, blank = is_after_blank(d->text, g);
	unsigned marks = d->marks;

	if (d->pending || d->overridden)
		return i;
	for (int32_t c, end; i < len; i = end) {
		uint32_t n = put_ascii(g, bytes + i, (uint32_t)(len - i), (uint32_t)i, &blank);
		g += n;
		i += (int32_t)n;
		if (n)
			marks = 0;
		if (i == len)
			break;
		end = i;
		U8_NEXT(bytes, end, len, c);
		if (c < 0)
			break;
		const struct codepoint *cp = codepoint_look((uint32_t)c);
		bool is_blank = cp->glyph.kind == GLYPH_SPACE;
		if (!cp->standalone || (is_blank & blank))
			break;
		put_glyph(g++, cp, (uint32_t)c, (uint32_t)i, (uint32_t)end);
		canonical &= cp->canonical;
		marks = cp->count;
		blank = is_blank;
	}
	d->canonical = canonical;
	d->marks = marks;
	d->letter_open &= g == first;
	d->text->glyphs += (size_t)(g - first);
	return i;
}

/* The next code point, which may be a character reference; negative for invalid UTF-8. */
static int32_t next(struct decoder *d, int32_t *i, int32_t len)
{
	const char *bytes = d->text->bytes;
	uint32_t referred;
	size_t n = bytes[*i] == '&' ? entity_read(bytes + *i, (size_t)(len - *i), &referred) : 0;
	int32_t c;

	d->at = (uint32_t)*i;
	if (n) {
		*i += (int32_t)n;
		d->pending |= GLYPH_ENTITY;
		c = (int32_t)referred;
	} else {
		U8_NEXT((const uint8_t *)bytes, *i, len, c);
	}
	d->end = (uint32_t)*i;
	return c;
}

enum text_error decode_bytes(struct decoder *d, size_t from, size_t to)
{
	int32_t end = (int32_t)to;

	for (int32_t i = (int32_t)from; i < end;) {
		if (!make_room(d->text, (size_t)(end - i)))
			return TEXT_NO_MEMORY;
		if ((i = add_standalone(d, i, end)) == end)
			break;
		int32_t c = next(d, &i, end);
		if (c < 0)
			return TEXT_NOT_UTF8;
		enum text_error err = add(d, (uint32_t)c);
		if (err)
			return err;
	}
	return TEXT_OK;
}

enum text_error decode_blank(struct decoder *d, uint32_t c, size_t from, size_t to)
{
	d->at = (uint32_t)from;
	d->end = (uint32_t)to;
	d->canonical = false;
	return add_glyph(d, codepoint_look(c), c);
}

void decode_nothing(struct decoder *d)
{
	d->canonical = false;
	d->pending |= GLYPH_INVISIBLE;
}

enum text_error decode_barrier(struct decoder *d, size_t at, size_t end)
{
	static const uint32_t barrier[] = {'\n', TEXT_BARRIER, '\n'};
	struct text *text = d->text;

	if (!make_room(text, 3))
		return TEXT_NO_MEMORY;
	for (size_t i = is_after_blank(text, &text->glyph[text->glyphs]); i < 3; i++)
		put_glyph(&text->glyph[text->glyphs++], codepoint_look(barrier[i]), barrier[i],
			  (uint32_t)at, (uint32_t)end);
	d->pending = 0;
	d->marks = 0;
	d->letter_open = false;
	return TEXT_OK;
}
