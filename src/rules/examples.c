#include "rules/examples.h"

#include <string.h>
#include "rules/rule.h"

/* The field that an example stands for: the first one that the rule looks into. */
static const char *example_field(const struct ruleset *rules, const struct rule *rule)
{
	size_t i = 0;

	while (i < rules->field_count && !(rule->fields >> i & 1))
		i++;
	return i < rules->field_count ? rules->fields[i] : "text";
}

static void complain(const struct rule *rule, const struct example *example,
		     const struct examination *found, struct problems *problems)
{
	const struct hit *hit = found->hits;

	if (example->hit)
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected a hit: rule \"%s\" lets this example pass (%s)", rule->name,
			     found->summary);
	else if (hit->field)
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected no hit: rule \"%s\" hits \"%.*s\" in this example",
			     rule->name, (int)hit->len, hit->field->value + hit->at);
	else
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected no hit: rule \"%s\" hits this example (%s)", rule->name,
			     hit->measured);
}

static void try(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
		const struct example *example, struct problems *problems)
{
	const char *name = example_field(rules, rule);
	struct field fields[] = {
		{name, example->text, strlen(name), strlen(example->text)},
		{"text", "-", 4, 1}, /* an example for another field wants a text beside it */
	};
	struct comment comment = {fields, strcmp(name, "text") ? 2 : 1};
	struct examination found;

	if (!judge_examine(judge, rules, rule, &comment, &found))
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "this example cannot be judged: it is malformed");
	else if ((found.outcome != OUTCOME_PASS) != example->hit)
		complain(rule, example, &found, problems);
}

void examples_try(const struct ruleset *rules, struct problems *problems)
{
	struct judge *judge = judge_new();

	if (!judge)
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "out of memory");
	for (size_t i = 0; judge && i < ruleset_count(rules); i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		for (size_t k = 0; rule->valid && k < rule->example_count; k++)
			try(judge, rules, rule, &rule->examples[k], problems);
	}
	judge_free(judge);
}
