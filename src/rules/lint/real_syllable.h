/* Whether letters are a Vietnamese syllable, with its marks: for spellings that may be meant. */
#ifndef DUYETD_RULES_LINT_REAL_SYLLABLE_H
#define DUYETD_RULES_LINT_REAL_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "text/glyph.h"

enum { MOST_LETTERS = 20 };

/* A spelling to be tried. */
struct letters {
	struct glyph glyph[MOST_LETTERS + 4];
	size_t count;
};

/* Returns whether the list has the string. */
bool is_in(const char *string, const char *const *list, size_t count);

/* Returns how many letters are before the vowels, with the u of qu and the i of gi. */
size_t onset_of(const struct glyph *glyph, size_t count);

/* Returns whether it is a vowel, with marks or without. */
bool is_vowel(const struct glyph *glyph);

/* Returns whether it has the shape of a syllable, at most one tone, and the marks that this shape
 * needs: `bác`, not `bac`. */
bool is_syllable(const struct glyph *glyph, size_t count);

/* Returns whether it is a syllable whose vowels and ending Vietnamese has together: `ước`, not
 * `ưác`. */
bool is_real_syllable(const struct glyph *glyph, size_t count);

/* Appends a letter with the marks of `glyph`. There must be room. */
void append_letter(struct letters *letters, const struct glyph *glyph, char letter);

/* Appends the letter of `glyph` with `marks`, as UTF-8. */
void add_letter(struct buf *out, const struct glyph *glyph, uint16_t marks);

/* Appends the letters with their marks, as UTF-8. */
void add_letters(struct buf *out, const struct letters *letters);

#endif
