#include "command/decisions.h"

#include <hiredis/hiredis.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

/* What is replaced in a row. */
static const char *const names[] = {"verdict", "by", "via", "judged"};
enum name { VERDICT, BY, VIA, JUDGED, NAMES };

struct decision {
	char *key; /* entry and id of the comment */
	char *values[NAMES];
	bool written, with_text;
};

struct decisions {
	void *tree; /* of tsearch() */
};

/* The value of the field, or "". */
static const char *value_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (!strcmp(fields->element[i]->str, name))
			return fields->element[i + 1]->str;
	return "";
}

/* An entry's id has no blanks, so no two comments share a key. Returns NULL when out of memory. */
static char *make_key(const redisReply *fields)
{
	struct buf key = {0};

	buf_printf(&key, "%s %s", value_of(fields, "entry"), value_of(fields, "id"));
	if (key.failed)
		buf_free(&key);
	return key.data;
}

static int by_key(const void *one, const void *other)
{
	const struct decision *a = one, *b = other;

	return strcmp(a->key, b->key);
}

static void free_decision(void *argument)
{
	struct decision *decision = argument;

	for (size_t i = 0; i < NAMES; i++)
		free(decision->values[i]);
	free(decision->key);
	free(decision);
}

struct decisions *decisions_new(void)
{
	return calloc(1, sizeof(struct decisions));
}

void decisions_free(struct decisions *decisions)
{
	if (decisions)
		tdestroy(decisions->tree, free_decision);
	free(decisions);
}

static struct decision *find(const struct decisions *decisions, char *key)
{
	const struct decision wanted = {.key = key};
	void *const *found = key ? tfind(&wanted, &decisions->tree, by_key) : NULL;

	return found ? *found : NULL;
}

/* Takes ownership of the key. Returns NULL when out of memory. */
static struct decision *add(struct decisions *decisions, char *key)
{
	struct decision *decision = key ? calloc(1, sizeof *decision) : NULL;

	if (!decision) {
		free(key);
		return NULL;
	}
	decision->key = key;
	if (tsearch(decision, &decisions->tree, by_key))
		return decision;
	free_decision(decision);
	return NULL;
}

/* The last decision replaces an earlier one. `judged` is kept from the first that has it: it is
 * what the rules decided, before people did. */
static bool replace(struct decision *decision, const redisReply *fields)
{
	for (size_t i = 0; i < NAMES; i++) {
		const char *value = value_of(fields, names[i]);

		if (i == JUDGED && decision->values[i] && *decision->values[i])
			continue;
		free(decision->values[i]);
		decision->values[i] = strdup(value);
		if (!decision->values[i])
			return false;
	}
	return true;
}

bool decisions_add(struct decisions *decisions, const redisReply *fields)
{
	char *key = make_key(fields);
	struct decision *decision = find(decisions, key);

	if (decision)
		free(key);
	else
		decision = add(decisions, key);
	return decision && replace(decision, fields);
}

/* Writing rows. */

static bool is_replaced(const redisReply *name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (!strcmp(name->str, names[i]))
			return true;
	return false;
}

static void write_row(struct buf *lines, const redisReply *fields, char *const *values)
{
	for (size_t i = 0; i < NAMES; i++) {
		buf_printf(lines, "%c\"%s\":", i ? ',' : '{', names[i]);
		json_add_text(lines, values[i]);
	}
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		const redisReply *name = fields->element[i], *value = fields->element[i + 1];

		if (is_replaced(name))
			continue;
		buf_add_char(lines, ',');
		json_add_string(lines, name->str, name->len);
		buf_add_char(lines, ':');
		json_add_string(lines, value->str, value->len);
	}
	buf_add_string(lines, "}\n");
}

/* What the rules had decided: from a row that the daemon wrote, or else from the decision. */
static const char *judged(const redisReply *fields, const struct decision *decision)
{
	const char *by_rules = !strcmp(value_of(fields, "by"), "duyetd") ? "verdict" : "judged";
	const char *value = value_of(fields, by_rules);

	return *value ? value : decision->values[JUDGED];
}

bool decisions_write(struct decisions *decisions, struct buf *lines, const redisReply *fields)
{
	char *key = make_key(fields);
	struct decision *decision = find(decisions, key);
	bool has_text = *value_of(fields, "text");
	char *values[NAMES];

	lines->failed |= !key;
	free(key);
	if (!decision)
		return false;
	if (decision->written && (decision->with_text || !has_text))
		return true;
	decision->written = true;
	decision->with_text = has_text;
	memcpy(values, decision->values, sizeof values);
	values[JUDGED] = (char *)judged(fields, decision);
	write_row(lines, fields, values);
	return true;
}
