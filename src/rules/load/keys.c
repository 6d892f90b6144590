/* The keys of every rule that have structured values: only:, unless: and examples:. */
#include <string.h>

#include "base/suggest.h"
#include "rules/condition.h"
#include "rules/input.h"
#include "rules/load/loading.h"

/* Conditions. */

static bool load_value(struct loading *loading, struct node node, struct condition_value *value)
{
	const char *string = node_string(node), *why;
	char *bytes = string ? load_alloc(loading, CONDITION_VALUE) : NULL;

	if (!bytes)
		return false;
	if (*string == '!' || *string == '=')
		node_problem(
			node, PROBLEM_WARNING, "\"%s\" is compared as it is written, with its %c%s",
			quote(string).text, *string,
			*string == '!' ? ": for \"not\" put the value under the other of only: "
					 "and unless:"
				       : "");
	why = condition_read(load_string(loading, string), bytes, value);
	if (why)
		node_problem(node, PROBLEM_ERROR, "\"%s\": %s", quote(string).text, why);
	return !why;
}

/* Appends the parts of a string such as `staff|editor`, as `staff, editor`. */
static void add_parts(struct buf *list, const char *string)
{
	string += strspn(string, ",;| ");
	while (*string) {
		size_t len = strcspn(string, ",;|"), end = len;

		while (end && string[end - 1] == ' ')
			end--;
		buf_add_string(list, list->len ? ", " : "");
		buf_add(list, string, end);
		string += len;
		string += strspn(string, ",;| ");
	}
}

/* `staff, editor` and `staff | editor` are probably meant as a list. One that is meant as it stands
 * is written as a list of one. */
static void check_one_value(struct node node)
{
	size_t len;
	const char *string = node_bytes(node, &len), *sign = string ? strpbrk(string, ",;|") : NULL;
	struct buf list = {0};

	if (!sign || *string == '<' || *string == '>')
		return;
	add_parts(&list, string);
	node_problem(node, PROBLEM_WARNING,
		     "\"%s\" is one value, with the \"%c\": for one of several values write a "
		     "list, [%s]; if the sign belongs to the value, write [\"%s\"]",
		     quote(string).text, *sign, quote(buf_string(&list)).text, quote(string).text);
	buf_free(&list);
}

static bool is_empty(struct node node)
{
	size_t len;

	return node_bytes(node, &len) && !len;
}

/* A value, or a list of them. */
static void load_values(struct loading *loading, struct node node, struct condition *condition)
{
	size_t count = node_is_list(node) ? node_count(node) : 1;
	struct condition_value *values = load_alloc(loading, (count + 1) * sizeof *values);

	if (!values)
		return;
	if (is_empty(node)) {
		node_problem(
			node, PROBLEM_ERROR,
			"no value: expected one, or a list of several, such as [staff, editor]");
		return;
	}
	for (size_t i = 0; i < count; i++)
		condition->count +=
			load_value(loading, node_is_list(node) ? node_item(node, i) : node,
				   &values[condition->count]);
	if (!count)
		node_problem(node, PROBLEM_ERROR, "this list is empty: expected values");
	if (!node_is_list(node))
		check_one_value(node);
	condition->values = values;
}

static void load_condition(struct loading *loading, struct node key, struct node value,
			   struct condition *condition)
{
	const char *field = node_string(key);

	condition->place = node_place(key);
	condition->field = field ? load_string(loading, field) : "?";
	if (field && !strcmp(field, "text"))
		node_problem(key, PROBLEM_ERROR,
			     "a condition cannot look at \"text\": expected another field of the "
			     "submission; for words in the text write a banned rule");
	load_values(loading, value, condition);
}

static void check_fields(struct node map)
{
	const char *names[LIMIT_FIELDS];
	size_t count = 0;

	for (size_t i = 0; i < node_count(map) && count < LIMIT_FIELDS; i++) {
		size_t len;
		const char *name = node_bytes(node_key(map, i), &len);

		if (name)
			names[count++] = name;
	}
	node_check_keys(map, names, count); /* reports fields that are given twice */
}

static void load_list(struct loading *loading, struct node map, struct condition_list *list)
{
	struct condition *conditions;

	if (!node_given(map))
		return;
	if (!node_is_map(map) || !node_count(map)) {
		node_problem(map, PROBLEM_ERROR,
			     "expected a map of fields and their values, such as {role: staff}");
		return;
	}
	check_fields(map);
	conditions = load_alloc(loading, node_count(map) * sizeof *conditions);
	if (!conditions)
		return;
	for (size_t i = 0; i < node_count(map); i++)
		load_condition(loading, node_key(map, i), node_value(map, i), &conditions[i]);
	*list = (struct condition_list){conditions, node_count(map)};
}

void load_conditions(struct loading *loading, struct rule *rule, struct node map)
{
	struct node only = node_get(map, "only"), unless = node_get(map, "unless");
	struct conditions *conditions;

	if (!node_given(only) && !node_given(unless))
		return;
	conditions = load_alloc(loading, sizeof *conditions);
	if (!conditions)
		return;
	load_list(loading, only, &conditions->only);
	load_list(loading, unless, &conditions->unless);
	rule->conditions = conditions;
}

