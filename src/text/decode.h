/* From bytes to glyphs: UTF-8, character references, canonical form, place in the original. */
#ifndef DUYETD_TEXT_DECODE_H
#define DUYETD_TEXT_DECODE_H

#include "text/letter.h"
#include "text/text.h"

/* Appends to text->glyph. Begins as {.text = text, .canonical = true}. */
struct decoder {
	struct text *text;
	struct letter letter; /* the last glyph while it may still get marks */
	uint32_t at, end;     /* bytes of the code point in hand */
	unsigned marks;	      /* combining marks since the last base, counted in NFD */
	uint8_t pending;      /* flags for the next glyph: GLYPH_INVISIBLE, GLYPH_ENTITY */
	bool canonical;	      /* all so far: a character a glyph, in canonical form */
	bool letter_open;     /* `letter` is that of the last glyph */
	bool repaired;	      /* some marks were separated from their letters */
	bool regional;	      /* there are regional indicators */
	bool overridden;      /* the last range of text->overridden is not closed yet */
};

/* Reads bytes [from, to), which contain no markup. A run of blanks becomes one. */
enum text_error decode_bytes(struct decoder *d, size_t from, size_t to);

/* Appends a blank, or a line end ('\n'), for bytes [from, to). */
enum text_error decode_blank(struct decoder *d, uint32_t c, size_t from, size_t to);

/* To be called where bytes that a browser does not show were skipped: the next glyph gets
 * GLYPH_INVISIBLE. */
void decode_nothing(struct decoder *d);

/* Appends a TEXT_BARRIER between two line breaks, for bytes [at, end). */
enum text_error decode_barrier(struct decoder *d, size_t at, size_t end);

/* Makes room for `more` further glyphs. Returns false when out of memory. */
bool decode_room(struct decoder *d, size_t more);

#endif
