/*
 * The judgement: a pure function of (rules, comment). No Redis, no clock, no globals.
 *
 * A ruleset is immutable once loaded and may be shared by threads; a judge is the scratch
 * memory of one thread.
 */
#ifndef DUYETD_RULES_JUDGE_H
#define DUYETD_RULES_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include "rules/comment.h"
#include <stdint.h>

struct ruleset;
struct rule;
struct judge;

enum decision { DECISION_APPROVE, DECISION_HOLD, DECISION_REJECT };

/* "approve", "hold", "reject". */
const char *decision_name(enum decision decision);

/* One thing that a rule objects to. */
struct hit {
	const struct rule *rule;
	const struct field *field; /* whose bytes `at` counts; NULL where the hit has no place */
	size_t at, len;		   /* bytes of the original field, on character boundaries */
	const char *measured;	   /* `words=3 at-least=10` where it has no place, else NULL */
	const char *message;	   /* the rule's message with its {...} filled in */
	size_t entry;		   /* the set's phrase or pattern that was found, else NO_ENTRY */
};
#define NO_ENTRY SIZE_MAX

/* Everything here lives in the judge until its next judge_comment(). */
struct verdict {
	enum decision decision;
	const struct rule *const *failing; /* in file order; watch rules are not among them */
	size_t failings;
	const struct rule *const *watching; /* watch rules that hit, in file order */
	size_t watchings;
	const struct hit *hits; /* grouped by rule in file order, watch rules' included */
	size_t hit_count;
	const char *reason; /* what the commenter may be shown; "" when approved */
	size_t words, marked;
	/* Rules whose check could not be finished (a match limit), watch rules too: worth a log
	 * line. They are among the failing or the watching as well. */
	const struct rule *const *broken;
	size_t broken_count;
};

/* Scratch for one thread. NULL without memory. May be used with any ruleset. */
struct judge *judge_new(void);
void judge_free(struct judge *judge);

/*
 * Judges one comment. Never fails to answer: a comment that cannot be judged is rejected
 * by the built-in rule `malformed`, and so is one for which memory is out.
 */
const struct verdict *judge_comment(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment);

/* What one rule says of a comment. */
enum outcome {
	OUTCOME_PASS,
	OUTCOME_FAIL,
	OUTCOME_BROKEN, /* the check could not be finished: counts as failing */
};

/*
 * One rule by itself on one comment, for its examples and for explaining: its hits, and
 * what it measured in words (`14 words, at least 10`) whether it passes or not. Lives in
 * the judge as a verdict does. False for a comment that is malformed.
 */
struct examination {
	enum outcome outcome;
	const struct hit *hits;
	size_t hit_count;
	const char *told;
};
bool judge_examine(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
		   const struct comment *comment, struct examination *examination);

#endif
