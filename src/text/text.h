/*
 * A text as rules see it: decoded to one canonical form, split into words, with its links.
 * text_read() (read_text.h) does this once for each comment; rules read these arrays.
 *
 * The same text in NFC, NFD, Windows-1258 style (letter + combining tone) and NFKC gives the same
 * glyphs, words and links. Only `at` and `len`, which are bytes of the original, differ.
 *
 * This folder knows Unicode, HTML and Vietnamese spelling. It finds links by link/, and knows no
 * rules, no Redis and no clock.
 */
#ifndef DUYETD_TEXT_TEXT_H
#define DUYETD_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "link/link.h"
#include "text/glyph.h"
#include "text/word.h"

struct text_range {
	uint32_t from, to;
};

struct text {
	const char *bytes; /* the original, borrowed for as long as the text is used */
	size_t len;
	struct glyph *glyph;
	/* Indices of the glyphs that are not small letters, in order: blanks, signs, digits,
	 * capitals, and the letters of codepoint_look_alike(). boundary[boundaries] is `glyphs`,
	 * the end of the text. The glyphs between two of them belong to one word. */
	uint32_t *boundary;
	struct text_range *overridden; /* visible glyphs after a right-to-left override */
	struct word *word;
	struct link *link;
	size_t overrides, override_room;
	size_t glyphs, boundaries, words, links;
	size_t visible;	 /* glyphs that are visible on the page. The others are the text after
			  * right-to-left overrides, in the order shown, and the hidden parts of
			  * markup (html.h), each after a TEXT_BARRIER. They have no words, but
			  * rules search them for phrases and links */
	size_t accented; /* words that have Vietnamese marks */
	size_t foreign;	 /* words that are `foreign` */
	size_t lacking;	 /* words with `lacks_by_usage` */
	size_t eligible; /* words for which word_is_eligible() is true */
	size_t eligible_accented; /* of these, the `accented` ones */
	size_t eligible_lacking;  /* of these, those with `lacks_marks` and without `capital` */
	bool canonical; /* `bytes` are in canonical form (canonical.h), one character a glyph */

	size_t glyph_room, boundary_room, word_room, link_room; /* allocated, in elements */
	struct word_cache *word_cache;				/* of word.c */
};

/* Why a text cannot be judged. The messages are in rules/input.c. */
enum text_error {
	TEXT_OK,
	TEXT_TOO_LONG,	     /* more than LIMIT_TEXT_BYTES */
	TEXT_NOT_UTF8,	     /* ill-formed UTF-8 (Unicode 15, table 3-7) */
	TEXT_NUL,	     /* a NUL character: C programs would not see what follows it */
	TEXT_EMPTY,	     /* only blanks and invisible characters */
	TEXT_TOO_MANY_MARKS, /* more than LIMIT_MARKS on one letter */
	TEXT_MARKUP, /* has so many things that look like tags that reading it would take too long
		      */
	TEXT_NO_MEMORY,
};

/* Precedes each part that is not visible, between two line breaks. No phrase or link crosses it. */
enum { TEXT_BARRIER = 0x241E };

/* Sets `*at` and `*len` to the bytes in the original of `count` glyphs (at least one) from `first`.
 * When they reach from the visible part into a hidden one, only the first glyph counts. */
void text_span(const struct text *text, size_t first, size_t count, size_t *at, size_t *len);

/* Access to the glyphs of a text. glyph_at(), glyph_spells() and glyph_skip_blanks() may be called
 * with an index beyond either end; the others need the index of a glyph. */

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

/* Whether the glyph is one half of a flag. */
static inline bool glyph_is_flag_letter(const struct glyph *g)
{
	return g->ch >= REGIONAL_A && g->ch <= REGIONAL_Z;
}

/* Whether the bytes before glyph `i` end in a zero-width joiner. */
static inline bool glyph_has_joiner(const struct text *text, size_t i)
{
	static const char joiner[] = "\xe2\x80\x8d";
	size_t at = text->glyph[i].at, len = sizeof joiner - 1;

	return at >= len && !memcmp(text->bytes + at - len, joiner, len);
}

/*
 * Whether glyph `i` belongs to the symbol before it: it follows a joiner, is a skin tone, or is the
 * second letter of a flag (UAX #29's rules for emoji; letters already include their marks).
 * `flag_open`: the glyph before it is the first letter of a flag.
 */
static inline bool glyph_joins(const struct text *text, size_t i, bool flag_open)
{
	const struct glyph *g = &text->glyph[i];

	if (!i || g->kind != GLYPH_SYMBOL || g[-1].kind != GLYPH_SYMBOL)
		return false;
	if (glyph_is_flag_letter(g))
		return flag_open;
	return glyph_has_joiner(text, i) || (g->ch >= 0x1F3FB && g->ch <= 0x1F3FF);
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

/* Returns the index of the first glyph from `i` on that is not a blank, but at most `i` + 2. A line
 * break is not a blank. */
static inline size_t glyph_skip_blanks(const struct text *text, size_t i)
{
	for (int n = 0; n < 2 && glyph_is_blank(glyph_at(text, i)); n++)
		i++;
	return i;
}

#endif
