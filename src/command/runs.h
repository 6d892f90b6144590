/*
 * Runs of two to five syllables that tell rejected comments from approved ones, found by counting:
 * in how many comments of either side each run is, ranked by the log-likelihood ratio (Dunning,
 * 1993). Syllables are compared without case, and with any tone placement.
 */
#ifndef DUYETD_COMMAND_RUNS_H
#define DUYETD_COMMAND_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "text/text.h"

struct runs;

/* Returns NULL when out of memory. */
struct runs *runs_new(void);
void runs_free(struct runs *runs);

/* The kinds of texts. A run that occurs in an everyday sentence is never found. The texts of
 * RUNS_FOUND, rejected comments that a rule finds, have no runs that count. */
enum runs_side { RUNS_REJECTED, RUNS_FOUND, RUNS_APPROVED, RUNS_EVERYDAY, RUNS_SIDES };

/* Adds the text of a comment, which `comment` names: one that was both approved and rejected counts
 * as rejected, and one that was approved twice counts once. Keeps 8 bytes a word. Returns false
 * when out of memory. */
bool runs_add(struct runs *runs, enum runs_side side, const struct text *text, uint64_t comment);

/* Must be called after the last text. Returns false when out of memory. */
bool runs_count(struct runs *runs);

/* How many texts count on a side, after runs_count(). */
size_t runs_texts(const struct runs *runs, enum runs_side side);

struct run_found {
	uint64_t key;		     /* used by runs.c alone */
	size_t text;		     /* a rejected text with the run: its zero-based number */
	size_t first, words;	     /* of that text */
	uint32_t rejected, approved; /* texts that have the run */
	double ratio;
};

/*
 * Finds the next best run; each run is found once. Texts that runs_cover() has covered do not
 * count, so each run shows something new. A run must be in `least` rejected texts that are not
 * covered. Returns false when there is none.
 */
bool runs_next(struct runs *runs, uint32_t least, struct run_found *found);

/* Covers all rejected texts that have the run. */
void runs_cover(struct runs *runs, const struct run_found *found);

#endif
