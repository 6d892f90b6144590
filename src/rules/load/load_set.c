/* A directory's files become a set of rules, compiled and tried on their own examples. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "rules/examples.h"
#include "rules/load/load_rule.h"
#include "rules/input.h"

static bool ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), ending_len = strlen(ending);

	return len > ending_len && !strcmp(name + len - ending_len, ending);
}

static int seems_rules(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return *name != '.' && (ends_in(name, ".yaml") || ends_in(name, ".yml"));
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
		node_problem(root, PROBLEM_ERROR, "this file wants to begin with rules:");
		return;
	}
	node_check_keys(root, known, 1);
	if (!node_is_list(rules))
		node_problem(node_given(rules) ? rules : root, PROBLEM_ERROR,
			     "rules: wants a list of rules, each begun by a dash");
	for (size_t i = 0; node_is_list(rules) && i < node_count(rules); i++)
		load_rule(loading, node_item(rules, i));
}

static void load_file(struct loading *loading, const char *name)
{
	struct buf bytes = {0};
	const char *path = load_bytes(loading, name, (struct place){0}, &bytes);
	struct source *source =
		path ? source_parse(path, buf_string(&bytes), bytes.len, loading->problems) : NULL;

	if (source)
		load_root(loading, source_root(source));
	source_free(source);
	buf_free(&bytes);
}

/* 1 where it is a file of rules; somebody may take a *.yml for one. */
static int load_if_rules(struct loading *loading, const char *name)
{
	if (ends_in(name, ".yaml")) {
		load_file(loading, name);
		return 1;
	}
	problems_add(loading->problems, PROBLEM_WARNING, (struct place){loading->directory, 0, 0},
		     "%s is not read: a file of rules is named *.yaml", name);
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
		complain(loading, "there is no *.yaml in this directory");
	else if (!ruleset_count(loading->set) && !problems_count(loading->problems, PROBLEM_ERROR))
		complain(loading, "there is no rule in its *.yaml");
}

/* Compiles what is banned; the builder is gone afterwards. */
static void compile(struct loading *loading)
{
	const char *why = "memory is out";

	if (!ruleset_entries(loading->set)) {
		scan_builder_free(loading->builder);
		return;
	}
	loading->set->scan = scan_compile(loading->builder, &why);
	if (!loading->set->scan)
		complain(loading, why);
}

static void load(struct loading *loading)
{
	digest_start(&loading->set_digest);
	load_files(loading);
	digest_finish(&loading->set_digest, loading->set->id);
	compile(loading);
	if (loading->set->scan || !ruleset_entries(loading->set))
		examples_try(loading->set, loading->problems);
}

struct ruleset *ruleset_load(const char *dir, struct problems *problems)
{
	struct loading loading = {.directory = dir, .problems = problems};

	loading.directory_handle = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (loading.directory_handle < 0) {
		complain(&loading, strerror(errno));
		return NULL;
	}
	loading.set = calloc(1, sizeof *loading.set);
	loading.builder = scan_builder_new();
	if (loading.set && loading.builder) {
		loading.set->fields[SUBJECT_TEXT] = "text";
		loading.set->field_count = 1;
		load(&loading);
	} else {
		complain(&loading, "memory is out");
		scan_builder_free(loading.builder);
	}
	close(loading.directory_handle);
	if (!problems_count(problems, PROBLEM_ERROR))
		return loading.set;
	ruleset_free(loading.set);
	return NULL;
}
