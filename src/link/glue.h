/* Names in a sentence without a blank before or behind them: ởvidu88.com  vidu.com-nạp  vidu.comĐủ
 */
#ifndef DUYETD_LINK_GLUE_H
#define DUYETD_LINK_GLUE_H

#include "link/label.h"

/* Whether text is glued on to the top-level domain at the beginning of `label`, which goes to
 * `*tld`, and what it looks like to `*look`. Where none is, they hold what was tried last. */
bool glue_behind(const struct text *text, const struct label *label, struct label *tld,
		 enum tld *look);

/*
 * The names behind the Vietnamese syllable at the beginning of `label`: the first is what its
 * longest form leaves, the others begin earlier. `*cut` is 0 for the first, and goes on from each
 * to the next. False when there is none.
 */
bool glue_before(const struct text *text, const struct label *label, size_t *cut,
		 struct label *name);

#endif
