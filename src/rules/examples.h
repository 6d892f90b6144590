/* Tries every rule on its own examples, by itself. */
#ifndef DUYETD_RULES_EXAMPLES_H
#define DUYETD_RULES_EXAMPLES_H

#include "rules/problems.h"
#include "rules/ruleset.h"

/* Reports an error at each example that the rule judges otherwise than it says. */
void examples_try(const struct ruleset *rules, struct problems *problems);

#endif
