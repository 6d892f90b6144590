/* A directory: its files become a set of rules, compiled and tested on their examples. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/input.h"
#include "rules/load/loading.h"

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
		node_problem(root, PROBLEM_ERROR, "%sexpected rules: at the beginning of the file",
			     node_given(root) ? "" : "no rules in this file: ");
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

static int is_yaml(const struct dirent *file)
{
	return *file->d_name != '.' && ends_in(file->d_name, ".yaml");
}

static int is_folder(const struct dirent *file)
{
	return *file->d_name != '.' && file->d_type == DT_DIR;
}

/* Warns once of a folder with rules files: a copy was probably made one level too deep. */
static void check_folder(struct loading *loading, const char *folder)
{
	struct dirent **names;
	int count = scandirat(loading->directory_handle, folder, &names, is_yaml, by_bytes);

	if (count > 0)
		problems_add(loading->problems, PROBLEM_WARNING,
			     (struct place){loading->directory, 0, 0},
			     "%s/%s is not read: files of rules must be in this directory itself",
			     folder, names[0]->d_name);
	for (int i = 0; i < count; i++)
		free(names[i]);
	if (count >= 0)
		free(names);
}

static void check_folders(struct loading *loading)
{
	struct dirent **names;
	int count = scandirat(loading->directory_handle, ".", &names, is_folder, by_bytes);

	for (int i = 0; i < count; i++) {
		check_folder(loading, names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
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
	bool good = judge_examine(judge, rules, rule, &comment, &found);

	if (found.out_of_memory)
		problems_out_of_memory(problems);
	else if (!good)
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
		problems_out_of_memory(problems);
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
	check_folders(loading);
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
