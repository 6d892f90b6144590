#include "rules/input.h"

#include <string.h>
#include "rules/rule.h"
#include "text/read_text.h"

static bool make_buffers(struct subject *subject, size_t index)
{
	if (!subject->text[index])
		subject->text[index] = text_new();
	if (!subject->scratch[index] && subject->rules->scan)
		subject->scratch[index] = scan_scratch_new();
	return subject->text[index] && (subject->scratch[index] || !subject->rules->scan);
}

static enum malformed read_field(struct subject *subject, size_t index)
{
	const struct field *field = subject->field[index];
	struct scan_result *found = &subject->found[index];
	enum text_error error;

	if (!make_buffers(subject, index))
		return MALFORMED_NO_MEMORY;
	error = text_read(subject->text[index], field->value, field->value_len);
	if (error == TEXT_EMPTY && index != SUBJECT_TEXT) { /* an empty name hides nothing */
		subject->field[index] = NULL;
		subject->fields &= ~(1u << index);
		return WELL_FORMED;
	}
	if (error)
		return malformed_text(error);
	*found = (struct scan_result){0};
	subject->scanned[index] =
		!subject->rules->scan || scan_text(subject->rules->scan, subject->scratch[index],
						   subject->text[index], found);
	if (!subject->scanned[index] || found->count || found->broken_count)
		subject->struck |= 1u << index;
	return WELL_FORMED;
}

enum malformed subject_read(struct subject *subject, const struct ruleset *rules,
			    const struct comment *comment)
{
	enum malformed malformed = malformed_fields(comment);

	subject->rules = rules;
	subject->fields = subject->struck = 0;
	for (size_t i = 0; i < rules->field_count && !malformed; i++) {
		subject->field[i] = comment_field(comment, rules->fields[i]);
		if (!subject->field[i])
			continue;
		subject->fields |= 1u << i;
		malformed = read_field(subject, i);
	}
	return malformed;
}

void subject_free(struct subject *subject)
{
	for (size_t i = 0; i < LIMIT_LOOKED_FIELDS; i++) {
		text_free(subject->text[i]);
		scan_scratch_free(subject->scratch[i]);
	}
}
