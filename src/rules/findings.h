/*
 * Where a rule puts what it found on one comment: values that it measured, and places that
 * it objects to. One report serves rule after rule; hits gather until report_empty().
 */
#ifndef DUYETD_RULES_FINDINGS_H
#define DUYETD_RULES_FINDINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "rules/input.h"
#include "rules/verdict.h"

enum { REPORT_VALUES = 8 };

struct report {
	struct arena arena; /* the words of this comment's hits */
	struct buf hits;    /* of struct hit */
	struct buf words;   /* a message while it is filled */
	size_t first;	    /* where the hits of the rule in hand begin */
	int64_t values[REPORT_VALUES];
	bool failed; /* memory was out */
};

/* Forgets the last comment; forgets the last rule's values. */
void report_empty(struct report *report);
void report_begin(struct report *report);
void report_free(struct report *report);

/* For a kind's match(). Values in the order of the rule's value_names. */
static inline void report_value(struct report *report, size_t index, size_t value)
{
	report->values[index] = (int64_t)value;
}
/* `count` glyphs from `first` of the subject's field `field`; LIMIT_HITS_PER_RULE are kept. */
void report_place(struct report *report, const struct subject *subject, const struct rule *rule,
		  size_t field, size_t first, size_t count, size_t entry);

/*
 * Ends a rule that fails: gives its hits their message, and one hit without a place to a
 * rule that named none.
 */
void report_fail(struct report *report, const struct rule *rule, enum outcome outcome);

/* What the rule in hand measured, in words; NULL when memory is out. */
const char *report_told(struct report *report, const struct rule *rule);

/* Those of all rules so far. */
const struct hit *report_hits(const struct report *report, size_t *count);

#endif
