#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
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

/* Reads one rule, the common keys and those of its kind, and adds it to the set. */
static void load_rule(struct loading *loading, struct node map)
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

/* Loading a directory: its files become a set of rules, compiled and tested on their examples. */

static bool ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), ending_len = strlen(ending);

	return len > ending_len && !strcmp(name + len - ending_len, ending);
}

/* Rules files, and files that look like one. */
static int seems_rules(const struct dirent *file)
{
	const char *name = file->d_name;

	static const char *const endings[] = {".yaml", ".yml", ".yaml.txt", ".yml.txt", ".yam"};
	char small[256];
	size_t i = 0;

	for (; i < sizeof small - 1 && name[i]; i++)
		small[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	small[i] = '\0';
	for (i = 0; *name != '.' && i < sizeof endings / sizeof endings[0]; i++)
		if (ends_in(small, endings[i]))
			return 1;
	return 0;
}

static int by_bytes(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

static void complain(struct loading *loading, const char *why)
{
	problems_add(loading->problems, PROBLEM_ERROR, (struct place){loading->directory, 0, 0},
		     "%s", why);
}

static void load_root(struct loading *loading, struct node root)
{
	static const char *const known[] = {"rules"};
	struct node rules = node_get(root, "rules");

	if (!node_is_map(root)) {
		node_problem(root, PROBLEM_ERROR, "expected rules: at the beginning of the file");
		return;
	}
	node_check_keys(root, known, 1);
	if (node_given(rules) ? !node_is_list(rules) : node_lacks(root, "rules"))
		node_problem(node_given(rules) ? rules : root, PROBLEM_ERROR,
			     "expected a list of rules in rules:, each begun with a dash");
	for (size_t i = 0; node_is_list(rules) && i < node_count(rules); i++)
		load_rule(loading, node_item(rules, i));
}

static void load_file(struct loading *loading, const char *name)
{
	struct buf bytes = {0};
	const char *path = load_bytes(loading, name, (struct place){0}, &bytes);
	struct yaml_file *file =
		path ? yaml_file_parse(path, buf_string(&bytes), bytes.len, loading->problems)
		     : NULL;

	if (file)
		load_root(loading, yaml_file_root(file));
	yaml_file_free(file);
	buf_free(&bytes);
}

/* 1 if it is a rules file. Warns about names that are not read. */
static int load_if_rules(struct loading *loading, const char *name)
{
	if (ends_in(name, ".yaml")) {
		load_file(loading, name);
		return 1;
	}
	problems_add(loading->problems, PROBLEM_WARNING, (struct place){loading->directory, 0, 0},
		     "%s is not read: a file of rules is named *.yaml, in small letters", name);
	return 0;
}

static void load_files(struct loading *loading)
{
	struct dirent **names;
	int count = scandirat(loading->directory_handle, ".", &names, seems_rules, by_bytes);
	int files = 0;

	if (count < 0) {
		complain(loading, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		files += load_if_rules(loading, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (!files)
		complain(loading, "no *.yaml in this directory");
	else if (!ruleset_count(loading->set) && !problems_count(loading->problems, PROBLEM_ERROR))
		complain(loading, "no rules in its *.yaml");
}

/* Tests each rule alone on its own examples. */

/* Why the rule applies to an example that it must not hit: its conditions, or fields of the example
 * that it does not read. */
static void add_reason(struct buf *why, const struct ruleset *rules, const struct rule *rule,
		       const struct example *example, const struct examination *found)
{
	buf_printf(why, "%s%s", *found->conditions ? "; " : "", found->conditions);
	for (size_t i = 0; i < example->field_count; i++) {
		const struct field *field = &example->fields[i];

		if (!field_is(field, "text") && !rule_reads(rules, rule, field->name))
			buf_printf(why, "; the rule does not look at the field \"%s\"",
				   field->name);
	}
}

static void report_hit(const struct ruleset *rules, const struct rule *rule,
		       const struct example *example, const struct examination *found,
		       struct problems *problems)
{
	const struct hit *hit = found->hits;
	struct buf why = {0};

	add_reason(&why, rules, rule, example, found);
	if (hit->field)
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected no hit: rule \"%s\" hits \"%.*s\" in this example%s",
			     rule->name, (int)hit->len, hit->field->value + hit->at,
			     buf_string(&why));
	else
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected no hit: rule \"%s\" hits this example (%s)%s", rule->name,
			     hit->measured, buf_string(&why));
	buf_free(&why);
}

static void try_example(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
			const struct example *example, struct problems *problems)
{
	struct comment comment = {example->fields, example->field_count};
	struct examination found;

	if (!judge_examine(judge, rules, rule, &comment, &found))
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "this example cannot be judged: it is malformed");
	else if (!found.applies && example->hit)
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected a hit: rule \"%s\" does not apply to this example (%s)",
			     rule->name, found.conditions);
	else if (found.outcome == OUTCOME_PASS && example->hit)
		problems_add(problems, PROBLEM_ERROR, example->place,
			     "expected a hit: rule \"%s\" lets this example pass (%s)", rule->name,
			     found.summary);
	else if (found.outcome != OUTCOME_PASS && !example->hit)
		report_hit(rules, rule, example, &found, problems);
}

/* Reports an error at each example whose result is not the expected one. */
static void examples_try(const struct ruleset *rules, struct problems *problems)
{
	struct judge *judge = judge_new();

	if (!judge)
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "out of memory");
	for (size_t i = 0; judge && i < ruleset_count(rules); i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		for (size_t k = 0; rule->valid && k < rule->example_count; k++)
			try_example(judge, rules, rule, &rule->examples[k], problems);
	}
	judge_free(judge);
}

