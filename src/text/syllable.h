/*
 * The shape of a written Vietnamese syllable: onset + vowels + coda (Đoàn Thiện Thuật,
 * Ngữ âm tiếng Việt), read without its marks, and whether it could be written as it
 * stands or marks are missing.
 */
#ifndef DUYETD_TEXT_SYLLABLE_H
#define DUYETD_TEXT_SYLLABLE_H

#include "text/text.h"

enum { SYLLABLE_LETTERS = 7 }; /* the longest: nghiêng */

/*
 * Whether `count` glyphs are shaped like a syllable. `*bare` (may be NULL) tells that no
 * Vietnamese word is written so: a syllable that ends in c, ch, p or t bears sắc or nặng;
 * ie, ye, uo, uê, uâ, êu, ưu and e before nh or ch bear a circumflex, breve or horn.
 */
bool syllable_read(const struct glyph *glyph, size_t count, bool *bare);

#endif
