/*
 * Finds all phrases and patterns of all rules in one pass: libhs finds candidates, phrase_match.c
 * and PCRE2 confirm them and determine their spans. The time for a text does not grow with the
 * number of phrases.
 *
 * This folder is the matching engine. It knows texts, phrases and patterns by number, libhs and
 * PCRE2. It knows no rules, files or verdicts.
 */
#ifndef DUYETD_RULES_MATCH_SCAN_H
#define DUYETD_RULES_MATCH_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include "text/text.h"

struct scan;	     /* compiled (build.h), immutable, shared by threads */
struct scan_scratch; /* one per thread; fits any scan */

/* NULL is allowed. */
void scan_free(struct scan *scan);

/*
 * Returns the terms of the `*count` patterns that libhs cannot compile: PCRE2 runs them on every
 * text. The array belongs to the scan.
 */
const unsigned *scan_pcre_only(const struct scan *scan, size_t *count);

struct scan_scratch *scan_scratch_new(void);
void scan_scratch_free(struct scan_scratch *scratch);

struct scan_hit {
	unsigned rule_index;
	unsigned term;	       /* zero-based index of the phrase or pattern, in the order added */
	uint32_t first, count; /* glyphs */
};

/*
 * The hits of `scan` in `text`, sorted by rule, then by place. Hits inside an `except` are dropped,
 * and at most LIMIT_HITS_PER_RULE of a rule are kept. `broken` are the rules whose check could not
 * be finished (a match limit): they count as failing. The arrays are valid until the next
 * scan_text() with the same scratch. Returns false when out of memory or when libhs fails: all
 * rules of the scan are then broken.
 */
struct scan_result {
	const struct scan_hit *hits;
	size_t count;
	const unsigned *broken;
	size_t broken_count;
};
bool scan_text(const struct scan *scan, struct scan_scratch *scratch, const struct text *text,
	       struct scan_result *result);

#endif
