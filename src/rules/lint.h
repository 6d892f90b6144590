/*
 * What loads and may still be a mistake: reported as warnings, and as hints what could be
 * better. For `check`; the daemon does not ask.
 */
#ifndef DUYETD_RULES_LINT_H
#define DUYETD_RULES_LINT_H

#include "rules/problems.h"
#include "rules/ruleset.h"

void lint(const struct ruleset *rules, struct problems *problems);

#endif
