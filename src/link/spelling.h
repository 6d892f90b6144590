/*
 * Names in a sentence that are not written as one word of their own.
 *
 * Spelled: names and top-level domains whose letters stand apart: v i d u 8 8  c.o.m  c-o-m  w in
 * Glued: without a blank before or behind them: ởvidu88.com  vidu.com-nạp  vidu.comĐủ
 */
#ifndef DUYETD_LINK_SPELLING_H
#define DUYETD_LINK_SPELLING_H

#include "link/label.h"
#include "text/text.h"

enum {
	SPELLED_MAX = 24,		       /* letters */
	LETTERS_MAX = 7,		       /* of a top-level domain */
	SPELLED_TLD_MAX = 2 * LETTERS_MAX - 1, /* the same and the signs between them */
	SPELLED_RUN = 2 * SPELLED_TLD_MAX,     /* glyphs that spelled_end() reads */
};

/* Where the letters apart that begin at glyph `i` end, as long as the same sign, not a blank, is
 * between them: a.a.a.a. No further than just behind SPELLED_RUN glyphs. */
size_t spelled_end(const struct text *text, size_t i);

/* Reads a top-level domain whose letters begin at glyph `i` and stand apart; writes it in small
 * letters, and returns where it ends, or 0. */
size_t spelled_read(const struct text *text, size_t i, char word[SPELLED_MAX + 1]);

/* Reads letters apart that end before glyph `end`, not reaching back over `floor`; writes them, and
 * returns where they begin. */
size_t spelled_before(const struct text *text, size_t floor, size_t end,
		      char word[SPELLED_MAX + 1]);

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
