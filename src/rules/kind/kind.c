#include "rules/kind/kind.h"

#include <string.h>
#include "base/suggest.h"

/* clang-format off */
const struct kind *const kinds[] = {
	&kind_length,
	&kind_diacritics,
	&kind_links,
	&kind_banned,
	&kind_noise,
	&kind_repeat,
	NULL,
};
/* clang-format on */

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; kinds[i]; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

static size_t field_number(struct loading *loading, const char *name)
{
	struct ruleset *set = loading->set;
	size_t i = 0;

	while (i < set->field_count && strcmp(set->fields[i], name) != 0)
		i++;
	if (i == set->field_count && i < LIMIT_LOOKED_FIELDS) {
		set->fields[i] = load_string(loading, name);
		set->field_count += set->fields[i] != NULL;
	}
	return i;
}

void kind_check_field(struct node node, const char *usual, const char *effect)
{
	const char *name = node_string(node);

	if (strlen(name) > 2 && is_misspelt(name, usual))
		node_problem(node, PROBLEM_WARNING, "a field \"%s\": did you mean \"%s\"? %s", name,
			     usual, effect);
}

void kind_load_fields(struct loading *loading, struct rule *rule, struct node node)
{
	static const char effect[] = "The rule looks into no field but those in this list";

	rule->fields = node_given(node) ? 0 : 1u << INPUT_TEXT;
	if (!node_strings(node))
		return;
	for (size_t i = 0; i < node_count(node); i++) {
		struct node item = node_item(node, i);
		size_t number = field_number(loading, node_string(item));

		kind_check_field(item, "text", effect);
		kind_check_field(item, "name", effect);
		if (number == LIMIT_LOOKED_FIELDS)
			node_problem(item, PROBLEM_ERROR,
				     "all rules together may look into at most %u fields",
				     LIMIT_LOOKED_FIELDS);
		else
			rule->fields |= 1u << number;
	}
	if (!node_count(node))
		node_problem(node, PROBLEM_ERROR, "this list is empty; leave it out for [text]");
}

size_t kind_count_different(const struct text *text, size_t most)
{
	uint64_t seen[KIND_MOST_DIFFERENT];
	size_t count = 0;

	for (size_t i = 0; i < text->words && count < most; i++) {
		uint64_t hash = word_hash(text, &text->word[i]);
		size_t k = 0;

		while (k < count && seen[k] != hash)
			k++;
		if (k == count)
			seen[count++] = hash;
	}
	return count;
}
