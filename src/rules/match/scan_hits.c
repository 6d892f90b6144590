/* Which of the finds on a text are hits. */
#include <stdlib.h>

#include "base/limits.h"
#include "rules/match/build.h"
#include "rules/match/scan_hits.h"
#include "rules/match/compiled.h"

/* The finds on one text, sorted. */
struct sifting {
	const struct scan *scan;
	const struct text *text;
	struct scan_hit *find; /* those kept move to the front */
};

static int by_owner_and_place(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static bool covers(const struct scan_hit *outer, const struct scan_hit *inner)
{
	return outer->first <= inner->first &&
	       inner->first + inner->count <= outer->first + outer->count;
}

/* Without the signs at its ends: a pattern may find `lãi 0%`, a phrase only `lãi 0`. */
static struct scan_hit without_signs(const struct text *text, struct scan_hit hit)
{
	while (hit.count > 1 && text->glyph[hit.first].kind > GLYPH_DIGIT)
		hit.first++, hit.count--;
	while (hit.count > 1 && text->glyph[hit.first + hit.count - 1].kind > GLYPH_DIGIT)
		hit.count--;
	return hit;
}

static bool is_except(const struct sifting *s, size_t i)
{
	return s->scan->entry[s->find[i].entry].flags & SCAN_EXCEPT;
}

static uint32_t end_of(const struct scan_hit *hit)
{
	return hit->first + hit->count;
}

/* Whether an `except` of the same owner covers find `i`: those before it reach to `reach`, and
 * those behind it are in order up to `to`. */
static bool is_excepted(const struct sifting *s, size_t i, size_t to, uint32_t reach)
{
	const struct scan_hit *find = s->find, inner = without_signs(s->text, find[i]);

	if (end_of(&inner) <= reach)
		return true;
	for (i++; i < to && find[i].first <= inner.first; i++)
		if (is_except(s, i) && covers(&find[i], &inner))
			return true;
	return false;
}

/* Keeps of one owner's finds what is no except, not excepted and not within another hit. */
static size_t keep(const struct sifting *s, size_t from, size_t to, size_t kept)
{
	struct scan_hit *hit = s->find;
	size_t first_kept = kept;
	uint32_t reach = 0; /* of the excepts so far, none of which begins later than find `i` */

	for (size_t i = from; i < to && kept - first_kept < LIMIT_HITS_PER_RULE; i++) {
		if (is_except(s, i))
			reach = end_of(&hit[i]) > reach ? end_of(&hit[i]) : reach;
		else if ((kept == first_kept || !covers(&hit[kept - 1], &hit[i])) &&
			 !is_excepted(s, i, to, reach))
			hit[kept++] = hit[i];
	}
	return kept;
}

/* Many a text is found through in order. */
static void sort(struct scan_hit *hit, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (by_owner_and_place(&hit[i - 1], &hit[i]) > 0) {
			qsort(hit, count, sizeof *hit, by_owner_and_place);
			return;
		}
}

size_t scan_keep_hits(const struct scan *scan, const struct text *text, struct scan_hit *hit,
		      size_t count)
{
	const struct sifting sifting = {scan, text, hit};
	size_t kept = 0, from = 0;

	sort(hit, count);
	while (from < count) {
		size_t to = from + 1;
		while (to < count && hit[to].owner == hit[from].owner)
			to++;
		kept = keep(&sifting, from, to, kept);
		from = to;
	}
	return kept;
}
