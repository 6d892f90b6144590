#include "queue/submission.h"

#include <string.h>
#include "base/escape.h"
#include "base/limits.h"

bool submission_has_twice(const struct comment *comment, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < comment->count; i++)
		count += field_is(&comment->fields[i], name);
	return count > 1;
}

const struct field *submission_id(const struct comment *comment, const char **why)
{
	const struct field *id = comment_field(comment, "id");

	if (!id && comment->count > LIMIT_FIELDS)
		*why = "the first 256 fields have no field id";
	else if (!id)
		*why = "the field id is missing";
	else if (!id->value_len)
		*why = "the field id is empty";
	else if (id->value_len > LIMIT_ID_BYTES)
		*why = "the field id is longer than 256 bytes";
	else if (escape_needed(id->value, id->value_len))
		*why = "the field id has control or invisible characters or is not UTF-8";
	else if (submission_has_twice(comment, "id"))
		*why = "the field id is given more than once";
	else
		return id;
	return NULL;
}

bool submission_wants_reply(const struct comment *comment)
{
	return comment_field(comment, "reply") != NULL;
}

/* Put before a submission's field that has the name of one that the daemon adds. */
static const char prefix[] = "submitted:";
enum { PREFIX_LEN = sizeof prefix - 1 };

static bool is_ours(const struct field *field)
{
	static const char *const names[] = {"verdict", "rules",	 "reason",  "entry",
					    "ruleset", "by",	 "matches", "held",
					    "note",    "judged", "via",	    "judged-on"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (field_is(field, names[i]))
			return true;
	return false;
}

static void add_name(struct resp *command, const struct field *field)
{
	char name[32];

	if (!is_ours(field)) {
		resp_add(command, field->name, field->name_len);
		return;
	}
	memcpy(name, prefix, PREFIX_LEN);
	memcpy(name + PREFIX_LEN, field->name, field->name_len); /* one of the names above */
	resp_add(command, name, PREFIX_LEN + field->name_len);
}

void submission_fields(struct resp *command, const struct comment *comment)
{
	size_t kept = comment->count < LIMIT_FIELDS ? comment->count : LIMIT_FIELDS, ids = 0;

	for (size_t i = 0; i < kept; i++)
		ids += field_is(&comment->fields[i], "id");
	resp_number(command, (int64_t)(kept - ids));
	for (size_t i = 0; i < kept; i++) {
		const struct field *field = &comment->fields[i];

		if (field_is(field, "id"))
			continue;
		add_name(command, field);
		resp_add(command, field->value, field->value_len);
	}
}

bool submission_had(const struct field *recorded, struct field *field)
{
	if (is_ours(recorded))
		return false;
	*field = *recorded;
	if (field->name_len > PREFIX_LEN && !memcmp(field->name, prefix, PREFIX_LEN)) {
		field->name += PREFIX_LEN;
		field->name_len -= PREFIX_LEN;
	}
	return true;
}
