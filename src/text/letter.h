/*
 * Composes a letter and the combining marks that follow it, in any order: é + dot below and
 * e + dot below + acute give the same result.
 */
#ifndef DUYETD_TEXT_LETTER_H
#define DUYETD_TEXT_LETTER_H

#include <stdint.h>

struct letter {
	uint32_t ch;	/* NFC of the base with its Vietnamese marks */
	uint16_t marks; /* enum mark: at most one quality and one tone */
	uint8_t ascii;	/* the base as in struct glyph's `letter`, or 0 */
	uint8_t flags;	/* enum glyph_flag; GLYPH_FOREIGN if it has an `other` mark */

	/* Other marks: not Vietnamese, or not possible on this base. */
	uint32_t other;	     /* the one such mark; 0 for none or several */
	uint16_t seen;	     /* all Vietnamese marks so far, also those that the base cannot have */
	uint8_t other_count; /* number of other marks so far */
};

/* Begins with base `ch`, which already has `marks`. */
void letter_begin(struct letter *letter, uint32_t ch, uint8_t ascii, uint16_t marks, uint8_t flags);

/* Adds the combining code point `c`. `mark` is its enum mark; 0: it is not a Vietnamese mark. */
void letter_mark(struct letter *letter, uint32_t c, uint16_t mark);

/* Returns whether `ascii` with all of `marks` is a Vietnamese letter. */
int letter_can_have(uint8_t ascii, uint16_t marks);

/*
 * Returns the Vietnamese letter of `ascii` (lower case) with `marks`, in NFC: 'e' with circumflex
 * and dot is ệ. Marks that the letter cannot have are ignored; `*used` gets the marks that it has.
 */
uint32_t letter_compose(uint8_t ascii, uint16_t marks, uint16_t *used);

#endif
