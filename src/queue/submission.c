#include "queue/submission.h"

#include <string.h>
#include "base/escape.h"
#include "base/limits.h"

static bool is_named(const struct field *field, const char *name)
{
	return field->name_len == strlen(name) && !memcmp(field->name, name, field->name_len);
}

static size_t times(const struct comment *comment, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < comment->count; i++)
		count += is_named(&comment->fields[i], name);
	return count;
}

const struct field *submission_id(const struct comment *comment, const char **why)
{
	const struct field *id = comment_field(comment, "id");

	if (!id)
		*why = "it has no field id: nobody can be told a verdict";
	else if (!id->value_len)
		*why = "its id is empty";
	else if (id->value_len > LIMIT_ID_BYTES)
		*why = "its id is longer than 256 bytes";
	else if (escape_needed(id->value, id->value_len))
		*why = "its id has control characters or is not UTF-8";
	else if (times(comment, "id") > 1)
		*why = "it has the field id more than once: which comment is meant is unclear";
	else
		return id;
	return NULL;
}

bool submission_wants_reply(const struct comment *comment)
{
	return comment_field(comment, "reply") != NULL;
}

static bool is_ours(const struct field *field)
{
	static const char *const names[] = {"verdict", "rules",	  "reason", "entry", "ruleset",
					    "by",      "matches", "held",   "note",  "judged"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (is_named(field, names[i]))
			return true;
	return false;
}

static void add_name(struct resp *command, const struct field *field)
{
	char name[32] = "submitted:";
	size_t len = strlen(name);

	if (!is_ours(field)) {
		resp_add(command, field->name, field->name_len);
		return;
	}
	memcpy(name + len, field->name, field->name_len); /* one of the names above */
	resp_add(command, name, len + field->name_len);
}

void submission_fields(struct resp *command, const struct comment *comment)
{
	size_t kept = comment->count < LIMIT_FIELDS ? comment->count : LIMIT_FIELDS, ids = 0;

	for (size_t i = 0; i < kept; i++)
		ids += is_named(&comment->fields[i], "id");
	resp_number(command, (int64_t)(kept - ids));
	for (size_t i = 0; i < kept; i++) {
		const struct field *field = &comment->fields[i];

		if (is_named(field, "id"))
			continue;
		add_name(command, field);
		resp_add(command, field->value, field->value_len);
	}
}
