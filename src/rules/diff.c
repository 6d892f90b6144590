/* What changed from one set to another. */
#include <stdlib.h>
#include <string.h>
#include "rules/rule.h"

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

/* Appends `title=a,b`: the rules of `of` that are `so` against their namesake in `against`. */
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
