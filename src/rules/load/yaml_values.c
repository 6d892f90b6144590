#include "rules/load/yaml_values.h"

#include <inttypes.h>
#include <string.h>
#include "base/nearest.h"
#include "base/value.h"

/* A scalar's text, or NULL for what is none. */
static const char *scalar(struct node node)
{
	size_t len;

	return node_bytes(node, &len);
}

const char *node_string(struct node node)
{
	size_t len = 0;
	const char *string = node_bytes(node, &len);

	if (!node_given(node))
		return NULL;
	if (!string)
		node_problem(node, PROBLEM_ERROR, "this wants to be text");
	else if (!*string)
		node_problem(node, PROBLEM_ERROR, "this is empty");
	else if (strlen(string) != len)
		node_problem(node, PROBLEM_ERROR, "this holds a NUL character");
	else
		return string;
	return NULL;
}

bool node_number(struct node node, int64_t least, int64_t most, int64_t *number)
{
	const char *string = scalar(node);
	int64_t value;

	if (!node_given(node))
		return false;
	if (string && value_number(string, &value) && value >= least && value <= most) {
		*number = value;
		return true;
	}
	node_problem(node, PROBLEM_ERROR, "this wants to be a number from %" PRId64 " to %" PRId64,
		     least, most);
	return false;
}

/* Not strtod(): its decimal point changes with the locale. */
static bool read_share(const char *string, int64_t *thousandths)
{
	int64_t value = *string - '0', scale = 1000;

	if (value < 0 || value > 1 || (string[1] && (string[1] != '.' || !string[2])))
		return false;
	value *= scale;
	for (const char *digit = string[1] ? string + 2 : string + 1; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || scale == 1)
			return false;
		scale /= 10;
		value += scale * (*digit - '0');
	}
	*thousandths = value;
	return value <= 1000;
}

bool node_share(struct node node, int64_t *thousandths)
{
	const char *string = scalar(node);

	if (!node_given(node))
		return false;
	if (string && read_share(string, thousandths))
		return true;
	node_problem(node, PROBLEM_ERROR, "this wants to be a share from 0 to 1, such as 0.35");
	return false;
}

bool node_flag(struct node node, bool *flag)
{
	const char *string = scalar(node);

	if (!node_given(node))
		return false;
	if (string && value_flag(string, flag))
		return true;
	node_problem(node, PROBLEM_ERROR, "this wants to be true or false");
	return false;
}

bool node_choice(struct node node, const char *choices, int *choice)
{
	const char *string = scalar(node);

	if (!node_given(node))
		return false;
	if (string && value_choice(string, choices, choice))
		return true;
	node_problem(node, PROBLEM_ERROR, "this wants to be one of %s", choices);
	return false;
}

bool node_strings(struct node node)
{
	bool good = true;

	if (!node_given(node))
		return false;
	if (!node_is_list(node)) {
		node_problem(node, PROBLEM_ERROR, "this wants to be a list, such as [one, two]");
		return false;
	}
	for (size_t i = 0; i < node_count(node); i++)
		good = node_string(node_item(node, i)) && good;
	return good;
}

static bool is_among(const char *name, const char *const *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(name, known[i]))
			return true;
	return false;
}

static void check_key(struct node map, size_t index, const char *const *known, size_t count)
{
	struct node key = node_key(map, index);
	const char *name = node_string(key), *nearest;

	if (!name)
		return;
	for (size_t i = 0; i < index; i++)
		if (scalar(node_key(map, i)) && !strcmp(scalar(node_key(map, i)), name))
			node_problem(key, PROBLEM_ERROR, "\"%s\" is given twice", name);
	if (is_among(name, known, count))
		return;
	nearest = nearest_word(name, known, count);
	if (nearest)
		node_problem(key, PROBLEM_ERROR, "unknown key \"%s\"; did you mean \"%s\"?", name,
			     nearest);
	else
		node_problem(key, PROBLEM_ERROR, "unknown key \"%s\"", name);
}

void node_check_keys(struct node map, const char *const *known, size_t count)
{
	for (size_t i = 0; i < node_count(map); i++)
		check_key(map, i, known, count);
}
