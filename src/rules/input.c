#include "rules/input.h"

#include <string.h>
#include "rules/rule.h"
#include "text/read_text.h"

static bool make_buffers(struct input *input, size_t index)
{
	if (!input->text[index])
		input->text[index] = text_new();
	if (!input->scratch[index] && input->rules->scan)
		input->scratch[index] = scan_scratch_new();
	return input->text[index] && (input->scratch[index] || !input->rules->scan);
}

static enum malformed read_field(struct input *input, size_t index)
{
	const struct field *field = input->field[index];
	struct scan_result *found = &input->found[index];
	enum text_error error;

	if (!make_buffers(input, index))
		return MALFORMED_NO_MEMORY;
	error = text_read(input->text[index], field->value, field->value_len);
	if (error == TEXT_EMPTY && index != INPUT_TEXT) { /* an empty name hides nothing */
		input->field[index] = NULL;
		input->fields &= ~(1u << index);
		return WELL_FORMED;
	}
	if (error)
		return malformed_text(error);
	*found = (struct scan_result){0};
	input->scanned[index] =
		!input->rules->scan ||
		scan_text(input->rules->scan, input->scratch[index], input->text[index], found);
	if (!input->scanned[index] || found->count || found->broken_count)
		input->found_in |= 1u << index;
	return WELL_FORMED;
}

enum malformed input_read(struct input *input, const struct ruleset *rules,
			  const struct comment *comment)
{
	enum malformed malformed = malformed_fields(comment);

	input->rules = rules;
	input->fields = input->found_in = 0;
	for (size_t i = 0; i < rules->field_count && !malformed; i++) {
		input->field[i] = comment_field(comment, rules->fields[i]);
		if (!input->field[i])
			continue;
		input->fields |= 1u << i;
		malformed = read_field(input, i);
	}
	return malformed;
}

void input_free(struct input *input)
{
	for (size_t i = 0; i < LIMIT_LOOKED_FIELDS; i++) {
		text_free(input->text[i]);
		scan_scratch_free(input->scratch[i]);
	}
}
