/* Letters and digits that draw rather than write: :D ;v <3 T_T ^o^ ʕ•ᴥ•ʔ 1️⃣ */
#ifndef DUYETD_TEXT_EMOTICON_H
#define DUYETD_TEXT_EMOTICON_H

#include "text/text.h"

/* Whether the `count` letters and digits from glyph `first`, a word by their neighbours, are a
 * face, a heart or a keycap, or a part of one. */
bool emoticon_is(const struct text *text, size_t first, size_t count);

#endif
