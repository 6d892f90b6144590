/* The canonical text as UTF-8, for patterns, with a mapping from its bytes back to glyphs. */
#ifndef DUYETD_TEXT_CANONICAL_H
#define DUYETD_TEXT_CANONICAL_H

#include "text/text.h"

struct canonical {
	char *bytes;   /* NFC; without marks that are not Vietnamese (Zalgo); look-alikes in a Latin
			  word become the letters that they look like */
	uint32_t *end; /* where each glyph ends in `bytes`; not used if `same_offsets` */
	size_t len, end_room, byte_room;
	bool same_offsets; /* each byte of the original has the same offset in `bytes` */
};

/* Writes the text, in small letters (`lower`) or as typed. Buffers are reused. Returns false when
 * out of memory. */
bool canonical_write(struct canonical *canonical, const struct text *text, bool lower);
void canonical_clear(struct canonical *canonical);

/* Returns the glyph that byte `at` of the canonical text belongs to. */
size_t canonical_glyph(const struct canonical *canonical, const struct text *text, size_t at);

#endif
