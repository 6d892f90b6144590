/* What is wrong with the spelling of one word of a phrase, and what was probably meant. */
#ifndef DUYETD_RULES_LINT_MISSPELLING_H
#define DUYETD_RULES_LINT_MISSPELLING_H

#include <stdbool.h>
#include "base/buf.h"
#include "text/text.h"

/* Whether it is a foreign word with the shape of a syllable, written in Vietnamese as it is: `hot`.
 */
bool is_loan(const struct text *text, const struct word *word);

/* Appends what is wrong with a word, such as `has two tones; did you mean "tài"?`. Appends nothing
 * if it is a possible Vietnamese word, a likely name, or written so on purpose. */
void add_misspelling(struct buf *out, const struct text *text, const struct word *word);

#endif
