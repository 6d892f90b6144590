#include "rules/load/loading.h"

#include <string.h>
#include "base/read_file.h"
#include "rules/input.h"

/* Memory and files. */

void load_out_of_memory(struct loading *loading)
{
	problems_add(loading->problems, PROBLEM_ERROR, (struct place){loading->directory, 0, 0},
		     "memory is out");
}

void *load_alloc(struct loading *loading, size_t size)
{
	void *memory = arena_alloc(&loading->set->arena, size);

	if (!memory)
		load_out_of_memory(loading);
	return memory;
}

const char *load_string(struct loading *loading, const char *string)
{
	const char *copy = arena_copy(&loading->set->arena, string, strlen(string));

	if (!copy)
		load_out_of_memory(loading);
	return copy;
}

/* DIRECTORY/NAME; an absolute name stands for itself. */
static const char *join(struct loading *loading, const char *name)
{
	struct buf path = {0};
	const char *joined;

	if (*name == '/')
		return load_string(loading, name);
	buf_printf(&path, "%s/%s", loading->directory, name);
	joined = load_string(loading, buf_string(&path));
	buf_free(&path);
	return joined;
}

const char *load_bytes(struct loading *loading, const char *name, struct place asked_at,
		       struct buf *bytes)
{
	const char *path = join(loading, name), *why;

	if (!path)
		return NULL;
	why = read_file(loading->directory_handle, name, LIMIT_RULES_BYTES, bytes);
	if (why && asked_at.line)
		problems_add(loading->problems, PROBLEM_ERROR, asked_at, "cannot read %s: %s", path,
			     why);
	else if (why)
		problems_add(loading->problems, PROBLEM_ERROR, (struct place){path, 0, 0},
			     "cannot read it: %s", why);
	if (why)
		return NULL;
	digest_part(&loading->set_digest, bytes->data, bytes->len);
	return path;
}

/* The key that several kinds take. */

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

void load_fields(struct loading *loading, struct rule *rule, struct node node)
{
	rule->fields = node_given(node) ? 0 : 1u << INPUT_TEXT;
	if (!node_strings(node))
		return;
	for (size_t i = 0; i < node_count(node); i++) {
		struct node item = node_item(node, i);
		size_t number = field_number(loading, node_string(item));

		if (number == LIMIT_LOOKED_FIELDS)
			node_problem(item, PROBLEM_ERROR,
				     "all rules together may look into %u fields, and no more",
				     LIMIT_LOOKED_FIELDS);
		else
			rule->fields |= 1u << number;
	}
	if (!node_count(node))
		node_problem(node, PROBLEM_ERROR, "this list is empty; leave it out for [text]");
}
