/*
 * The judgement: a pure function of (rules, comment). No Redis, no clock, no globals.
 *
 * A ruleset is immutable after loading, so threads may share it. A judge is the scratch memory of
 * one thread.
 */
#ifndef DUYETD_RULES_JUDGE_H
#define DUYETD_RULES_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"
#include "rules/comment.h"
#include "rules/verdict.h"

struct ruleset;
struct judge;

/* Returns NULL when out of memory. A judge may be used with any ruleset. */
struct judge *judge_new(void);
void judge_free(struct judge *judge);

/*
 * Judges one comment. Always returns a verdict: a comment that cannot be judged is rejected by the
 * built-in rule `malformed`, also when out of memory. The verdict is valid until the next call.
 */
const struct verdict *judge_comment(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment);

/*
 * A rule of the kind `repeat` needs to know how often a text was sent. judge_repeats() fills in
 * what the caller has to count for a comment, one element for each rule that counts it, and sets
 * `*count` to their number: 0 for a malformed comment. The caller puts the count of each element
 * into counts[element.index], leaves the others 0, and calls judge_counted(). REPEAT_UNKNOWN says
 * that counting failed. judge_repeats() returns false when out of memory: the caller then gives
 * REPEAT_UNKNOWN for all. judge_comment() is judge_counted() with nothing counted.
 */
enum { REPEAT_KEY = 24, REPEAT_UNKNOWN = -1 };
struct repeat {
	char key[REPEAT_KEY + 1]; /* a hash of the rule's name, its `by` and the text's letters */
	unsigned index, times;	  /* a count above `times` makes the rule fail */
	int64_t within_ms;	  /* how far back it counts */
};
bool judge_repeats(struct judge *judge, const struct ruleset *rules, const struct comment *comment,
		   struct repeat repeats[LIMIT_REPEAT_RULES], size_t *count);
const struct verdict *judge_counted(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment, const int64_t *counts);

/*
 * Applies one rule to one comment, for examples and for `explain`. Fills in its hits and, whether
 * it passes or not, what it measured as text (`words: 14, at least 10`). The result is valid until
 * the next call. A rule that does not apply to the comment passes, and its summary is empty.
 * Returns false when the comment is malformed, or with `out_of_memory` set.
 */
struct examination {
	bool applies, out_of_memory;
	enum outcome outcome;
	const struct hit *hits;
	size_t hit_count;
	const char *summary;
	const char *conditions; /* why the rule applies or not; empty for a rule without any */
};
bool judge_examine(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
		   const struct comment *comment, struct examination *examination);

#endif
