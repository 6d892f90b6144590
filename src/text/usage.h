/* Whether a syllable without marks is missing some, by how often Vietnamese words are written so.
 */
#ifndef DUYETD_TEXT_USAGE_H
#define DUYETD_TEXT_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "text/glyph.h"

/*
 * Returns whether marks are missing in `count` glyphs, a syllable without marks. Usage decides if
 * it is known: `thi` and `cua` lack marks, `em` and `top` do not. Otherwise returns `lacks_marks`,
 * the result of syllable_lacks().
 */
bool usage_lacks(const struct glyph *glyph, size_t count, bool lacks_marks);

#endif
