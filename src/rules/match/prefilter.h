/*
 * Finds literals that a text must contain for a pattern to match: `\bkèo\s+(?:thơm|châu\s+á)\b`
 * needs `keothom` or `keochaua` in the skeleton (text/skeleton.h). libhs searches any number of
 * literals at the cost of one (its matcher FDR) and compiles them fast. They are in the database of
 * the phrases, so patterns with literals add no cost to a text.
 *
 * RE2 calls this a prefilter. This one works on skeletons, which have no blanks, signs, marks or
 * stretched letters that could separate the letters of a literal.
 */
#ifndef DUYETD_RULES_MATCH_PREFILTER_H
#define DUYETD_RULES_MATCH_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>

/* Least number of letters of a literal: a syllable (`được`, `tháng`) is in every second comment;
 * six letters are nearly always two syllables. */
enum { LITERAL_LEAST = 6 };

/* The largest number of literals in a set, and of letters in each. */
enum { LITERALS = 8, LITERAL_LETTERS = 24 };

/* A set of literals: at least one must be in the skeleton for the pattern to match. Small, so that
 * it can be passed by value. */
struct literals {
	unsigned count;
	char literal[LITERALS][LITERAL_LETTERS + 1]; /* bytes as in struct skeleton's runs */
};

/*
 * Finds the literals of `source`, a pattern in NFC that PCRE2 accepts: each text that it matches
 * has one of `found` in its skeleton as prefilter_read() gives it. Returns false when there are
 * none, or when the pattern uses syntax that is not analysed ((?x), \Q, named back-references,
 * conditions ...).
 */
bool prefilter_find(const char *source, struct literals *found);

/* Whether a pattern has no literals, and would have some if no group had more than LITERALS
 * alternatives. */
bool prefilter_has_too_many(const char *source);

/*
 * What literals are searched in: the skeleton of a canonical text (text/canonical.h, in small
 * letters) without the letters that no literal has, those of other scripts. \W matches some of
 * them: vowel signs, and letters newer than PCRE2. `run` has room for a byte a character.
 * Returns how many runs.
 */
size_t prefilter_read(const char *canonical, size_t len, char *run);

#endif
