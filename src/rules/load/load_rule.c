/* One rule: the keys of every rule, and those of its kind. */
#include <assert.h>
#include <string.h>

#include "base/grow.h"
#include "rules/findings.h"
#include "rules/input.h"
#include "rules/kind/kind.h"
#include "rules/message.h"

static const char *const common_keys[] = {"name",   "kind",    "action",  "only",
					  "unless", "message", "examples"};
enum { COMMON_KEYS = sizeof common_keys / sizeof common_keys[0], MOST_KEYS = 32 };

static void check_rule_keys(struct node map, const struct kind *kind)
{
	const char *known[MOST_KEYS];
	size_t count = COMMON_KEYS;

	memcpy(known, common_keys, sizeof common_keys);
	for (size_t i = 0; kind->keys[i] && count < MOST_KEYS; i++)
		known[count++] = kind->keys[i];
	node_check_keys(map, known, count);
}

static const struct rule *find_rule(const struct ruleset *set, const char *name)
{
	for (size_t i = 0; i < ruleset_count(set); i++)
		if (!strcmp(rule_name(ruleset_rule(set, i)), name))
			return ruleset_rule(set, i);
	return NULL;
}

static bool is_plain_name(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return strlen(name) <= LIMIT_NAME_BYTES && !name[strspn(name, plain)];
}

/* Names go into comma-separated lists, hashes and metric labels. */
static void load_name(struct loading *loading, struct rule *rule, struct node map)
{
	struct node node = node_get(map, "name");
	const char *name = node_string(node);
	const struct rule *other = name ? find_rule(loading->set, name) : NULL;

	rule->name = "?";
	rule->place = node_place(node_given(node) ? node : map);
	if (node_lacks(map, "name"))
		node_problem(map, PROBLEM_ERROR, "this rule has no \"name:\"");
	if (!name)
		return;
	if (!is_plain_name(name))
		node_problem(
			node, PROBLEM_ERROR,
			"invalid name \"%s\": expected at most %u ASCII letters, digits, -, _ and .",
			quote(name).text, LIMIT_NAME_BYTES);
	else if (!strcmp(name, rule_name(&rule_malformed)))
		node_problem(node, PROBLEM_ERROR,
			     "\"%s\" is the name of the built-in rule; choose another", name);
	else if (other)
		node_problem(node, PROBLEM_ERROR, "rule \"%s\" already exists, at %s:%zu", name,
			     other->place.file, other->place.line);
	else
		rule->name = load_string(loading, name);
}

static void load_message(struct loading *loading, struct rule *rule, struct node map)
{
	struct node node = node_get(map, "message");
	const char *message = node_string(node);
	struct buf why = {0};

	if (node_lacks(map, "message"))
		node_problem(map, PROBLEM_ERROR, "this rule has no \"message:\"");
	if (!message)
		return;
	node_check_quotes(node);
	rule->message = message_compile(&loading->set->arena, message, rule->value_names,
					rule->value_count, &why);
	if (!rule->message && why.len)
		node_problem(node, PROBLEM_ERROR, "%s", buf_string(&why));
	else if (!rule->message)
		load_out_of_memory(loading);
	buf_free(&why);
}

static void load_summary(struct loading *loading, struct rule *rule)
{
	struct buf why = {0};

	rule->summary_message = message_compile(&loading->set->arena, rule->summary,
						rule->value_names, rule->value_count, &why);
	if (!rule->summary_message)
		load_out_of_memory(loading);
	buf_free(&why);
}

static const struct kind *load_kind(struct node map)
{
	struct node node = node_get(map, "kind");
	const char *name = node_string(node);
	const struct kind *kind = name ? kind_find(name) : NULL;
	struct buf known = {0};

	for (size_t i = 0; kinds[i]; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", kinds[i]->name);
	if (!node_given(node))
		node_problem(map, PROBLEM_ERROR, "this rule has no \"kind:\": expected one of %s",
			     buf_string(&known));
	else if (name && !kind)
		node_problem(node, PROBLEM_ERROR, "unknown kind \"%s\": expected one of %s",
			     quote(name).text, buf_string(&known));
	buf_free(&known);
	return kind;
}

/* Adds all keys and values of the rule, so that any change gives another digest. Stops at a depth
 * that no rule has: with an alias, a list may contain itself. */
static void digest_node(struct digest *digest, struct node node, int depth)
{
	size_t len = 0;
	const char *bytes = node_bytes(node, &len);

	if (depth > 8)
		return;
	digest_part(digest, node_is_map(node) ? "{" : node_is_list(node) ? "[" : "s", 1);
	digest_part(digest, bytes, len);
	for (size_t i = 0; i < node_count(node); i++) {
		if (node_is_map(node))
			digest_node(digest, node_key(node, i), depth + 1);
		digest_node(digest, node_is_map(node) ? node_value(node, i) : node_item(node, i),
			    depth + 1);
	}
	digest_part(digest, "", 0);
}

/* Two rules with the same body differ only in name, conditions and examples. */
static void digest_body(struct rule *rule, struct node map)
{
	static const char *const apart[] = {"name", "only", "unless", "examples"};
	struct digest digest;

	digest_start(&digest);
	for (size_t i = 0; i < node_count(map); i++) {
		size_t len = 0, k = 0;
		const char *key = node_bytes(node_key(map, i), &len);

		while (key && k < sizeof apart / sizeof apart[0] && strcmp(key, apart[k]) != 0)
			k++;
		if (k < sizeof apart / sizeof apart[0])
			continue;
		digest_part(&digest, key, len);
		digest_node(&digest, node_value(map, i), 0);
	}
	digest_finish(&digest, rule->body, DIGEST_HEX);
}

static void load_keys(struct loading *loading, struct rule *rule, struct node map)
{
	int action = ACTION_REJECT;

	load_name(loading, rule, map);
	node_choice(node_get(map, "action"), "reject|hold|watch", &action);
	rule->action = (enum action)action;
	rule->fields = 1u << INPUT_TEXT;
	rule->kind = load_kind(map);
	if (!rule->kind)
		return;
	check_rule_keys(map, rule->kind);
	rule->kind->load(loading, rule, map);
	assert(rule->value_count <= FINDINGS_VALUES);
	load_message(loading, rule, map);
	if (rule->summary)
		load_summary(loading, rule);
	load_conditions(loading, rule, map);
	if (rule->kind->no_examples && node_given(node_get(map, "examples")))
		node_problem(node_get(map, "examples"), PROBLEM_ERROR,
			     "a %s rule has no examples: it depends on other comments",
			     rule->kind->name);
	else
		load_examples(loading, rule, map);
}

void load_rule(struct loading *loading, struct node map)
{
	size_t errors = problems_count(loading->problems, PROBLEM_ERROR);
	struct rule *rule;

	if (!node_is_map(map)) {
		node_problem(map, PROBLEM_ERROR,
			     "expected a rule, a map with name:, kind: and so on");
		return;
	}
	rule = load_alloc(loading, sizeof *rule);
	if (!rule)
		return;
	rule->index = (unsigned)ruleset_count(loading->set);
	digest_start(&loading->rule_digest);
	digest_node(&loading->rule_digest, map, 0);
	digest_body(rule, map);
	load_keys(loading, rule, map);
	digest_finish(&loading->rule_digest, rule->digest, DIGEST_HEX);
	rule->valid = problems_count(loading->problems, PROBLEM_ERROR) == errors;
	if (grow(loading->set->rule, loading->set->rules + 1, &loading->set->rule_room))
		loading->set->rule[loading->set->rules++] = rule;
	else
		load_out_of_memory(loading);
}
