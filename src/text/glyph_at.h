/* Steps over the glyphs of a text, none of which leaves it. */
#ifndef DUYETD_TEXT_GLYPH_AT_H
#define DUYETD_TEXT_GLYPH_AT_H

#include <string.h>
#include "text/text.h"

/* Past either end there is only blank: before the first, `i` wraps round. */
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

/* The number of glyphs when `word` (a-z0-9) stands at `i` in whatever case, else 0. */
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

/* The glyph behind at most two blanks from `i`; a line break is none. */
static inline size_t glyph_skip_blanks(const struct text *text, size_t i)
{
	for (int n = 0; n < 2 && glyph_is_blank(glyph_at(text, i)); n++)
		i++;
	return i;
}

#endif