/* The largest patterns of a set, by atoms or by bytes. */
enum { LARGEST = 3 };
struct largest {
	struct {
		const struct term *term;
		size_t size;
	} pattern[LARGEST];
};

static void add_size(struct largest *largest, const struct term *term, size_t size)
{
	size_t i = LARGEST - 1;

	if (size <= largest->pattern[i].size)
		return;
	for (; i && largest->pattern[i - 1].size < size; i--)
		largest->pattern[i] = largest->pattern[i - 1];
	largest->pattern[i].term = term;
	largest->pattern[i].size = size;
}

static void complain_of(struct loading *loading, const struct largest *largest, const char *what,
			const char *measure)
{
	struct buf names = {0};

	assert(largest->pattern[0].term); /* too large together, so one has a size */
	for (size_t i = 0; i < LARGEST && largest->pattern[i].term; i++)
		buf_printf(&names, "%s%s:%zu (%zu)", i ? ", " : "", largest->pattern[i].term->file,
			   largest->pattern[i].term->place.line, largest->pattern[i].size);
	problems_add(loading->problems, PROBLEM_ERROR, largest->pattern[0].term->place,
		     "the patterns of all rules together are too large: they would take too much "
		     "%s; write words as phrases, use smaller counts, and remove patterns; the "
		     "largest, in %s: %s",
		     what, measure, buf_string(&names));
	buf_free(&names);
}

/* Whether all patterns together compile in some seconds, and into a bounded memory. */
static bool check_patterns(struct loading *loading)
{
	struct largest by_atoms = {{{NULL, 0}}}, by_bytes = {{{NULL, 0}}};
	size_t pattern = 0, work = 0;

	for (size_t i = 0; i < ruleset_terms(loading->set); i++) {
		const struct term *term = ruleset_term(loading->set, i);
		size_t atoms;

		if (term->kind != TERM_PATTERN)
			continue;
		atoms = scan_pattern_atoms(loading->builder, pattern);
		work += atoms * atoms;
		add_size(&by_atoms, term, atoms);
		add_size(&by_bytes, term, scan_pattern_bytes(loading->builder, pattern++));
	}
	if (work > LIMIT_HS_WORK)
		complain_of(loading, &by_atoms, "time to load",
			    "letters and classes with their counts written out");
	if (loading->pattern_bytes > LIMIT_PCRE2_BYTES)
		complain_of(loading, &by_bytes, "memory", "bytes when compiled");
	return work <= LIMIT_HS_WORK && loading->pattern_bytes <= LIMIT_PCRE2_BYTES;
}

/* Compiles the phrases and patterns, and frees the builder. */
static void compile(struct loading *loading)
{
	const char *why = "out of memory";

	if (!ruleset_terms(loading->set) || !check_patterns(loading)) {
		scan_builder_free(loading->builder);
		return;
	}
	loading->set->scan = scan_compile(loading->builder, &why);
	if (!loading->set->scan)
		complain(loading, why);
}

/* Returns whether there is no error. Examples that fail do not count. */
static bool load(struct loading *loading)
{
	bool good;

	digest_start(&loading->set_digest);
	load_files(loading);
	digest_finish(&loading->set_digest, loading->set->id, DIGEST_HEX);
	compile(loading);
	good = !problems_count(loading->problems, PROBLEM_ERROR);
	if (loading->set->scan || !ruleset_terms(loading->set))
		examples_try(loading->set, loading->problems);
	return good;
}

struct ruleset *ruleset_load_to_check(const char *dir, struct problems *problems)
{
	struct loading loading = {.directory = dir, .problems = problems};
	bool good = false;

	loading.directory_handle = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (loading.directory_handle < 0) {
		complain(&loading, strerror(errno));
		return NULL;
	}
	loading.set = calloc(1, sizeof *loading.set);
	loading.builder = scan_builder_new();
	if (loading.set && loading.builder) {
		loading.set->fields[INPUT_TEXT] = "text";
		loading.set->field_count = 1;
		good = load(&loading);
	} else {
		complain(&loading, "out of memory");
		scan_builder_free(loading.builder);
	}
	close(loading.directory_handle);
	if (good)
		return loading.set;
	ruleset_free(loading.set);
	return NULL;
}

struct ruleset *ruleset_load(const char *dir, struct problems *problems)
{
	struct ruleset *rules = ruleset_load_to_check(dir, problems);

	if (!problems_count(problems, PROBLEM_ERROR))
		return rules;
	ruleset_free(rules);
	return NULL;
}
