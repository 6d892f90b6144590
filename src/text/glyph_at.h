/* Access to the glyphs of a text that is safe at both ends. */
#ifndef DUYETD_TEXT_GLYPH_AT_H
#define DUYETD_TEXT_GLYPH_AT_H

#include <string.h>
#include "text/text.h"

/* Returns glyph `i`, or a blank beyond either end (before the first one `i` wraps around). */
static inline const struct glyph *glyph_at(const struct text *text, size_t i)
{
	static const struct glyph blank = {.ch = '\n', .kind = GLYPH_SPACE};
	return i < text->glyphs ? &text->glyph[i] : &blank;
}

static inline bool glyph_is_word(const struct glyph *g)
{
	return g->kind == GLYPH_LETTER || g->kind == GLYPH_DIGIT;
}

static inline bool glyph_is_blank(const struct glyph *g)
{
	return g->kind == GLYPH_SPACE && g->ch != '\n';
}

/* Whether `ch` is one of the ASCII characters of `set`. */
static inline bool is_one_of(uint32_t ch, const char *set)
{
	return ch && ch < 0x80 && strchr(set, (int)ch);
}

/* Returns the length of `word` (a-z0-9) if it is at `i`, in any case, otherwise 0. */
static inline size_t glyph_spells(const struct text *text, size_t i, const char *word)
{
	size_t n = 0;
	while (word[n]) {
		if (glyph_at(text, i + n)->letter != (uint8_t)word[n])
			return 0;
		n++;
	}
	return n;
}

/* Returns the glyph after at most two blanks from `i`. A line break is not a blank. */
static inline size_t glyph_skip_blanks(const struct text *text, size_t i)
{
	for (int n = 0; n < 2 && glyph_is_blank(glyph_at(text, i)); n++)
		i++;
	return i;
}

#endif
