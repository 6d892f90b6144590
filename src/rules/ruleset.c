#include "rules/ruleset.h"

#include <stdlib.h>
#include "rules/kind/kind.h"

size_t ruleset_count(const struct ruleset *rules)
{
	return rules->rules.len / sizeof(struct rule *);
}

const struct rule *ruleset_rule(const struct ruleset *rules, size_t index)
{
	return ((const struct rule *const *)(const void *)rules->rules.data)[index];
}

size_t ruleset_entries(const struct ruleset *rules)
{
	return rules->entries.len / sizeof(struct entry);
}

const struct entry *ruleset_entry(const struct ruleset *rules, size_t index)
{
	return (const struct entry *)(const void *)rules->entries.data + index;
}

const char *ruleset_id(const struct ruleset *rules)
{
	return rules->id;
}

const char *rule_name(const struct rule *rule)
{
	return rule->name;
}

const char *rule_kind(const struct rule *rule)
{
	return rule->kind ? rule->kind->name : "built-in";
}

size_t rule_index(const struct rule *rule)
{
	return rule->index;
}

enum action rule_action(const struct rule *rule)
{
	return rule->action;
}

const char *action_name(enum action action)
{
	static const char *const names[] = {"reject", "hold", "watch"};

	return names[action];
}

void ruleset_free(struct ruleset *rules)
{
	if (!rules)
		return;
	scan_free(rules->scan);
	arena_free(&rules->arena);
	buf_free(&rules->rules);
	buf_free(&rules->entries);
	free(rules);
}
