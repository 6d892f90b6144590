/*
 * The rules of a directory, loaded, compiled and tried on their own examples.
 *
 * This folder knows what ops write (the files, the kinds of rule) and what it means (the
 * verdict). It asks text/ what a comment's text is, and knows no Redis, loop or clock.
 */
#ifndef DUYETD_RULES_RULESET_H
#define DUYETD_RULES_RULESET_H

#include <stddef.h>
#include "rules/judge.h"
#include "rules/problems.h"

/*
 * Loads DIR's *.yaml in name order. On any error the answer is NULL and `problems` says
 * FILE:LINE:COL and what to do, for every error and not only the first; warnings may be
 * there on success too. May run in any thread: it shares nothing but what it returns.
 * The caller owns the set; ruleset_free(NULL) does nothing.
 */
struct ruleset *ruleset_load(const char *dir, struct problems *problems);
void ruleset_free(struct ruleset *rules);

/* First 12 hex digits of the SHA-256 of the rules as loaded (files and lists, in order). */
const char *ruleset_id(const struct ruleset *rules);

/* Rules in file order. */
size_t ruleset_count(const struct ruleset *rules);
const struct rule *ruleset_rule(const struct ruleset *rules, size_t index);
const char *rule_name(const struct rule *rule);
const char *rule_kind(const struct rule *rule);
size_t rule_index(const struct rule *rule);

/* What a rule's failing does: reject, hold, or nothing but be counted and shown. */
enum action { ACTION_REJECT, ACTION_HOLD, ACTION_WATCH };
enum action rule_action(const struct rule *rule);
const char *action_name(enum action action);

/* A term: one phrase or pattern of a banned rule. Numbered in the order they were read; a
 * hit's `term` is this number. */
enum term_kind { TERM_PHRASE, TERM_PATTERN, TERM_EXCEPT };
struct term {
	const struct rule *rule;
	enum term_kind kind;
	const char *string;
	unsigned flags; /* enum scan_flag */
	struct place place;
};
size_t ruleset_terms(const struct ruleset *rules);
const struct term *ruleset_term(const struct ruleset *rules, size_t index);

/*
 * What changed from one set to another, for a log line, as `added=a,b removed=c
 * changed=d`: a rule is known by its name, and changed where anything it says is, its
 * lists included. Empty where nothing did. The caller frees it; NULL when out of memory.
 */
char *ruleset_diff(const struct ruleset *from, const struct ruleset *to);

#endif
