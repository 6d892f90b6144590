/*
 * Rule sets: the rules of a directory, loaded, compiled, and tested on their own examples.
 *
 * This folder judges comments by rules. It knows the rules files, the kinds of rules and the
 * verdict. It may know text/, link/ and base/, and knows no Redis, no event loop and no clock.
 */
#ifndef DUYETD_RULES_RULESET_H
#define DUYETD_RULES_RULESET_H

#include <stddef.h>
#include "rules/judge.h"
#include "rules/problems.h"

/*
 * Loads the *.yaml files of DIR in the order of their names. Returns NULL on any error; `problems`
 * then has all errors with FILE:LINE:COL. On success it may have warnings. May run in any thread.
 * The caller owns the set; ruleset_free(NULL) does nothing.
 */
struct ruleset *ruleset_load(const char *dir, struct problems *problems);

/* As ruleset_load(), but returns the set also when the only errors are examples that fail. For
 * `check`, which then looks at the rest of it. */
struct ruleset *ruleset_load_to_check(const char *dir, struct problems *problems);
void ruleset_free(struct ruleset *rules);

/* The first 12 hex digits of the SHA-256 of the files and lists, in the order of loading. */
const char *ruleset_id(const struct ruleset *rules);

/* Rules in file order. */
size_t ruleset_count(const struct ruleset *rules);
/* How many of them are of the kind `repeat` (judge_repeats()). */
size_t ruleset_repeats(const struct ruleset *rules);
const struct rule *ruleset_rule(const struct ruleset *rules, size_t index);
const char *rule_name(const struct rule *rule);
const char *rule_kind(const struct rule *rule);
size_t rule_index(const struct rule *rule);

/* What happens when a rule fails: reject, hold, or (watch) only count it and show it. */
enum action { ACTION_REJECT, ACTION_HOLD, ACTION_WATCH };
enum action rule_action(const struct rule *rule);
const char *action_name(enum action action);

/* One phrase or pattern of a banned rule. Terms are numbered in the order of loading. */
enum term_kind { TERM_PHRASE, TERM_PATTERN, TERM_EXCEPT };
struct term {
	const struct rule *rule;
	enum term_kind kind;
	const char *string;
	unsigned flags; /* enum scan_flag */
	struct place place;
	const char *file; /* place.file relative to the rules directory */
	size_t index;	  /* its number */
};
size_t ruleset_terms(const struct ruleset *rules);
const struct term *ruleset_term(const struct ruleset *rules, size_t index);

/*
 * Returns the differences between two sets for a log line: `added=a,b removed=c changed=d`. Rules
 * are compared by name; a rule has changed when its keys or its lists have. Empty when there are
 * none, NULL when out of memory. The caller frees it.
 */
char *ruleset_diff(const struct ruleset *from, const struct ruleset *to);

#endif
