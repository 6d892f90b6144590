#include "command/record.h"

#include "queue/submission.h"

static int read_decision(const struct comment *comment, const char *name)
{
	const struct field *field = comment_field(comment, name);

	for (int i = DECISION_APPROVE; field && i <= DECISION_REJECT; i++)
		if (field_says(field, decision_name((enum decision)i)))
			return i;
	return -1;
}

void record_read(struct record *record, const struct json_comment *submission)
{
	const struct comment *comment = &submission->comment;
	const struct field *by = comment_field(comment, "by");
	bool by_person = by && by->value_len && !field_says(by, "duyetd");
	int verdict = read_decision(comment, "verdict");

	record->label = !by_person || verdict < 0     ? LABEL_NONE
			: verdict == DECISION_APPROVE ? LABEL_GOOD
						      : LABEL_BAD;
	record->before = by_person ? read_decision(comment, "judged") : verdict;
	record->comment = (struct comment){record->fields, 0};
	for (size_t i = 0; i < comment->count; i++)
		record->comment.count +=
			submission_had(&comment->fields[i], &record->fields[record->comment.count]);
}
