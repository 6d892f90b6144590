/*
 * What stands between two words of a phrase in a text: what people write within a sentence, what
 * a disguise puts there, or the end of the sentence, which no phrase crosses.
 */
#ifndef DUYETD_RULES_MATCH_GAP_H
#define DUYETD_RULES_MATCH_GAP_H

#include <stdbool.h>
#include <stddef.h>
#include "text/text.h"

struct gap {
	uint32_t sign; /* its sign, several of them folded into a number; 0: blanks only */
	bool spaced;   /* has a blank */
	bool line;     /* a line ends in it */
	bool joins; /* one unspaced joiner: `nhà-cái`, `nhà_cái`, `nhà.cái`, `nhà🎰cái` */
	bool crosses; /* from one part of a page into another (TEXT_BARRIER), or too long */
};

/* Reads what is between glyphs `from` and `to`, at least one glyph. */
struct gap gap_read(const struct text *text, size_t from, size_t to);

/* All gaps of one match. Begins as zeros. */
struct gaps {
	size_t count, blank, joined, lines;
	uint32_t sign; /* of the first */
	bool differ;   /* others have other signs */
	bool slash;    /* one of them is a slash */
};

void gaps_add(struct gaps *gaps, const struct gap *gap);

/*
 * Whether a phrase of `words` words may be read across these gaps. A phrase of two words may
 * have a blank or a joiner between them. Signs that repeat between all words of a longer one are
 * a disguise: `nhà ... cái ... uy ... tín`.
 */
bool gaps_hold(const struct gaps *gaps, size_t words);

/* Whether the words hang on one joiner, as in a slug: nha-cai-uy-tin. */
bool gaps_are_slug(const struct gaps *gaps);

#endif
