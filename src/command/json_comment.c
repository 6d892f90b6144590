#include "command/json_comment.h"

#include <string.h>
#include "queue/submission.h"

static bool is_id(const struct json_member *member)
{
	return member->name_len == 2 && !memcmp(member->name, "id", 2);
}

bool json_comment_read(struct json_comment *submission, char *line, size_t len, const char **why,
		       size_t *at)
{
	long count = json_read(line, len, submission->members, JSON_COMMENT_MOST, why, at);

	submission->comment = (struct comment){submission->fields, 0};
	submission->id_is_number = false;
	for (long i = 0; i < count; i++) {
		const struct json_member *member = &submission->members[i];

		if (member->kind == MEMBER_OTHER)
			continue;
		submission->id_is_number |= member->kind == MEMBER_NUMBER && is_id(member);
		submission->fields[submission->comment.count++] = (struct field){
			member->name, member->value, member->name_len, member->value_len};
	}
	return count >= 0;
}

static int read_decision(const struct comment *comment, const char *name)
{
	const struct field *field = comment_field(comment, name);

	for (int i = DECISION_APPROVE; field && i <= DECISION_REJECT; i++)
		if (field_says(field, decision_name((enum decision)i)))
			return i;
	return -1;
}

void past_comment_read(struct past_comment *past, const struct json_comment *submission)
{
	const struct comment *comment = &submission->comment;
	const struct field *by = comment_field(comment, "by");
	const struct field *via = comment_field(comment, "via");
	const struct field *decided = comment_field(comment, "verdict");
	bool by_person = by && by->value_len && !field_says(by, "duyetd");
	bool by_rules = !by_person || (via && field_says(via, REPLAY_VIA));
	int verdict = read_decision(comment, "verdict");

	past->label = by_rules || verdict < 0	    ? LABEL_NONE
		      : verdict == DECISION_APPROVE ? LABEL_GOOD
						    : LABEL_BAD;
	past->before = by_person ? read_decision(comment, "judged") : verdict;
	past->by_person = by_person;
	past->unknown_verdict = decided && decided->value_len && verdict < 0;
	past->rules = comment_field(comment, "rules");
	past->entry = comment_field(comment, "entry");
	past->comment = (struct comment){past->fields, 0};
	for (size_t i = 0; i < comment->count; i++)
		past->comment.count +=
			submission_had(&comment->fields[i], &past->fields[past->comment.count]);
}
