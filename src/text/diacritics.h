/*
 * How much of a text is written with its Vietnamese marks.
 *
 * Only words shaped like a Vietnamese syllable are asked (syllable.h), of two letters or
 * more: foreign words, teencode, numbers and single letters say nothing.
 */
#ifndef DUYETD_TEXT_DIACRITICS_H
#define DUYETD_TEXT_DIACRITICS_H

#include "text/text.h"

struct diacritics {
	size_t shaped; /* words asked */
	size_t marked; /* of them, those that bear a mark */
	size_t bare;   /* of them, those that cannot be written so: marks are missing */
	size_t first, count; /* text->word: the longest stretch without a marked word */
};

void diacritics_measure(const struct text *text, struct diacritics *measure);

/*
 * Whether the text at large is written without marks: some word lacks one for certain and
 * at most one in five bears one; or none does in a text of ten words and more.
 */
bool diacritics_bare(const struct text *text);

#endif
