#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rules/kind/kind.h"
#include "rules/rule.h"
#include "rules/ruleset.h"

size_t ruleset_count(const struct ruleset *rules)
{
	return rules->rules;
}

size_t ruleset_repeats(const struct ruleset *rules)
{
	return rules->repeats;
}

const struct rule *ruleset_rule(const struct ruleset *rules, size_t index)
{
	return rules->rule[index];
}

size_t ruleset_terms(const struct ruleset *rules)
{
	return rules->terms;
}

const struct term *ruleset_term(const struct ruleset *rules, size_t index)
{
	return &rules->term[index];
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
	free(rules->rule);
	free(rules->term);
	free(rules);
}

/* The differences between two sets. */

static const struct rule *find(const struct ruleset *rules, const char *name)
{
	for (size_t i = 0; i < ruleset_count(rules); i++)
		if (!strcmp(ruleset_rule(rules, i)->name, name))
			return ruleset_rule(rules, i);
	return NULL;
}

static bool is_missing(const struct rule *rule, const struct rule *other)
{
	(void)rule;
	return !other;
}

static bool is_changed(const struct rule *rule, const struct rule *other)
{
	return other && strcmp(rule->digest, other->digest) != 0;
}

/* Appends `title=a,b`: the rules of `of` for which `so` holds, compared with the rule of the same
 * name in `against`. */
static void add_names(struct buf *line, const char *title, const struct ruleset *of,
		      const struct ruleset *against,
		      bool (*so)(const struct rule *, const struct rule *))
{
	bool begun = false;

	for (size_t i = 0; i < ruleset_count(of); i++) {
		const struct rule *rule = ruleset_rule(of, i);

		if (!so(rule, find(against, rule->name)))
			continue;
		if (begun)
			buf_printf(line, ",%s", rule->name);
		else
			buf_printf(line, "%s%s=%s", line->len ? " " : "", title, rule->name);
		begun = true;
	}
}

char *ruleset_diff(const struct ruleset *from, const struct ruleset *to)
{
	struct buf line = {0};

	buf_add_string(&line, "");
	add_names(&line, "added", to, from, is_missing);
	add_names(&line, "removed", from, to, is_missing);
	add_names(&line, "changed", to, from, is_changed);
	if (!line.failed)
		return line.data;
	buf_free(&line);
	return NULL;
}
