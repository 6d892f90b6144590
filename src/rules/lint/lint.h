/*
 * What loads and may still be a mistake: reported as warnings, and as hints what could be
 * better. For `check`; the daemon does not use it. Compiles the rules' phrases once more, and
 * tries each pattern on texts made to be hard for it, within a budget.
 *
 * This folder knows rule sets and the matching engine. It changes no rule and no verdict.
 */
#ifndef DUYETD_RULES_LINT_LINT_H
#define DUYETD_RULES_LINT_LINT_H

#include "rules/problems.h"
#include "rules/ruleset.h"

/* All of what follows, but for lint_everyday(). */
void lint(const struct ruleset *rules, struct problems *problems);

/* Phrases that are another again or lie within its reach; excepts that except nothing, or
 * all there is. */
void lint_phrases(const struct ruleset *rules, struct problems *problems);

/* Patterns that match nothing at all, that libhs cannot take, that backtrack badly. */
void lint_patterns(const struct ruleset *rules, struct problems *problems);

/*
 * What hits ordinary Vietnamese: each line of the file (as of a word list) is a sentence
 * that nobody should object to. False, with the problem reported, where it cannot be read.
 */
bool lint_everyday(const struct ruleset *rules, const char *path, struct problems *problems);

#endif
