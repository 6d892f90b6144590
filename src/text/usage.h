/* Whether a syllable that bears no mark was meant to bear one, by how Vietnamese is written. */
#ifndef DUYETD_TEXT_USAGE_H
#define DUYETD_TEXT_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "text/glyph.h"

/*
 * `count` glyphs are a syllable without marks; `lacks_marks`: none of its shape is written so
 * (syllable_lacks). Usage decides where it is known: `thi` and `cua` lack marks, `em` and
 * `top` do not.
 */
bool usage_lacks(const struct glyph *glyph, size_t count, bool lacks_marks);

#endif
