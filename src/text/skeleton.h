/*
 * The skeleton of a text: the text without case, marks, spacing, punctuation and stretching. `N.h.à
 * CÁIIII` is `nhacai`. Phrases are searched in it; rules/match/phrase.h then checks the glyphs of
 * each find.
 */
#ifndef DUYETD_TEXT_SKELETON_H
#define DUYETD_TEXT_SKELETON_H

#include "text/text.h"

/* How the characters that may be more than one letter are read. */
enum skeleton_reading {
	SKELETON_PLAIN,	      /* as themselves */
	SKELETON_SUBSTITUTES, /* 3 in a word as e, 1 as i; a look-alike as the Latin letter that its
			    capital looks like */
	SKELETON_SUBSTITUTES2, /* 1 as l before a vowel, several digits as digits; a look-alike as
			     the Latin letter that its small letter looks like */
};
enum { SKELETON_READINGS = 3 };

struct skeleton {
	char *run;	 /* one byte a run of equal letters: a-z (i for y and j, c for k), 0-9, or
			  * >= 0x80 for a letter of another script */
	uint32_t *start; /* start[i] is the first letter of run i; start[runs] is `letters` */
	uint32_t *glyph; /* of each letter */
	size_t runs, letters;
	enum skeleton_reading reading;
	size_t run_room, start_room, glyph_room;
};

/* The byte for a glyph in a skeleton, 0 for a glyph that is left out. */
uint8_t skeleton_byte(const struct glyph *glyph);

/* Returns which readings of this text give different skeletons, as bits: 1 << SKELETON_SUBSTITUTES
 * and 1 << SKELETON_SUBSTITUTES2. The bit of SKELETON_PLAIN is always set. */
unsigned skeleton_readings(const struct text *text);

/* Reads the text into `skeleton`, which begins as zeros. Buffers are reused. Returns false when out
 * of memory. */
bool skeleton_read(struct skeleton *skeleton, const struct text *text,
		   enum skeleton_reading reading);
void skeleton_clear(struct skeleton *skeleton); /* frees its buffers */

#endif
