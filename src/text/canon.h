/* The canonical text as UTF-8, for patterns, with the way back to its glyphs. */
#ifndef DUYETD_TEXT_CANON_H
#define DUYETD_TEXT_CANON_H

#include "text/text.h"

struct canon {
	char *bytes;   /* NFC; letters of other marks (Zalgo) without them; look-alikes within a
			* Latin word as the letters they pose as */
	uint32_t *end; /* where each glyph ends in `bytes`, unless that is where it was typed */
	size_t len, glyph_room;
	bool typed; /* it is */
};

/* Writes the text, in small letters or as typed. Buffers are reused. False: no memory. */
bool canon_write(struct canon *canon, const struct text *text, bool lower);
void canon_clear(struct canon *canon);

/* The glyph that byte `at` of the canonical text belongs to. */
size_t canon_glyph(const struct canon *canon, const struct text *text, size_t at);

#endif
