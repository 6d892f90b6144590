/*
 * Random PCRE2 patterns of every construct that prefilter.c, hs_rewrite.c and hs_agrees.c of
 * rules/match look at, each with texts that it is likely to match.
 */
#ifndef DUYETD_TESTS_FUZZ_PATTERN_MAKER_H
#define DUYETD_TESTS_FUZZ_PATTERN_MAKER_H

#include "base/buf.h"
#include "choices.h"

/*
 * Appends a pattern to `pattern` and a text to `text`. `form` decides the pattern: with a copy
 * of it the pattern is the same. `wording` decides which text it is.
 */
void pattern_make(struct choices *form, struct choices *wording, struct buf *pattern,
		  struct buf *text);

/* Changes a few bytes of the pattern, so that its syntax may be invalid. */
void pattern_disturb(struct choices *choices, struct buf *pattern);

/* Changes some characters of the text: their case, marks, look-alikes, signs between them. */
void text_disturb(struct choices *choices, struct buf *text);

#endif
