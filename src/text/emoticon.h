/* Emoticons made of letters and digits: :D ;v <3 T_T ^o^ ʕ•ᴥ•ʔ 1️⃣ */
#ifndef DUYETD_TEXT_EMOTICON_H
#define DUYETD_TEXT_EMOTICON_H

#include "text/text.h"

/* Returns whether `count` letters and digits from glyph `first`, which could be a word, are a face,
 * a heart or a keycap, or part of one. */
bool emoticon_is(const struct text *text, size_t first, size_t count);

#endif
