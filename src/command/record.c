#include "command/record.h"

#include <string.h>

static bool is(const char *bytes, size_t len, const char *string)
{
	return len == strlen(string) && !memcmp(bytes, string, len);
}

static bool is_ours(const struct field *field)
{
	static const char *const ours[] = {"verdict", "rules", "reason", "entry",   "ruleset",
					   "by",      "note",  "judged", "matches", "held"};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (is(field->name, field->name_len, ours[i]))
			return true;
	return false;
}

static struct field site_field(const struct field *field)
{
	static const char prefix[] = "submitted:";
	size_t len = sizeof prefix - 1;
	struct field own = *field;

	if (own.name_len > len && !memcmp(own.name, prefix, len)) {
		own.name += len;
		own.name_len -= len;
	}
	return own;
}

static int read_decision(const struct comment *comment, const char *name)
{
	const struct field *field = comment_field(comment, name);

	for (int i = DECISION_APPROVE; field && i <= DECISION_REJECT; i++)
		if (is(field->value, field->value_len, decision_name((enum decision)i)))
			return i;
	return -1;
}

void record_read(struct record *record, const struct json_comment *submission)
{
	const struct comment *comment = &submission->comment;
	const struct field *by = comment_field(comment, "by");
	bool by_person = by && by->value_len && !is(by->value, by->value_len, "duyetd");
	int verdict = read_decision(comment, "verdict");

	record->label = !by_person || verdict < 0     ? LABEL_NONE
			: verdict == DECISION_APPROVE ? LABEL_GOOD
						      : LABEL_BAD;
	record->before = by_person ? read_decision(comment, "judged") : verdict;
	record->comment = (struct comment){record->fields, 0};
	for (size_t i = 0; i < comment->count; i++)
		if (!is_ours(&comment->fields[i]))
			record->fields[record->comment.count++] = site_field(&comment->fields[i]);
}
