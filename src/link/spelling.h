/*
 * Names in a sentence that are not written as one separate word.
 *
 * Spelled: names and top-level domains with separated letters: v i d u 8 8  c.o.m  c-o-m  w in
 * Joined: names without a blank before or after them: ởvidu88.com  vidu.com-nạp  vidu.comĐủ
 */
#ifndef DUYETD_LINK_SPELLING_H
#define DUYETD_LINK_SPELLING_H

#include "link/label.h"
#include "text/text.h"

enum {
	SPELLED_MAX = 24,		       /* letters */
	LETTERS_MAX = 7,		       /* of a top-level domain */
	SPELLED_TLD_MAX = 2 * LETTERS_MAX - 1, /* the same with the signs between them */
	SPELLED_RUN = 4 * SPELLED_TLD_MAX,     /* glyphs after which spelled_end() stops */
};

/* Returns the end of the separated letters that begin at glyph `i`, with the same sign, not a
 * blank, between them: a.a.a.a. Stops at the first letters that end SPELLED_RUN glyphs after `i` or
 * later. */
size_t spelled_end(const struct text *text, size_t i);

/* Reads a top-level domain with separated letters at glyph `i`, or with the names of its letters
 * (`cờ o mờ`). Returns its end, or 0. Writes separated letters to `word` in small letters; writes
 * nothing for names of letters. */
size_t spelled_read(const struct text *text, size_t i, char word[SPELLED_MAX + 1]);

/* Reads separated letters that end before glyph `end` and begin at `floor` or later; writes them,
 * and returns where they begin. */
size_t spelled_before(const struct text *text, size_t floor, size_t end,
		      char word[SPELLED_MAX + 1]);

/* Returns whether `label` begins with a top-level domain and continues with other text. Sets `*tld`
 * to the domain and `*look` to how it reads; if the result is false, they hold the last attempt. */
bool split_after_tld(const struct text *text, const struct label *label, struct label *tld,
		     enum tld *look);

/*
 * The names after the Vietnamese syllable at the beginning of `label`: the first follows its
 * longest form, the others begin earlier. `*cut` is 0 for the first call and is kept from call to
 * call. Returns false when there are no more.
 */
bool split_before_name(const struct text *text, const struct label *label, size_t *cut,
		       struct label *name);

#endif
