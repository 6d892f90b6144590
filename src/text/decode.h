/* From bytes to glyphs: UTF-8, character references, canonical form, place in the original. */
#ifndef DUYETD_TEXT_DECODE_H
#define DUYETD_TEXT_DECODE_H

#include "text/text.h"

/* Fills text->glyph and text->edge from text->bytes, and says whether these are canonical. */
enum text_error decode_text(struct text *text);

/*
 * Joins what a broken converter took apart: a mark after a space goes back on its letter
 * (`ma ́ u`), and a coda left alone behind it goes back to its syllable (`máu`).
 * Called by decode_text() for a text in which marks were put back (GLYPH_MENDED).
 */
void decode_mend(struct text *text);

#endif
