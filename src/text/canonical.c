#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/grow.h"
#include "text/canonical.h"
#include "text/text.h"
#include "text/letter.h"

static bool make_room(struct canonical *canonical, size_t glyphs)
{
	return grow(canonical->end, glyphs, &canonical->end_room) &&
	       grow(canonical->bytes, glyphs * U8_MAX_LENGTH, &canonical->byte_room);
}

enum { NEAR = 15 }; /* glyphs */

/* A Latin letter, or a digit. */
static bool is_latin(const struct glyph *g)
{
	return (g->letter != 0) & !(g->flags & GLYPH_LOOKALIKE);
}

/* Whether a look-alike of a Latin letter is in a word with Latin letters, or with digits. */
static bool among_latin(const struct text *text, size_t i)
{
	size_t first = i > NEAR ? i - NEAR : 0;
	size_t end = text->glyphs - i > NEAR ? i + NEAR + 1 : text->glyphs;
	for (size_t k = i; k > first && glyph_is_word(&text->glyph[k - 1]); k--)
		if (is_latin(&text->glyph[k - 1]))
			return true;
	for (size_t k = i + 1; k < end && glyph_is_word(&text->glyph[k]); k++)
		if (is_latin(&text->glyph[k]))
			return true;
	return false;
}

static uint32_t code_point(const struct text *text, size_t i, bool lower)
{
	const struct glyph *g = &text->glyph[i];
	bool look_alike = g->letter && (g->flags & GLYPH_LOOKALIKE);
	uint32_t c = g->ch;
	uint16_t used;

	if (g->kind != GLYPH_LETTER ||
	    !(g->flags & (GLYPH_FOREIGN | GLYPH_LOOKALIKE | GLYPH_UPPER)))
		return c;
	if (look_alike ? among_latin(text, i) : g->letter != 0) {
		c = letter_compose(g->letter, g->marks, &used);
		return g->flags & GLYPH_UPPER && !lower ? (uint32_t)u_toupper((UChar32)c) : c;
	}
	return lower ? (uint32_t)u_tolower((UChar32)c) : c;
}

/* Text that is already canonical is copied; its small letters are as long as their capitals. */
static void copy(struct canonical *canonical, const struct text *text, bool lower)
{
	memcpy(canonical->bytes, text->bytes, text->len);
	canonical->len = text->len;
	for (size_t i = 0, boundaries = lower ? text->boundaries : 0; i < boundaries; i++) {
		const struct glyph *g = &text->glyph[text->boundary[i]];
		if (g->flags & GLYPH_UPPER) {
			uint32_t at = g->at, c = code_point(text, text->boundary[i], true);
			U8_APPEND_UNSAFE((uint8_t *)canonical->bytes, at, c);
		}
	}
}

static void write_glyphs(struct canonical *canonical, const struct text *text, bool lower)
{
	uint8_t *bytes = (uint8_t *)canonical->bytes;
	uint32_t n = 0;

	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		if (g->ch < 0x80) {
			bool small = lower && (g->flags & GLYPH_UPPER);
			bytes[n++] = small ? g->letter : (uint8_t)g->ch;
		} else {
			uint32_t c = code_point(text, i, lower);
			U8_APPEND_UNSAFE(bytes, n, c);
		}
		canonical->end[i] = n;
	}
	canonical->len = n;
}

bool canonical_write(struct canonical *canonical, const struct text *text, bool lower)
{
	if (!make_room(canonical, text->glyphs))
		return false;
	canonical->same_offsets = text->canonical;
	if (canonical->same_offsets)
		copy(canonical, text, lower);
	else
		write_glyphs(canonical, text, lower);
	return true;
}

void canonical_clear(struct canonical *canonical)
{
	free(canonical->bytes);
	free(canonical->end);
	*canonical = (struct canonical){0};
}

static size_t end_of(const struct canonical *canonical, const struct text *text, size_t i)
{
	return canonical->same_offsets ? text->glyph[i].at + text->glyph[i].len : canonical->end[i];
}

size_t canonical_glyph(const struct canonical *canonical, const struct text *text, size_t at)
{
	size_t low = 0, high = text->glyphs;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (end_of(canonical, text, mid) <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
