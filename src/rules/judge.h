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
#include "rules/verdict.h"

struct ruleset;
struct judge;

/* Scratch for one thread. NULL when out of memory. May be used with any ruleset. */
struct judge *judge_new(void);
void judge_free(struct judge *judge);

/*
 * Judges one comment. Never fails to answer: a comment that cannot be judged is rejected
 * by the built-in rule `malformed`, and so is one for which out of memory. The verdict
 * lives until the judge's next comment.
 */
const struct verdict *judge_comment(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment);

/*
 * One rule by itself on one comment, for its examples and for explaining: its hits, and
 * what it measured in words (`14 words, at least 10`) whether it passes or not. Lives in
 * the judge as a verdict does. False for a comment that is malformed.
 */
struct examination {
	enum outcome outcome;
	const struct hit *hits;
	size_t hit_count;
	const char *summary;
};
bool judge_examine(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
		   const struct comment *comment, struct examination *examination);

#endif
