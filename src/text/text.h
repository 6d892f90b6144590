/*
 * A comment's text as every rule sees it: decoded, in one canonical form, cut into words,
 * with its links found. text_read() (read_text.h) does this once a comment; rules then read
 * these arrays.
 *
 * The same text in NFC, NFD, Windows-1258 style (letter + combining tone) and NFKC gives
 * the same glyphs, words and links; only `at` and `len` differ, which are bytes of the
 * original.
 *
 * This folder knows Unicode, HTML and Vietnamese spelling. It leaves links to link/, and knows
 * no rules, no Redis and no clock.
 */
#ifndef DUYETD_TEXT_TEXT_H
#define DUYETD_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "link/link.h"
#include "text/glyph.h"
#include "text/word.h"

struct text {
	const char *bytes; /* the original, borrowed: must outlive all uses of this text */
	size_t len;
	struct glyph *glyph;
	/* Indices of the glyphs that are no small letters, in order: blanks, signs, digits,
	 * capitals; then `glyphs`. The glyphs between two of them are of one word. */
	uint32_t *boundary;
	struct word *word;
	struct link *link;
	size_t glyphs, boundaries, words, links;
	size_t visible;	 /* glyphs that a reader of the page sees. The rest are the hidden parts of
			  * markup (markup.h), a TEXT_BARRIER before each: no words, but rules look
			  * for phrases and links in them */
	size_t accented; /* words that bear Vietnamese marks */
	size_t eligible; /* words that count for diacritics.h (word_is_eligible); of them ... */
	size_t eligible_accented, eligible_lacking; /* `accented`; `lacks_marks` and no capital */
	bool canonical; /* `bytes` are in canonical form (canonical.h), a character a glyph */

	size_t glyph_room, boundary_room, word_room, link_room; /* allocated, in elements */
	struct word_cache *word_cache;				/* of word.c */
};

/* Why a text cannot be judged. The sentences for people are made from these elsewhere. */
enum text_error {
	TEXT_OK,
	TEXT_TOO_LONG,	     /* more than LIMIT_TEXT_BYTES */
	TEXT_NOT_UTF8,	     /* ill-formed UTF-8 (Unicode 15, table 3-7) */
	TEXT_NUL,	     /* a NUL character: what follows it would be hidden from C readers */
	TEXT_EMPTY,	     /* nothing that one could see: blanks, invisible characters */
	TEXT_TOO_MANY_MARKS, /* more than LIMIT_MARKS on one letter */
	TEXT_MARKUP,	     /* so much of it only looks like tags that reading it takes too long */
	TEXT_NO_MEMORY,
};

/* Stands before each hidden part, between two line breaks. No phrase or link crosses it. */
enum { TEXT_BARRIER = 0x241E };

/* The place in the original of `count` glyphs (at least one) from `first`, in bytes. Only the first
 * of them where they reach from the visible part into a hidden one. */
static inline void text_span(const struct text *text, size_t first, size_t count, size_t *at,
			     size_t *len)
{
	const struct glyph *last = &text->glyph[first + count - 1];
	*at = text->glyph[first].at;
	*len = last->at < *at ? text->glyph[first].len : last->at + last->len - *at;
}

#endif