/* Examples. */

/* The field of an example that is plain text: the first field that the rule reads. */
static const char *example_field(const struct loading *loading, const struct rule *rule)
{
	const struct ruleset *set = loading->set;
	size_t i = 0;

	while (i < set->field_count && !(rule->fields >> i & 1))
		i++;
	return i < set->field_count ? set->fields[i] : "text";
}

static bool set_field(struct loading *loading, struct field *field, const char *name,
		      const char *value)
{
	field->name = name && value ? load_string(loading, name) : NULL;
	field->value = field->name ? load_string(loading, value) : NULL;
	if (!field->value)
		return false;
	field->name_len = strlen(name);
	field->value_len = strlen(value);
	return true;
}

struct names {
	const char *list[LIMIT_FIELDS];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	if (names->count < LIMIT_FIELDS)
		names->list[names->count++] = name;
}

/* All fields that the rule or its conditions read. */
static void names_of(const struct ruleset *set, const struct rule *rule, struct names *names)
{
	const struct conditions *conditions = rule->conditions;

	add_name(names, "text");
	for (size_t i = 0; i < set->field_count; i++)
		if (rule->fields >> i & 1)
			add_name(names, set->fields[i]);
	for (size_t i = 0; conditions && i < conditions->only.count; i++)
		add_name(names, conditions->only.condition[i].field);
	for (size_t i = 0; conditions && i < conditions->unless.count; i++)
		add_name(names, conditions->unless.condition[i].field);
}

static bool is_among(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->list[i], name))
			return true;
	return false;
}

bool rule_reads(const struct ruleset *set, const struct rule *rule, const char *field)
{
	struct names names = {.count = 0};

	names_of(set, rule, &names);
	return is_among(&names, field);
}

/* An example may have fields that the rule does not read, to show that they do not matter. */
static void check_name(const struct loading *loading, const struct rule *rule, struct node key)
{
	struct names names = {.count = 0};
	const char *name = node_string(key), *nearest;

	if (!name)
		return;
	names_of(loading->set, rule, &names);
	nearest = is_among(&names, name) ? NULL : suggest_word(name, names.list, names.count);
	if (nearest)
		node_problem(key, PROBLEM_WARNING,
			     "the rule does not look at the field \"%s\"; did you mean \"%s\"?",
			     name, nearest);
}

/* {text: …, role: staff} */
static bool load_fields(struct loading *loading, const struct rule *rule, struct node map,
			struct field *fields, size_t *count)
{
	bool good = true;

	for (size_t i = 0; i < node_count(map); i++) {
		struct node key = node_key(map, i), value = node_value(map, i);

		check_name(loading, rule, key);
		good &= set_field(loading, &fields[(*count)++], node_string(key),
				  node_string(value));
	}
	return good;
}

static bool has_text(const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (field_is(&fields[i], "text"))
			return true;
	return false;
}

/* Adds the comment of the example. An example for another field also gets a text. */
static bool load_example(struct loading *loading, const struct rule *rule, struct node node,
			 struct example *example)
{
	size_t most = node_is_map(node) ? node_count(node) : 1, count = 0;
	struct field *fields = load_alloc(loading, (most + 1) * sizeof *fields);
	const char *name = example_field(loading, rule);
	bool good = fields;

	if (good && node_is_map(node))
		good = load_fields(loading, rule, node, fields, &count);
	else if (good)
		good = set_field(loading, &fields[count++], name, node_string(node));
	if (good && !has_text(fields, count))
		good = set_field(loading, &fields[count++], "text", "-");
	if (!good)
		return false;
	example->fields = fields;
	example->field_count = count;
	example->place = node_place(node);
	example->text = "";
	for (size_t i = 0; i < count; i++)
		if (field_is(&fields[i], name))
			example->text = fields[i].value;
	return true;
}

static size_t load_examples_of(struct loading *loading, const struct rule *rule, struct node list,
			       bool hit, struct example *examples)
{
	size_t count = 0;

	if (!node_given(list))
		return 0;
	if (!node_is_list(list)) {
		node_problem(list, PROBLEM_ERROR, "expected a list, such as [one, two]");
		return 0;
	}
	for (size_t i = 0; i < node_count(list); i++) {
		examples[count].hit = hit;
		count += load_example(loading, rule, node_item(list, i), &examples[count]);
	}
	return count;
}

void load_examples(struct loading *loading, struct rule *rule, struct node map)
{
	static const char *const known[] = {"hit", "miss"};
	struct node node = node_get(map, "examples");
	struct node hit = node_get(node, "hit"), miss = node_get(node, "miss");
	struct example *examples;

	if (!node_given(node))
		return;
	if (!node_is_map(node)) {
		node_problem(node, PROBLEM_ERROR, "expected hit: […] and miss: […] in examples:");
		return;
	}
	node_check_keys(node, known, 2);
	examples = load_alloc(loading, (node_count(hit) + node_count(miss) + 1) * sizeof *examples);
	if (!examples)
		return;
	rule->examples = examples;
	rule->example_count = load_examples_of(loading, rule, hit, true, examples);
	rule->example_count +=
		load_examples_of(loading, rule, miss, false, examples + rule->example_count);
}
