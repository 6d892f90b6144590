/*
 * All phrases and patterns of all rules, found in one pass: libhs names the candidates,
 * phrase.c and PCRE2 confirm them and give their spans. What a text costs does not grow
 * with the number of phrases.
 */
#ifndef DUYETD_RULES_MATCH_SCAN_H
#define DUYETD_RULES_MATCH_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include "text/text.h"

struct scan;	     /* compiled (scan_build.h), immutable, shared by threads */
struct scan_scratch; /* one per thread; fits any scan */

/* NULL is fine. */
void scan_free(struct scan *scan);

/*
 * Patterns that libhs cannot take and PCRE2 runs on every text: entries, `*count` of them.
 * They live in the scan.
 */
const unsigned *scan_alone(const struct scan *scan, size_t *count);

struct scan_scratch *scan_scratch_new(void);
void scan_scratch_free(struct scan_scratch *scratch);

struct scan_hit {
	unsigned owner;
	unsigned entry;	       /* the how-manieth phrase or pattern that was added, from 0 */
	uint32_t first, count; /* glyphs */
};

/*
 * What of `scan` is in `text`: hits by owner, then by place, those inside an `except` left
 * out, at most LIMIT_HITS_PER_RULE an owner. `broken[i]` is an owner whose check could not
 * be finished (a match limit): to be counted as failing. Arrays live in the scratch until
 * its next scan_text(). False when memory is out: count every owner as broken.
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
