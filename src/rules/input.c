#include "rules/input.h"

#include <string.h>
#include "rules/rule.h"
#include "text/read_text.h"

const struct rule rule_malformed = {.name = "malformed", .action = ACTION_REJECT};

static const struct {
	const char *reason, *measured;
} words[] = {
	[WELL_FORMED] = {"", ""},
	[MALFORMED_NO_TEXT] = {"Bình luận không có nội dung.", "why=no-text"},
	[MALFORMED_TWO_TEXTS] = {"Bình luận gửi lên có hai nội dung khác nhau, xin gửi lại.",
				 "why=two-texts"},
	[MALFORMED_TWO_IDS] = {"Bình luận gửi lên có hai mã số, xin gửi lại.", "why=two-ids"},
	[MALFORMED_BLANK] = {"Bình luận không có chữ nào đọc được.", "why=blank"},
	[MALFORMED_TOO_LONG] = {"Bình luận quá dài, xin viết ngắn lại.", "why=too-long"},
	[MALFORMED_NOT_UTF8] = {"Bình luận có ký tự bị lỗi, xin gõ lại.", "why=not-utf8"},
	[MALFORMED_NUL] = {"Bình luận có ký tự không hợp lệ, xin gõ lại.", "why=nul"},
	[MALFORMED_TOO_MANY_MARKS] = {"Bình luận có quá nhiều dấu chồng lên một chữ cái.",
				      "why=too-many-marks"},
	[MALFORMED_MARKUP] = {"Bình luận có quá nhiều thẻ HTML bị lỗi, xin gõ lại.", "why=markup"},
	[MALFORMED_TOO_MANY_FIELDS] = {"Bình luận gửi lên có quá nhiều trường thông tin.",
				       "why=too-many-fields"},
	[MALFORMED_TOO_LARGE] = {"Bình luận gửi lên kèm quá nhiều dữ liệu.", "why=too-large"},
	[MALFORMED_NO_MEMORY] = {"Hệ thống đang bận, xin gửi lại bình luận sau.", "why=no-memory"},
};

const char *malformed_reason(enum malformed malformed)
{
	return words[malformed].reason;
}

const char *malformed_measured(enum malformed malformed)
{
	return words[malformed].measured;
}

/* Checks the fields of a submission, but not what is in its text. */
static enum malformed malformed_fields(const struct comment *comment)
{
	size_t texts = 0, ids = 0, bytes = 0;

	if (comment->count > LIMIT_FIELDS)
		return MALFORMED_TOO_MANY_FIELDS;
	for (size_t i = 0; i < comment->count; i++) {
		const struct field *field = &comment->fields[i];
		bool is_text = field_is(field, "text");

		texts += is_text;
		ids += field_is(field, "id");
		bytes += field->name_len + field->value_len;
		if (is_text && field->value_len > LIMIT_TEXT_BYTES)
			return MALFORMED_TOO_LONG;
	}
	if (texts != 1)
		return texts ? MALFORMED_TWO_TEXTS : MALFORMED_NO_TEXT;
	if (ids > 1)
		return MALFORMED_TWO_IDS;
	return bytes > LIMIT_ENTRY_BYTES ? MALFORMED_TOO_LARGE : WELL_FORMED;
}

/* For the error of text_read(). */
static enum malformed malformed_text(enum text_error error)
{
	switch (error) {
	case TEXT_OK:
		return WELL_FORMED;
	case TEXT_TOO_LONG:
		return MALFORMED_TOO_LONG;
	case TEXT_NOT_UTF8:
		return MALFORMED_NOT_UTF8;
	case TEXT_NUL:
		return MALFORMED_NUL;
	case TEXT_EMPTY:
		return MALFORMED_BLANK;
	case TEXT_TOO_MANY_MARKS:
		return MALFORMED_TOO_MANY_MARKS;
	case TEXT_MARKUP:
		return MALFORMED_MARKUP;
	case TEXT_NO_MEMORY:
		break;
	}
	return MALFORMED_NO_MEMORY;
}

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
	if (error == TEXT_EMPTY && index != INPUT_TEXT) { /* an empty name is allowed */
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
	input->out_of_memory |= !input->scanned[index];
	if (!input->scanned[index] || found->count || found->broken_count)
		input->found_in |= 1u << index;
	return WELL_FORMED;
}

enum malformed input_read(struct input *input, const struct ruleset *rules,
			  const struct comment *comment)
{
	enum malformed malformed = malformed_fields(comment);

	input->rules = rules;
	input->comment = comment;
	input->fields = input->found_in = 0;
	input->out_of_memory = false;
	for (size_t i = 0; i < rules->field_count && !malformed; i++) {
		input->field[i] = comment_field(comment, rules->fields[i]);
		if (!input->field[i])
			continue;
		input->fields |= 1u << i;
		malformed = read_field(input, i);
	}
	return malformed;
}

enum malformed input_read_text(struct input *input, const struct ruleset *rules,
			       const struct comment *comment)
{
	enum malformed malformed = malformed_fields(comment);
	const struct field *field = comment_field(comment, "text");

	if (malformed)
		return malformed;
	input->rules = rules;
	if (!make_buffers(input, INPUT_TEXT))
		return MALFORMED_NO_MEMORY;
	return malformed_text(text_read(input->text[INPUT_TEXT], field->value, field->value_len));
}

void input_free(struct input *input)
{
	for (size_t i = 0; i < LIMIT_LOOKED_FIELDS; i++) {
		text_free(input->text[i]);
		scan_scratch_free(input->scratch[i]);
	}
}
