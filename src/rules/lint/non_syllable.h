/* What is wrong with a word of a phrase that has marks, but not the shape of a syllable. */
#ifndef DUYETD_RULES_LINT_NON_SYLLABLE_H
#define DUYETD_RULES_LINT_NON_SYLLABLE_H

#include "base/buf.h"
#include "text/text.h"

/* Appends what is wrong, such as `is several syllables in one word: write "tài xỉu" …`. Appends
 * nothing if the word is a likely name, a usual disguise, or has no marks. */
void add_non_syllable(struct buf *out, const struct text *text, const struct word *word);

#endif
