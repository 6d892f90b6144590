/*
 * The shape of a written Vietnamese syllable without its marks: onset + vowels + coda (Đoàn Thiện
 * Thuật, Ngữ âm tiếng Việt), and whether marks are missing, by shape or by usage.
 */
#ifndef DUYETD_TEXT_SYLLABLE_H
#define DUYETD_TEXT_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "text/glyph.h"

enum { SYLLABLE_LETTERS = 7 }; /* of the longest: nghiêng */

/* The shape of `count` glyphs without their marks; 0: not a syllable. */
enum syllable_shape {
	SYLLABLE_SHAPED = 1,
	SYLLABLE_NEEDS_TONE = 2,    /* ends in c, ch, p or t: needs sắc or nặng */
	SYLLABLE_NEEDS_QUALITY = 4, /* ie, ye, uo, ue, eu, uu, ua before a coda, uay, and e before
				     * nh or ch: need a circumflex, breve or horn */
};
unsigned syllable_shape(const struct glyph *glyph, size_t count);

/* Returns whether marks are missing: no Vietnamese word of that shape has only these marks. */
bool syllable_lacks(unsigned shape, uint16_t marks);

/* Returns whether `count` glyphs have the shape of a syllable. If so, sets `*lacks_marks` to
 * whether marks are missing. `lacks_marks` may be NULL. */
bool syllable_read(const struct glyph *glyph, size_t count, bool *lacks_marks);

/*
 * Returns whether marks are missing in `count` glyphs, a syllable without marks. Usage, which is
 * how often Vietnamese words are written so, decides if it is known: `thi` and `cua` lack marks,
 * `em` and `top` do not. Otherwise returns `lacks_marks`, the result of syllable_lacks().
 */
bool usage_lacks(const struct glyph *glyph, size_t count, bool lacks_marks);

#endif
