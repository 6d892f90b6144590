/* Words as a careful reader counts them: chữ. */
#ifndef DUYETD_TEXT_WORD_H
#define DUYETD_TEXT_WORD_H

#include "text/text.h"

/*
 * Cuts text->glyph into text->word, leaving out links, and counts. A run of letters is one
 * word, so is a number with its points and units (2,5  10.000  20/10  100k); a sentence
 * break without its space parts (`quá.Nhưng`), a hyphen too. No words are punctuation,
 * emoji, and letters that draw a face (:D  T_T  ^o^). False when memory is out.
 */
bool word_find(struct text *text);

#endif
