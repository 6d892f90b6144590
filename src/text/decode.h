/* From bytes to glyphs: UTF-8, character references, canonical form, place in the original. */
#ifndef DUYETD_TEXT_DECODE_H
#define DUYETD_TEXT_DECODE_H

#include "text/text.h"

/* Fills text->glyph and text->boundary from text->bytes, and says whether these are canonical. */
enum text_error decode_text(struct text *text);

#endif
