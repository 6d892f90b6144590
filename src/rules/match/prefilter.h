/*
 * Which letters a text must have for a pattern to match in it: `\bkèo\s+(?:thơm|châu\s+á)\b`
 * needs the skeleton `keothom` or `keochaua` (text/skeleton.h). Literals are found in any
 * number for the price of one (FDR, the literal matcher of libhs), compile in no time, and
 * stand in the database of the phrases: patterns that have them cost a text nothing.
 *
 * What RE2 calls a prefilter, over skeletons: blanks, signs, marks and stretched letters
 * between the letters do not part them, since a skeleton has none.
 */
#ifndef DUYETD_RULES_MATCH_PREFILTER_H
#define DUYETD_RULES_MATCH_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>

/* Letters that are worth it at the least: one syllable (`được`, `tháng`) is in every other
 * comment, six letters are nearly always of two. */
enum { LITERAL_LEAST = 6 };

/*
 * Sets of literals: of each, one must be in a skeleton (text/skeleton.h) for something to
 * match. Small by design, so that they are passed and copied like numbers.
 */

/* Alternatives at the most, and letters of each. */
enum { LITERALS = 8, LITERAL_LETTERS = 24 };

struct literals {
	unsigned count;
	char literal[LITERALS][LITERAL_LETTERS + 1]; /* bytes as in struct skeleton's runs */
};

/*
 * Of `source`, a pattern in NFC that PCRE2 has compiled: every text in which it matches has
 * one of `found` in its skeleton. False where there are none, or the pattern has what is not
 * looked into ((?x), \Q, back-references by name, conditions ...).
 */
bool prefilter_find(const char *source, struct literals *found);

#endif
