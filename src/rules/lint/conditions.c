#include "rules/lint/lint.h"

#include <string.h>
#include "base/suggest.h"
#include "rules/condition.h"
#include "rules/rule.h"

/* Fields that most sites send: a name close to one of them is probably meant for it. */
static const char *const usual[] = {"author", "name", "page", "role", "section", "text"};
enum { USUAL = sizeof usual / sizeof usual[0], SHORTEST_TYPO = 4 };

/* The number of conditions in the set that name a field. */
static size_t count_field(const struct ruleset *rules, const char *field)
{
	size_t count = 0;

	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct conditions *conditions = ruleset_rule(rules, i)->conditions;

		for (size_t k = 0; conditions && k < conditions->only.count; k++)
			count += !strcmp(conditions->only.condition[k].field, field);
		for (size_t k = 0; conditions && k < conditions->unless.count; k++)
			count += !strcmp(conditions->unless.condition[k].field, field);
	}
	return count;
}

/* A name that the set has twice is probably not misspelt. */
static void lint_field(const struct ruleset *rules, const struct condition *condition,
		       struct problems *problems)
{
	const char *field = condition->field;

	for (size_t i = 0; i < USUAL; i++)
		if (!strcmp(field, usual[i]))
			return;
	if (strlen(field) < SHORTEST_TYPO || count_field(rules, field) > 1)
		return;
	for (size_t i = 0; i < USUAL; i++)
		if (is_misspelt(field, usual[i]))
			problems_add(problems, PROBLEM_WARNING, condition->place,
				     "a field \"%s\": did you mean \"%s\"? Where comments do not "
				     "have the field, the condition never holds",
				     field, usual[i]);
}

/* Alternatives of which one includes the other. */
static void lint_values(const struct condition *condition, struct problems *problems)
{
	const struct condition_value *values = condition->values;

	for (size_t i = 0; i < condition->count; i++)
		for (size_t k = 0; k < condition->count; k++) {
			if (k > i && condition_all_numbers(&values[i], &values[k]))
				problems_add(problems, PROBLEM_WARNING, condition->place,
					     "%s or %s is every number: values of a list are "
					     "alternatives; for a range put the opposite of "
					     "one of them under unless:",
					     values[i].written, values[k].written);
			else if (k != i && condition_covers(&values[i], &values[k]) &&
				 (i < k || !condition_covers(&values[k], &values[i])))
				problems_add(problems, PROBLEM_WARNING, condition->place,
					     "%s is not needed: %s holds for it too",
					     values[k].written, values[i].written);
		}
}

/* Whether `unless` holds for every value for which `only` holds. */
static bool holds_always(const struct condition *unless, const struct condition_list *only)
{
	const struct condition *same = NULL;

	for (size_t i = 0; i < only->count; i++)
		if (!strcmp(only->condition[i].field, unless->field))
			same = &only->condition[i];
	for (size_t i = 0; same && i < same->count; i++) {
		size_t k = 0;

		while (k < unless->count && !condition_covers(&unless->values[k], &same->values[i]))
			k++;
		if (k == unless->count)
			return false;
	}
	return same;
}

static void lint_never(const struct rule *rule, struct problems *problems)
{
	const struct condition_list *unless = &rule->conditions->unless;

	for (size_t i = 0; i < unless->count; i++)
		if (!holds_always(&unless->condition[i], &rule->conditions->only))
			return;
	if (unless->count)
		problems_add(problems, PROBLEM_WARNING, unless->condition[0].place,
			     "rule \"%s\" never applies: its unless: holds wherever its only: does",
			     rule->name);
}

/* Whether an example under `miss` lacks the field. */
static bool is_shown(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->example_count; i++) {
		struct comment comment = {rule->examples[i].fields, rule->examples[i].field_count};

		if (!rule->examples[i].hit && !comment_field(&comment, name))
			return true;
	}
	return false;
}

static const char *negated_sign(const struct condition_value *value)
{
	static const char *const signs[] = {
		[CONDITION_LESS] = ">=",
		[CONDITION_AT_MOST] = ">",
		[CONDITION_MORE] = "<=",
		[CONDITION_AT_LEAST] = "<",
	};

	return value->test >= CONDITION_LESS ? signs[value->test] : NULL;
}

/* A missing number is seldom meant to let a comment pass: probably the site forgot to send it. */
static void lint_absence(const struct rule *rule, const struct condition *condition,
			 struct problems *problems)
{
	const char *sign = condition->count == 1 ? negated_sign(condition->values) : NULL;

	if (is_shown(rule, condition->field))
		return;
	if (sign && rule->conditions->only.count == 1 && !rule->conditions->unless.count)
		problems_add(problems, PROBLEM_WARNING, condition->place,
			     "rule \"%s\" does not apply to comments without the field \"%s\"; "
			     "unless: {%s: \"%s%.*s\"} does the same for all others, and applies "
			     "to these too",
			     rule->name, condition->field, condition->field, sign,
			     (int)condition->values->len, condition->values->bytes);
	else
		problems_add(problems, PROBLEM_HINT, condition->place,
			     "rule \"%s\" does not apply to comments without the field \"%s\"; "
			     "if that is meant, show it by an example under miss: without the "
			     "field",
			     rule->name, condition->field);
}

/* The field that the rule's `only` names, if the rule has no other condition. */
static const char *sole_field(const struct rule *rule)
{
	const struct conditions *conditions = rule->conditions;

	return conditions && conditions->only.count == 1 && !conditions->unless.count
		       ? conditions->only.condition->field
		       : NULL;
}

static void lint_pair(const struct rule *rule, const struct rule *earlier,
		      struct problems *problems)
{
	const char *field = sole_field(rule), *other = sole_field(earlier);

	if (strcmp(rule->body, earlier->body) != 0)
		return;
	if (field && other && !strcmp(field, other))
		problems_add(problems, PROBLEM_HINT, rule->place,
			     "rules \"%s\" and \"%s\" differ in nothing but the values of \"%s\": "
			     "one rule with a list of them does the same",
			     earlier->name, rule->name, field);
	else if (!rule->conditions && !earlier->conditions)
		problems_add(problems, PROBLEM_WARNING, rule->place,
			     "rules \"%s\" and \"%s\" are the same: one of them is enough",
			     earlier->name, rule->name);
	else if (!rule->conditions || !earlier->conditions)
		problems_add(
			problems, PROBLEM_WARNING, rule->place,
			"rules \"%s\" and \"%s\" are the same except for their conditions: the one "
			"without is enough",
			earlier->name, rule->name);
}

static void lint_rule(const struct ruleset *rules, const struct rule *rule,
		      struct problems *problems)
{
	const struct condition_list *only = &rule->conditions->only;
	const struct condition_list *unless = &rule->conditions->unless;

	for (size_t i = 0; i < only->count; i++) {
		lint_field(rules, &only->condition[i], problems);
		lint_values(&only->condition[i], problems);
		lint_absence(rule, &only->condition[i], problems);
	}
	for (size_t i = 0; i < unless->count; i++) {
		lint_field(rules, &unless->condition[i], problems);
		lint_values(&unless->condition[i], problems);
	}
	lint_never(rule, problems);
}

void lint_conditions(const struct ruleset *rules, struct problems *problems)
{
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		if (rule->conditions)
			lint_rule(rules, rule, problems);
		for (size_t k = 0; k < i; k++)
			lint_pair(rule, ruleset_rule(rules, k), problems);
	}
}
