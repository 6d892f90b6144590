/*
 * The shape of a written Vietnamese syllable: onset + vowels + coda (Đoàn Thiện Thuật,
 * Ngữ âm tiếng Việt), read without its marks, and whether it could be written as it
 * stands or marks are missing.
 */
#ifndef DUYETD_TEXT_SYLLABLE_H
#define DUYETD_TEXT_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "text/glyph.h"

enum { SYLLABLE_LETTERS = 7 }; /* the longest: nghiêng */

/* What the letters of `count` glyphs are without their marks; 0: no syllable. */
enum syllable_shape {
	SYLLABLE_SHAPED = 1,
	SYLLABLE_NEEDS_TONE = 2,    /* ends in c, ch, p or t: bears sắc or nặng */
	SYLLABLE_NEEDS_QUALITY = 4, /* ie, ye, uo, uê, uâ, êu, ưu, and e before nh or ch: bear a
				     * circumflex, breve or horn */
};
unsigned syllable_shape(const struct glyph *glyph, size_t count);

/* Whether no Vietnamese word of that shape is written with these marks and no more. */
bool syllable_lacks(unsigned shape, uint16_t marks);

/* Both of `count` glyphs: whether they are shaped like a syllable, and (`lacks_marks` may be NULL)
 * lack marks. */
bool syllable_read(const struct glyph *glyph, size_t count, bool *lacks_marks);

#endif
