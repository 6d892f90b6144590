/*
 * What is left of a text when case, marks, spacing, punctuation and stretching are taken
 * away: `N.h.à   CÁIIII` is `nhacai`. Phrases are searched in it; whether a find really is
 * the phrase is decided on the glyphs behind it (rules/match/phrase.h).
 */
#ifndef DUYETD_TEXT_SKELETON_H
#define DUYETD_TEXT_SKELETON_H

#include "text/text.h"

struct skeleton {
	char *run;	 /* one byte a run of equal letters: a-z (i for y), 0-9, or >= 0x80 for
			  * a letter of another script */
	uint32_t *start; /* start[i] is the first letter of run i; start[runs] is `letters` */
	uint32_t *glyph; /* of each letter */
	size_t runs, letters;
	bool leet; /* digits and signs within words were read as letters: ch3t, CH!CH */
	size_t run_room, start_room, glyph_room;
};

/* The byte that a glyph is in a skeleton, 0 for one that is left out. */
uint8_t skeleton_byte(const struct glyph *glyph);

/*
 * Reads the text plainly, or with `leet` as one who writes 3 for e. A leet reading of a
 * text without leet in it is empty. Buffers are reused. Returns false when out of memory.
 */
bool skeleton_read(struct skeleton *skeleton, const struct text *text, bool leet);
void skeleton_clear(struct skeleton *skeleton); /* frees its buffers */

#endif
