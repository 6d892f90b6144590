/*
 * Sets of literals: of each, one must be in a skeleton (text/skeleton.h) for something to
 * match. Small by design, so that they are passed and copied like numbers.
 */
#ifndef DUYETD_RULES_MATCH_LITERAL_SET_H
#define DUYETD_RULES_MATCH_LITERAL_SET_H

#include <stdbool.h>
#include <stddef.h>

/* Alternatives at the most, and letters of each. */
enum { LITERALS = 8, LITERAL_LETTERS = 24 };

struct literals {
	unsigned count;
	char literal[LITERALS][LITERAL_LETTERS + 1]; /* bytes as in struct skeleton's runs */
};

/* Letters of the shortest, 0 for an empty set. */
size_t literals_shortest(const struct literals *set);

/* Makes `best` the more selective of the two, either of which would do. */
void literals_choose(struct literals *best, const struct literals *other);

/* These return false when the outcome has no room, and is then of no use. */
bool literals_add(struct literals *set, const char *literal);
bool literals_unite(struct literals *set, const struct literals *other);
/* Each of `b` behind each of `a`. */
bool literals_multiply(struct literals *product, const struct literals *a,
		       const struct literals *b);

#endif
