#include "rules/match/literal_set.h"

#include <string.h>

size_t literals_shortest(const struct literals *set)
{
	size_t least = set->count ? LITERAL_LETTERS : 0;
	for (unsigned i = 0; i < set->count; i++)
		if (strlen(set->literal[i]) < least)
			least = strlen(set->literal[i]);
	return least;
}

void literals_choose(struct literals *best, const struct literals *other)
{
	size_t have = literals_shortest(best), offered = literals_shortest(other);
	if (offered > have || (offered && offered == have && other->count < best->count))
		*best = *other;
}

/* `b` behind `a`, in a skeleton: equal letters that meet are one run. */
static bool join(char to[LITERAL_LETTERS + 1], const char *a, const char *b)
{
	size_t len = strlen(a);
	if (len && a[len - 1] == *b)
		b++;
	size_t rest = strlen(b);
	if (len + rest > LITERAL_LETTERS)
		return false;
	memcpy(to, a, len + 1);
	memcpy(to + len, b, rest + 1);
	return true;
}

bool literals_multiply(struct literals *product, const struct literals *a, const struct literals *b)
{
	product->count = 0;
	if (a->count * b->count > LITERALS)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned k = 0; k < b->count; k++)
			if (!join(product->literal[product->count++], a->literal[i], b->literal[k]))
				return false;
	return true;
}

bool literals_add(struct literals *set, const char *literal)
{
	for (unsigned i = 0; i < set->count; i++)
		if (strcmp(set->literal[i], literal) == 0)
			return true;
	if (set->count == LITERALS)
		return false;
	memcpy(set->literal[set->count++], literal, strlen(literal) + 1);
	return true;
}

bool literals_unite(struct literals *set, const struct literals *other)
{
	for (unsigned i = 0; i < other->count; i++)
		if (!literals_add(set, other->literal[i]))
			return false;
	return true;
}
