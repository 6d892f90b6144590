/*
 * How much of a text is written with its Vietnamese marks.
 *
 * Syllables of two letters or more count: those with a mark, and those that lack one, by their
 * shape or by usage (syllable.h). Ignored are syllables that are correct without marks (`em`, `xe`,
 * `cho`), teencode, numbers and single letters. Unmarked words with a capital within a sentence
 * (`Vy Nguyen`) are ignored as names, unless more than two thirds of all syllables are such words.
 * Words beside a foreign word are ignored as part of a title or a quotation.
 *
 * Where the limits below come from: when they were chosen, 8 of 6,850 accented comments and
 * statutes of ten words or more failed. Of the same comments with every second word stripped of its
 * marks, 88 % failed; with the second half stripped, 96 %.
 */
#ifndef DUYETD_TEXT_DIACRITICS_H
#define DUYETD_TEXT_DIACRITICS_H

#include "text/text.h"

/*
 * The limits of the rule kind `diacritics` (rules/kind/diacritics.c); diacritics_unaccented() below
 * has others. SHARE is the default of its key `share`: a text fails below it. A text also fails
 * from STRETCH syllables in a row that lack marks. Fewer than FEW different syllables that lack
 * marks are typing mistakes; where at most half of the syllables have marks, fewer than FEW - 1.
 */
#define DIACRITICS_SHARE   0.67
#define DIACRITICS_STRETCH 4
#define DIACRITICS_FEW	   3

/* The default of `unmarked-from`: a text of this many different words, none of them with a mark,
 * fails. */
#define DIACRITICS_UNMARKED_FROM 10

/* A text is foreign if it has at least FOREIGN foreign words, and more than FOREIGN_TIMES as many
 * of them as syllables with a mark. */
#define DIACRITICS_FOREIGN	 5
#define DIACRITICS_FOREIGN_TIMES 4

struct diacritics {
	size_t accented; /* syllables with a mark */
	size_t lacking; /* syllables that lack one, without names and neighbours of foreign words */
	size_t different; /* different ones among them */
	size_t foreign;	  /* words of another language */
	size_t stretch;	  /* longest run of syllables that lack marks, none with a mark between */
	size_t first, count; /* that run in text->word, with the words between its syllables */
};

void diacritics_measure(const struct text *text, struct diacritics *measure);

/*
 * Returns whether the text as a whole is written without marks: at least one word certainly lacks
 * one (`viet`, `duoc`) and at most one word in five has one; or none of ten or more words has one.
 * Returns false when there is no evidence (`cho em hai lon bia`). Phrases are found without their
 * marks too in such a text (rules/match). The rule kind `diacritics` does not use this.
 */
bool diacritics_unaccented(const struct text *text);

#endif
