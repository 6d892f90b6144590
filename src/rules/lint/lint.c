#include "rules/lint/lint.h"

#include "rules/rule.h"

static void lint_rule(const struct rule *rule, struct problems *problems)
{
	if (!rule->example_count)
		problems_add(
			problems, PROBLEM_HINT, rule->place,
			"rule \"%s\" has no examples: they show what it is for, and catch slips",
			rule->name);
}

void lint(const struct ruleset *rules, struct problems *problems)
{
	for (size_t i = 0; i < ruleset_count(rules); i++)
		lint_rule(ruleset_rule(rules, i), problems);
	lint_phrases(rules, problems);
	lint_patterns(rules, problems);
}
