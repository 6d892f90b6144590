/* Tests each rule alone on its own examples. */
#ifndef DUYETD_RULES_EXAMPLES_H
#define DUYETD_RULES_EXAMPLES_H

#include "rules/problems.h"
#include "rules/ruleset.h"

/* Reports an error at each example whose result is not the expected one. */
void examples_try(const struct ruleset *rules, struct problems *problems);

#endif
