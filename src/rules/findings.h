/*
 * What the rules find in one comment: the values that a rule measured, and its hits. One struct is
 * used for all rules in turn; hits accumulate until findings_empty().
 */
#ifndef DUYETD_RULES_FINDINGS_H
#define DUYETD_RULES_FINDINGS_H

#include <assert.h>
#include "base/arena.h"
#include "base/buf.h"
#include "rules/input.h"
#include "rules/verdict.h"

enum { FINDINGS_VALUES = 8 }; /* that one rule measures, at most */

struct findings {
	struct arena arena; /* strings of this comment's hits */
	struct hit *hit;
	size_t hit_count, hit_room;
	struct buf words; /* scratch for one message */
	size_t first;	  /* index of the first hit of the current rule */
	int64_t values[FINDINGS_VALUES];
	bool failed; /* out of memory */
	bool exact;  /* values are shown to a person: also measure what the verdict does not need */
};

/* Begin a comment, and begin a rule. */
void findings_empty(struct findings *findings);
void findings_begin(struct findings *findings);
void findings_free(struct findings *findings);

/* For a kind's match(). Values in the order of the rule's value_names. */
static inline void findings_value(struct findings *findings, size_t index, size_t value)
{
	assert(index < FINDINGS_VALUES);
	findings->values[index] = (int64_t)value;
}

/* Adds a hit: `count` glyphs from `first` of the input's field `field`. At most
 * LIMIT_HITS_PER_RULE are kept. */
void findings_place(struct findings *findings, const struct input *input, const struct rule *rule,
		    size_t field, size_t first, size_t count, const struct term *term);

/*
 * Ends a rule that fails: fills in the message of its hits. A rule without hits gets one hit
 * without a place.
 */
void findings_fail(struct findings *findings, const struct rule *rule, enum outcome outcome);

/* Returns what the current rule measured, as text, empty when its kind has no summary; NULL when
 * out of memory. */
const char *findings_summary(struct findings *findings, const struct rule *rule);

/* Returns the hits of all rules so far. */
const struct hit *findings_hits(const struct findings *findings, size_t *count);

#endif
