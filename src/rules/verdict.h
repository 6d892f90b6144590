/* The result of judging a comment: the decision, the rules that failed, and their hits. */
#ifndef DUYETD_RULES_VERDICT_H
#define DUYETD_RULES_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field;
struct rule;
struct term;

/* The result of one rule. */
enum outcome {
	OUTCOME_PASS,
	OUTCOME_FAIL,
	OUTCOME_BROKEN, /* the check could not be finished: counts as failing */
};

/* One reason why a rule fails. */
struct hit {
	const struct rule *rule;
	const struct field *field; /* that `at` refers to; NULL when the hit has no place */
	size_t at, len;		   /* bytes of the original field, on character boundaries */
	const char *measured;	   /* `words=3 at-least=10` when it has no place, else NULL */
	const char *message;	   /* of the rule, with {placeholders} filled in */
	const struct term *term;   /* the phrase or pattern that hit, else NULL */
};

enum decision { DECISION_APPROVE, DECISION_HOLD, DECISION_REJECT };

/* "approve", "hold", "reject". */
static inline const char *decision_name(enum decision decision)
{
	static const char *const names[] = {"approve", "hold", "reject"};

	return names[decision];
}

/* Valid until the next judge_comment() of the same judge. */
struct verdict {
	enum decision decision;
	const struct rule *const *failing; /* in file order; watch rules are not among them */
	size_t failing_count;
	const struct rule *const *watching; /* watch rules that hit, in file order */
	size_t watching_count;
	const struct hit *hits; /* grouped by rule in file order, including watch rules */
	size_t hit_count;
	const char *reason; /* what the commenter may be shown; "" when approved */
	size_t words, accented;
	/* Rules whose check could not be finished (a match limit), including watch rules. They are
	 * also in `failing` or `watching`. */
	const struct rule *const *broken;
	size_t broken_count;
	bool out_of_memory; /* not all was checked: stricter than the rules, never milder */
};

#endif
