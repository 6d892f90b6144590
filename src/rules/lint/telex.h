/* Words typed in Telex or VNI while the input method was off. */
#ifndef DUYETD_RULES_LINT_TELEX_H
#define DUYETD_RULES_LINT_TELEX_H

#include "rules/lint/real_syllable.h"

/*
 * Reads the keys of Telex (`tieefn`) or VNI (`tie62n`) that were not converted. Sets `syllable` to
 * what they stand for. Returns the name of the method; NULL if the word is something else, or may
 * be a word of another language: `door`, `bans`.
 */
const char *read_keys(const struct glyph *glyph, size_t count, struct letters *syllable);

#endif
