/*
 * How much of a text is written with its Vietnamese marks.
 *
 * Syllables of two letters or more count: those that bear a mark, and those that lack one, by
 * their shape or by how Vietnamese is written (usage.h). What is rightly written without marks
 * (`em`, `xe`, `cho`), teencode, numbers and single letters say nothing. Nor do unmarked words
 * with a capital within a sentence (`Vy Nguyen`): they are names, as long as they are no more than
 * two thirds. Nor what stands beside a foreign word: a title, a quotation.
 *
 * Of 6,850 accented comments and statutes of ten words or more, 8 have three words or more that
 * lack their marks and these are more than a third of both; the same comments with every second
 * word stripped of its marks are found in 88 %, with the second half stripped in 96 %.
 */
#ifndef DUYETD_TEXT_DIACRITICS_H
#define DUYETD_TEXT_DIACRITICS_H

#include "text/text.h"

/* The share of syllables that bear their marks, and the syllables in a row that lack them, at
 * which a text is unaccented. Fewer different ones than DIACRITICS_FEW are mistakes, or one fewer
 * where no more syllables bear their marks. */
#define DIACRITICS_SHARE   0.67
#define DIACRITICS_STRETCH 4
#define DIACRITICS_FEW	   3

/* Words with a letter of which none bears a mark: the text is not accented Vietnamese, whatever
 * they are. */
#define DIACRITICS_UNMARKED_FROM 10

/* Foreign words, and how many more than accented ones, that make a text a foreign one. */
#define DIACRITICS_FOREIGN	 5
#define DIACRITICS_FOREIGN_TIMES 4

struct diacritics {
	size_t accented;     /* syllables that bear a mark */
	size_t lacking;	     /* syllables that lack one, names and foreign surroundings aside */
	size_t different;    /* of them, different ones */
	size_t foreign;	     /* words of another language */
	size_t words;	     /* words with a letter in them */
	size_t stretch;	     /* syllables in a row that lack marks, none between bears one */
	size_t first, count; /* text->word: that stretch */
};

void diacritics_measure(const struct text *text, struct diacritics *measure);

/*
 * Whether the text at large is written without marks: some word lacks one for certain
 * (`viet`, `duoc`) and at most one in five bears one; or none does in ten words and more.
 * A text of which nothing is known (`cho em hai lon bia`) is not.
 */
bool diacritics_unaccented(const struct text *text);

#endif
