/* judge: JSON Lines in, JSON Lines out, no Redis. */
#include "command/command.h"

#include <stdlib.h>
#include <string.h>
#include "base/options.h"
#include "command/json_comment.h"
#include "command/lines.h"
#include "command/repeat_memory.h"
#include "rules/ruleset.h"

struct settings {
	const char *rules;
	int64_t jobs;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"jobs", "N", OPTION_NUMBER, offsetof(struct settings, jobs), .initial = "1",
	 .help = "threads to judge with; 0 for one on each core"},
};

static const struct usage usage = {
	.command = "judge",
	.operands = "[FILE…]",
	.about =
		"Reads one JSON object a line, {\"id\": …, \"text\": …} and any other fields of the\n"
		"submission, from the files or stdin, and writes one verdict a line in the same\n"
		"order. Reports an invalid line on stderr; the exit status is then 1.",
	.example = "  echo '{\"id\": \"c1\", \"text\": \"hay qua\"}' | duyetd judge\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.most_operands = SIZE_MAX,
};

/* A thread's own. */
struct state {
	struct judge *judge;
	struct repeat_memory *repeats;
	struct json_comment submission;
};

static void free_state(struct state *state)
{
	if (!state)
		return;
	judge_free(state->judge);
	repeat_memory_free(state->repeats);
	free(state);
}

static void *begin(const void *context)
{
	struct state *state = calloc(1, sizeof *state);

	(void)context;
	if (state)
		state->judge = judge_new();
	if (state)
		state->repeats = repeat_memory_new();
	if (state && state->judge && state->repeats)
		return state;
	free_state(state);
	return NULL;
}

static void end(void *context, void *argument)
{
	(void)context;
	free_state(argument);
}

/* The verdict as JSON. */

static void add_number(struct buf *out, size_t number)
{
	buf_add_number(out, (int64_t)number);
}

static void add_id(struct buf *out, const struct json_comment *submission)
{
	const struct field *id = comment_field(&submission->comment, "id");

	if (!id)
		buf_add_string(out, "null");
	else if (submission->id_is_number)
		buf_add(out, id->value, id->value_len);
	else
		json_add_string(out, id->value, id->value_len);
}

static void add_place(struct buf *out, const struct hit *hit)
{
	if (!field_is(hit->field, "text")) {
		buf_add_string(out, ",\"field\":");
		json_add_string(out, hit->field->name, hit->field->name_len);
	}
	buf_add_string(out, ",\"at\":");
	add_number(out, hit->at);
	buf_add_string(out, ",\"len\":");
	add_number(out, hit->len);
	buf_add_string(out, ",\"text\":");
	json_add_string(out, hit->field->value + hit->at, hit->len);
}

/* The phrase or pattern as it is written, and where. */
static void add_term(struct buf *out, const struct term *term)
{
	struct buf source = {0};

	buf_printf(&source, "%s:%zu", term->file, term->place.line);
	buf_add_string(out, ",\"source\":");
	json_add_string(out, buf_string(&source), source.len);
	buf_add_string(out, ",\"term\":");
	json_add_text(out, term->string);
	out->failed |= source.failed;
	buf_free(&source);
}

static void add_hit(struct buf *out, const struct hit *hit)
{
	buf_add_string(out, "{\"rule\":");
	json_add_text(out, rule_name(hit->rule));
	buf_add_string(out, ",\"action\":");
	json_add_text(out, action_name(rule_action(hit->rule)));
	buf_add_string(out, ",\"message\":");
	json_add_text(out, hit->message);
	if (hit->field)
		add_place(out, hit);
	if (hit->term)
		add_term(out, hit->term);
	buf_add_char(out, '}');
}

static void add_verdict(struct buf *out, const struct json_comment *submission,
			const struct verdict *verdict, const char *ruleset)
{
	buf_add_string(out, "{\"id\":");
	add_id(out, submission);
	buf_add_string(out, ",\"verdict\":");
	json_add_text(out, decision_name(verdict->decision));
	buf_add_string(out, ",\"rules\":[");
	for (size_t i = 0; i < verdict->failing_count; i++) {
		if (i)
			buf_add_char(out, ',');
		json_add_text(out, rule_name(verdict->failing[i]));
	}
	buf_add_string(out, "],\"reason\":");
	json_add_text(out, verdict->reason);
	buf_add_string(out, ",\"words\":");
	add_number(out, verdict->words);
	buf_add_string(out, ",\"marked\":");
	add_number(out, verdict->accented);
	buf_add_string(out, ",\"hits\":[");
	for (size_t i = 0; i < verdict->hit_count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_hit(out, &verdict->hits[i]);
	}
	buf_add_string(out, "],\"ruleset\":");
	json_add_text(out, ruleset);
	buf_add_string(out, "}\n");
}

static void judge_line(const void *context, void *argument, struct block *block, size_t number,
		       char *line, size_t len)
{
	const struct ruleset *rules = context;
	struct state *state = argument;
	const char *why;
	const struct comment *comment = &state->submission.comment;
	const struct verdict *verdict;
	size_t at;

	if (strspn(line, " \t\r") >= len)
		return;
	if (!json_comment_read(&state->submission, line, len, &why, &at)) {
		block_bad(block, number, at + 1, why);
		return;
	}
	verdict = repeat_memory_judge(state->repeats, state->judge, rules, comment,
				      comment_field(comment, "entry"));
	if (verdict)
		add_verdict(&block->out, &state->submission, verdict, ruleset_id(rules));
	else
		block_out_of_memory(block);
}

int command_judge(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct lines_work work = {.begin = begin, .line = judge_line, .end = end};
	struct ruleset *rules;

	if (status != OPTIONS_GO_ON)
		return status;
	rules = command_rules("judge", settings.rules);
	if (!rules)
		return EXIT_CHECK_FAILED;
	work.context = rules;
	status =
		lines_run("judge", argv, operands, repeat_memory_jobs(rules, settings.jobs), &work);
	ruleset_free(rules);
	return status;
}
