/*
 * What the rules find in one comment: values that a rule measured, and places that it objects
 * to. One struct serves all rules in turn; hits accumulate until findings_empty().
 */
#ifndef DUYETD_RULES_FINDINGS_H
#define DUYETD_RULES_FINDINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "rules/input.h"
#include "rules/verdict.h"

enum { FINDINGS_VALUES = 8 };

struct findings {
	struct arena arena; /* the words of this comment's hits */
	struct hit *hit;
	size_t hit_count, hit_room;
	struct buf words; /* a message while it is filled */
	size_t first;	  /* where the hits of the rule in hand begin */
	int64_t values[FINDINGS_VALUES];
	bool failed; /* out of memory */
};

/* Forgets the last comment; forgets the last rule's values. */
void findings_empty(struct findings *findings);
void findings_begin(struct findings *findings);
void findings_free(struct findings *findings);

/* For a kind's match(). Values in the order of the rule's value_names. */
static inline void findings_value(struct findings *findings, size_t index, size_t value)
{
	findings->values[index] = (int64_t)value;
}
/* `count` glyphs from `first` of the input's field `field`; LIMIT_HITS_PER_RULE are kept. */
void findings_place(struct findings *findings, const struct input *input, const struct rule *rule,
		    size_t field, size_t first, size_t count, size_t term);

/*
 * Ends a rule that fails: gives its hits their message, and one hit without a place to a
 * rule that named none.
 */
void findings_fail(struct findings *findings, const struct rule *rule, enum outcome outcome);

/* What the rule in hand measured, in words; NULL when out of memory. */
const char *findings_summary(struct findings *findings, const struct rule *rule);

/* Those of all rules so far. */
const struct hit *findings_hits(const struct findings *findings, size_t *count);

#endif
