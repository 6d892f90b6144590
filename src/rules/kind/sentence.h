/* Sentences that a text has more than once: the same letters, whatever is between them. */
#ifndef DUYETD_RULES_KIND_SENTENCE_H
#define DUYETD_RULES_KIND_SENTENCE_H

#include <unicode/uchar.h>
#include "base/arena.h"
#include "text/text.h"

/* A stretch of glyphs, and how often or how long it is. */
struct stretch {
	size_t count, first, len;
};

/* Whether a sentence ends at the glyph. Without branches: it is asked of every sign of a text. */
static inline bool sentence_ends(const struct glyph *glyph)
{
	return (glyph->ch == '.') | (glyph->ch == '!') | (glyph->ch == '?') | (glyph->ch == '\n');
}

/* The letter without its case, with its marks; 0 for what is no letter. */
static inline uint64_t small_letter(const struct glyph *glyph)
{
	if (glyph->kind != GLYPH_LETTER)
		return 0;
	if (glyph->letter)
		return (uint64_t)glyph->letter << 16 | glyph->marks;
	return UINT64_C(1) << 32 | (uint64_t)u_tolower((UChar32)glyph->ch);
}

/* Whether more than `most` sentences may be the same, because they have the same number of letters.
 * Few texts have such sentences, so few need sentence_most_frequent(). At most `ends` sentences end
 * before the last word: the search stops when too few are left. */
bool sentence_may_repeat(const struct text *text, size_t most, size_t ends);

/* Sets `*found` to the sentence of three words or more that the text has most often; its `count` is
 * 0 if there is none. Returns false when out of memory. */
bool sentence_most_frequent(const struct text *text, struct arena *arena, struct stretch *found);

#endif
