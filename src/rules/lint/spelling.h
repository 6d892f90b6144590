/* Spellings of one word, to propose the one that was meant. */
#ifndef DUYETD_RULES_LINT_SPELLING_H
#define DUYETD_RULES_LINT_SPELLING_H

#include <stdbool.h>
#include <stddef.h>
#include "text/glyph.h"

enum { MOST_LETTERS = 20 };

/* A spelling to be tried. */
struct letters {
	struct glyph glyph[MOST_LETTERS + 4];
	size_t count;
};

/* Returns whether the list has the string. */
bool is_in(const char *string, const char *const *list, size_t count);

/* Returns whether it is a vowel, with marks or without. */
bool is_vowel(const struct glyph *glyph);

/* Returns whether it has the shape of a syllable, at most one tone, and the marks that this shape
 * needs: `bác`, not `bac`. */
bool is_syllable(const struct glyph *glyph, size_t count);

/* Returns whether it is a syllable whose vowels and ending Vietnamese has together: `ước`, not
 * `ưác`. */
bool is_real_syllable(const struct glyph *glyph, size_t count);

/*
 * Reads the keys of Telex (`tieefn`) or VNI (`tie62n`) that were not converted. Sets `syllable` to
 * what they stand for. Returns the name of the method; NULL if the word is something else, or may
 * be a word of another language: `door`, `bans`.
 */
const char *read_keys(const struct glyph *glyph, size_t count, struct letters *syllable);

#endif
