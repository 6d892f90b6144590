/*
 * A letter and the combining marks that follow it, put together in whatever order they
 * come: é + dot below and e + dot below + acute end up alike.
 */
#ifndef DUYETD_TEXT_LETTER_H
#define DUYETD_TEXT_LETTER_H

#include <stdint.h>

struct letter {
	uint32_t ch;	/* NFC of the base with its Vietnamese marks */
	uint16_t marks; /* enum mark that it bears: one quality and one tone at most */
	uint8_t ascii;	/* the base as in struct glyph's `letter`, 0 where it has none */
	uint8_t flags;	/* enum glyph_flag; GLYPH_FOREIGN once a mark is not Vietnamese on it */

	uint32_t other; /* the one mark that is not Vietnamese; 0 for none or several */
	uint16_t seen;
	uint8_t others;
};

/* Begins with base `ch`, which already bears `marks`. */
void letter_begin(struct letter *letter, uint32_t ch, uint8_t ascii, uint16_t marks, uint8_t flags);

/* Adds the combining code point `c`, which is `mark` (enum mark) or 0 for another. */
void letter_mark(struct letter *letter, uint32_t c, uint16_t mark);

/* Whether `ascii` can bear all of `marks` in Vietnamese. */
int letter_bears(uint8_t ascii, uint16_t marks);

/*
 * The Vietnamese letter of `ascii` (lower case) with `marks`, in NFC: 'e' with circumflex
 * and dot is ệ. Marks that it cannot bear are left out; `*borne` are those it bears.
 */
uint32_t letter_compose(uint8_t ascii, uint16_t marks, uint16_t *borne);

#endif
