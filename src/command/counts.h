/*
 * Counts of how a rule set decides many comments: by decision, rule and term, and how well they
 * agree with people's decisions. Each thread has its own, merged at the end.
 */
#ifndef DUYETD_COMMAND_COUNTS_H
#define DUYETD_COMMAND_COUNTS_H

#include <stdbool.h>
#include <stdint.h>
#include "command/json_comment.h"
#include "rules/ruleset.h"

enum { DECISIONS = DECISION_REJECT + 1 };

struct hit_counts {
	uint64_t hits;
	uint64_t alone;	    /* of them, those that no other rule hits */
	uint64_t good, bad; /* of them, those that a person approved, and rejected */
};

struct counts {
	const struct ruleset *rules; /* NULL: only decisions are counted */
	uint64_t comments, decisions[DECISIONS];
	uint64_t good, bad;	   /* comments that a person approved, and rejected */
	struct hit_counts decided; /* all that were not approved, as if by one rule */
	struct hit_counts malformed;
	struct hit_counts *rule; /* one a rule, in file order */
	uint64_t *term;		 /* hits of each phrase and pattern */
};

/* Returns false when out of memory. */
bool counts_begin(struct counts *counts, const struct ruleset *rules);
void counts_end(struct counts *counts);

void counts_add(struct counts *counts, const struct verdict *verdict, enum label label);
/* The same for a past decision whose rules are not known; for counts without rules. */
void counts_add_decision(struct counts *counts, enum decision decision, enum label label);
/* Adds what `other`, of the same rules, has counted. */
void counts_merge(struct counts *counts, const struct counts *other);

/* `part` of `count`, and its 95 % interval by Wilson (1927), which is valid for few cases and for
 * shares near 0 and 1 too. All are 0 to 1. When `count` is 0: the share is 0, from 0 to 1. */
struct share {
	uint64_t count;
	double share, low, high;
};
struct share share_of(uint64_t part, uint64_t count);

#endif
