/* The canonical text as UTF-8, for patterns, with the way back to its glyphs. */
#ifndef DUYETD_TEXT_CANONICAL_H
#define DUYETD_TEXT_CANONICAL_H

#include "text/text.h"

struct canonical {
	char *bytes;   /* NFC; letters of other marks (Zalgo) without them; look-alikes within a
			* Latin word as the letters they pose as */
	uint32_t *end; /* where each glyph ends in `bytes`, unless that is where it was typed */
	size_t len, end_room, byte_room;
	bool typed; /* it is */
};

/* Writes the text, in small letters or as typed. Buffers are reused. False: out of memory. */
bool canonical_write(struct canonical *canonical, const struct text *text, bool lower);
void canonical_clear(struct canonical *canonical);

/* The glyph that byte `at` of the canonical text belongs to. */
size_t canonical_glyph(const struct canonical *canonical, const struct text *text, size_t at);

#endif
