/*
 * All phrases and patterns of all rules, found in one pass: libhs names the candidates,
 * phrase.c and PCRE2 confirm them and give their spans. What a text costs does not grow
 * with the number of phrases.
 */
#ifndef DUYETD_RULES_SCAN_H
#define DUYETD_RULES_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include "text/text.h"

struct scan_builder; /* takes phrases and patterns while rules are loaded */
struct scan;	     /* compiled, immutable, shared by threads */
struct scan_scratch; /* one per thread; fits any scan */

enum scan_flag {
	SCAN_EXCEPT = 1 << 0,	   /* protects the text it covers from the same owner's hits; a
				    * phrase, only where it is `plain` (phrase.h) */
	SCAN_MARKS_EXACT = 1 << 1, /* phrase: a missing mark is no wildcard */
	SCAN_CASE = 1 << 2,	   /* pattern: case matters (ignore-case: false) */
};

/* NULL without memory. */
struct scan_builder *scan_builder_new(void);
void scan_builder_free(struct scan_builder *builder);

/*
 * Adds a phrase (UTF-8) for `owner`, a number of the caller's (0, 1, 2 ... one per rule).
 * NULL when taken; otherwise why it can never match, as text for whoever wrote it.
 */
const char *scan_add_phrase(struct scan_builder *builder, unsigned owner, const char *phrase,
			    unsigned flags);

/*
 * Adds a PCRE2 pattern. NULL when taken, otherwise PCRE2's words for the error, and
 * `*offset` is where in the pattern (bytes). The words live until the next call.
 */
const char *scan_add_pattern(struct scan_builder *builder, unsigned owner, const char *pattern,
			     unsigned flags, size_t *offset);

/* Compiles what was added; frees the builder either way. NULL: `*why` says what failed. */
struct scan *scan_compile(struct scan_builder *builder, const char **why);
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
	unsigned entry;	       /* the how-manieth phrase or pattern added to this builder, from 0 */
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
