/* replay: judges past comments by changed rules and shows what would differ. */
#include "command/command.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/escape.h"
#include "base/options.h"
#include "base/suggest.h"
#include "command/json_comment.h"
#include "command/lines.h"
#include "command/repeat_memory.h"
#include "command/replay.h"
#include "command/stream.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct settings {
	const char *rules, *against, *stream, *rule, *by, *redis, *password_file;
	int64_t since, jobs, examples;
	int format, color;
	bool apply;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"against", "DIR", OPTION_STRING, offsetof(struct settings, against),
	 .help = "directory of the rules to compare with: the proposed ones"},
	{"stream", "KEY", OPTION_STRING, offsetof(struct settings, stream),
	 .help = "read this Redis stream and no files: comments:reviewed, comments:rejected, "
		 "comments:held or comments:approved"},
	{"since", "TIME", OPTION_DURATION, offsetof(struct settings, since), .hours = true,
	 .help = "only entries of the stream that are at most this old, such as 2h"},
	{"rule", "NAME", OPTION_STRING, offsetof(struct settings, rule),
	 .help = "only comments that failed this rule at the time"},
	{"apply", NULL, OPTION_FLAG, offsetof(struct settings, apply), .action = true,
	 .help = "send a review for each comment of PREFIX:rejected or PREFIX:held that the rules "
		 "now approve or reject differently, unless a person has decided"},
	{"by", "NAME", OPTION_STRING, offsetof(struct settings, by),
	 .help = "who decides, for --apply"},
	{"redis", "URL", OPTION_STRING, offsetof(struct settings, redis),
	 .initial = "redis://127.0.0.1:6379", .help = "where Redis is, as for run; no sentinels"},
	{"redis-password-file", "FILE", OPTION_STRING, offsetof(struct settings, password_file),
	 .help = "file with Redis's password"},
	{"jobs", "N", OPTION_NUMBER, offsetof(struct settings, jobs), .initial = "0",
	 .help = "threads to judge with; 0 for one on each core"},
	{"examples", "N", OPTION_NUMBER, offsetof(struct settings, examples), .initial = "5",
	 .most = 10000,
	 .help = "comments shown of each kind that would be decided differently, or are by people"},
	{"format", "text|json", OPTION_CHOICE, offsetof(struct settings, format), .initial = "text",
	 .help = "json is for programs: one object"},
	{"color", COLOR_CHOICES, OPTION_CHOICE, offsetof(struct settings, color), .initial = "auto",
	 .help = "colours; auto is where the output is a terminal"},
};

static struct option_origin origins[sizeof rows / sizeof rows[0]];

static const struct usage usage = {
	.command = "replay",
	.operands = "[FILE…]",
	.about =
		"Judges past comments by the rules and by the rules in --against. Shows which\n"
		"verdicts would change and why, what each rule hits, how often people agree, and\n"
		"which phrases hit nothing.\n"
		"A file, or stdin, has one JSON object a line, as for judge. It may also have the\n"
		"decision: verdict and by. A by other than duyetd is a person. Without --against,\n"
		"the rules are compared with the decisions of duyetd in the file.",
	.example = "  duyetd replay --rules rules --against rules.new comments.jsonl\n"
		   "  duyetd replay --rules rules --against rules.new --stream comments:reviewed\n"
		   "  duyetd replay --stream comments:rejected --since 2h --apply --by lan\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.origins = origins,
	.most_operands = SIZE_MAX,
};

/* What all threads share, and their results at the end. */
struct shared {
	const struct settings *settings;
	struct replay replay;
	struct progress progress;
};

/* A thread's own. */
struct state {
	struct judge *before_judge, *after_judge;
	struct repeat_memory *before_repeats, *after_repeats;
	struct json_comment submission;
	struct past_comment past;
	struct replay replay; /* its part */
};

/* `after` counts by the proposed rules, or by the current ones when none are proposed. */
static bool begin_replay(struct replay *replay, const struct ruleset *current,
			 const struct ruleset *proposed, const struct settings *settings)
{
	*replay = (struct replay){.current = current,
				  .proposed = proposed,
				  .current_dir = command_rules_directory(settings->rules),
				  .proposed_dir = settings->against};
	flips_begin(&replay->flips, (size_t)settings->examples);
	flips_begin(&replay->disputed, (size_t)settings->examples);
	if (proposed && !counts_begin(&replay->before, current))
		return false;
	return counts_begin(&replay->after, proposed ? proposed : current);
}

static void end_replay(struct replay *replay)
{
	counts_end(&replay->before);
	counts_end(&replay->after);
	flips_end(&replay->flips);
	flips_end(&replay->disputed);
	changes_end(&replay->changes);
}

static void free_state(struct state *state)
{
	end_replay(&state->replay);
	repeat_memory_free(state->before_repeats);
	repeat_memory_free(state->after_repeats);
	judge_free(state->before_judge);
	judge_free(state->after_judge);
	free(state);
}

static void *begin(const void *context)
{
	const struct shared *shared = context;
	struct state *state = calloc(1, sizeof *state);

	if (!state)
		return NULL;
	state->before_repeats = repeat_memory_new();
	state->after_repeats = repeat_memory_new();
	state->before_judge = judge_new();
	state->after_judge = judge_new();
	if (state->before_judge && state->after_judge && state->before_repeats &&
	    state->after_repeats &&
	    begin_replay(&state->replay, shared->replay.current, shared->replay.proposed,
			 shared->settings))
		return state;
	free_state(state);
	return NULL;
}

static void end(void *context, void *argument)
{
	struct shared *shared = context;
	struct state *state = argument;
	struct replay *whole = &shared->replay, *part = &state->replay;

	counts_merge(&whole->before, &part->before);
	counts_merge(&whole->after, &part->after);
	flips_merge(&whole->flips, &part->flips);
	flips_merge(&whole->disputed, &part->disputed);
	changes_merge(&whole->changes, &part->changes);
	whole->textless += part->textless;
	whole->unknown_verdicts += part->unknown_verdicts;
	whole->compared |= part->compared;
	free_state(state);
}

/* The verdict whose hits are shown for a flip: the stricter one. */
static const struct verdict *stricter(const struct verdict *before, const struct verdict *after)
{
	return before && before->decision > after->decision ? before : after;
}

/* `names` is separated by commas, as in a verdict. */
static bool names_rule(const struct field *names, const char *rule)
{
	size_t len = strlen(rule), at = 0;

	while (names && at < names->value_len) {
		const char *name = names->value + at;
		const char *comma = memchr(name, ',', names->value_len - at);
		size_t name_len = comma ? (size_t)(comma - name) : names->value_len - at;

		if (name_len == len && !memcmp(name, rule, len))
			return true;
		at += name_len + 1;
	}
	return false;
}

/* Whether the comment can be judged again. The record of a malformed comment is incomplete, and the
 * input does not have all texts that a repeat rule has counted. */
static bool can_judge(const struct ruleset *rules, const struct field *names)
{
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		if (!strcmp(rule_kind(rule), "repeat") && names_rule(names, rule_name(rule)))
			return false;
	}
	return !names_rule(names, "malformed");
}

/* Only decisions of the daemon may be changed. Whether a person has decided since is checked later,
 * in the record (replay_apply.c:state_of()). */
static void add_change(struct state *state, const struct verdict *after, uint64_t order)
{
	const struct past_comment *past = &state->past;
	bool judged = can_judge(state->replay.current, past->rules);

	if (past->before > DECISION_APPROVE && past->before != (int)after->decision && past->entry)
		changes_add(&state->replay.changes, past, after,
			    judged ? CHANGE_NOT_SENT : CHANGE_UNJUDGED, order);
}

/* Returns false when out of memory. */
static bool compare(struct state *state, const struct verdict *after, uint64_t order)
{
	struct replay *replay = &state->replay;
	const struct past_comment *past = &state->past;
	const struct verdict *before = NULL;
	enum decision decision = (enum decision)past->before;

	if (replay->proposed) {
		before = repeat_memory_judge(state->before_repeats, state->before_judge,
					     replay->current, &past->comment,
					     comment_field(&state->submission.comment, "entry"));
		if (!before)
			return false;
		decision = before->decision;
		counts_add(&replay->before, before, past->label);
	} else if (past->before >= 0) {
		counts_add_decision(&replay->before, decision, past->label);
	} else {
		return true;
	}
	replay->compared = true;
	flips_add(&replay->flips, decision, after->decision, stricter(before, after),
		  &past->comment, order);
	return true;
}

/* Adds a comment that a person decided, if the rules decide otherwise. Rules that hold what a
 * person rejected agree with that person. */
static void dispute(struct state *state, const struct verdict *after, uint64_t order)
{
	const struct past_comment *past = &state->past;
	enum decision people = past->label == LABEL_GOOD ? DECISION_APPROVE : DECISION_REJECT;

	if (past->label == LABEL_NONE ||
	    (people == DECISION_REJECT && after->decision == DECISION_HOLD))
		return;
	flips_add(&state->replay.disputed, people, after->decision, after, &past->comment, order);
}

/* Whether it is a decision without its text, as in a stream of verdicts. A submission without a
 * text was rejected by `malformed`. */
static bool is_textless(const struct state *state)
{
	const struct past_comment *past = &state->past;

	if (comment_field(&past->comment, "text"))
		return false;
	return past->label != LABEL_NONE ||
	       (past->before >= 0 && !names_rule(past->rules, "malformed"));
}

static void replay_line(const void *context, void *argument, struct block *block, size_t number,
			char *line, size_t len)
{
	const struct settings *settings = ((const struct shared *)context)->settings;
	struct state *state = argument;
	const struct verdict *after;
	const char *why;
	size_t at;

	if (strspn(line, " \t\r") >= len)
		return;
	if (!json_comment_read(&state->submission, line, len, &why, &at)) {
		block_bad(block, number, at + 1, why);
		return;
	}
	past_comment_read(&state->past, &state->submission);
	if (settings->rule && !names_rule(state->past.rules, settings->rule))
		return;
	if (is_textless(state)) {
		state->replay.textless++; /* judged, it would be malformed */
		return;
	}
	state->replay.unknown_verdicts += state->past.unknown_verdict;
	after = repeat_memory_judge(state->after_repeats, state->after_judge,
				    state->replay.after.rules, &state->past.comment,
				    comment_field(&state->submission.comment, "entry"));
	if (!after || !compare(state, after, block->order << 32 | block->lines)) {
		block_out_of_memory(block);
		return;
	}
	counts_add(&state->replay.after, after, state->past.label);
	dispute(state, after, block->order << 32 | block->lines);
	if (settings->apply)
		add_change(state, after, block->order << 32 | block->lines);
}

static void print_progress(void *context, uint64_t bytes, uint64_t lines)
{
	struct shared *shared = context;

	progress_print(&shared->progress, bytes, lines);
}

static int out_of_memory(void)
{
	fprintf(stderr, "duyetd replay: out of memory\n");
	return EXIT_UNAVAILABLE;
}

/* Returns false when out of memory. */
static bool print(const struct settings *settings, const struct replay *replay)
{
	struct colors colors = colors_for(stdout, settings->color);

	if (settings->format == FORMAT_JSON)
		return replay_print_json(stdout, replay);
	replay_print_text(stdout, &colors, replay);
	return true;
}

static int apply(const struct settings *settings, struct replay *replay)
{
	struct endpoint endpoint;
	const struct apply_options options = {&endpoint, settings->password_file, settings->stream,
					      settings->by};

	endpoint_parse(settings->redis, &endpoint);
	replay->applied = true;
	return replay_apply(&replay->changes, &options);
}

/* The keys whose entries have texts. */
#define STREAMS "PREFIX:rejected, PREFIX:held, PREFIX:reviewed or PREFIX:approved"

/* Returns false, after an error message, when a stream had only decisions without texts. */
static bool had_texts(const struct settings *settings, const struct replay *replay)
{
	if (!settings->stream || replay->after.comments || settings->rule || !replay->textless)
		return true;
	fprintf(stderr, "duyetd replay: %s has decisions without texts: expected " STREAMS "\n",
		settings->stream);
	return false;
}

/* The rule may be one that the rules no longer have, or a misspelt one. */
static void report_no_comment(const struct settings *settings, const struct ruleset *rules)
{
	size_t count = ruleset_count(rules);
	const char **names = calloc(count + 1, sizeof *names);
	const char *meant = NULL;

	for (size_t i = 0; names && i < count; i++)
		names[i] = rule_name(ruleset_rule(rules, i));
	if (names)
		meant = suggest_word(settings->rule, names, count);
	free(names);
	fprintf(stderr, "duyetd replay: no comment failed the rule %s", settings->rule);
	if (settings->since)
		fputs(" in this time", stderr);
	if (meant && strcmp(meant, settings->rule) != 0)
		fprintf(stderr, "; did you mean %s?", meant);
	fputc('\n', stderr);
}

/* Ends the stream, if it is one; applies, if told to, and prints. */
static int finish(const struct settings *settings, struct replay *replay, struct stream *stream,
		  int status)
{
	if (stream && !stream_close(stream))
		status = EXIT_UNAVAILABLE;
	if (status == EXIT_UNAVAILABLE)
		return status;
	if (replay->flips.failed || replay->disputed.failed || replay->changes.failed)
		return out_of_memory();
	if (!had_texts(settings, replay))
		return EXIT_UNAVAILABLE;
	if (settings->rule && !replay->after.comments)
		report_no_comment(settings, replay->current);
	if (settings->apply) {
		int applied = apply(settings, replay);

		status = applied == EXIT_DONE ? status : applied;
	}
	replay->one_rule = settings->rule;
	return print(settings, replay) ? status : out_of_memory();
}

/* Reads the files, or the stream if there is one; ends the stream. */
static int run(const struct settings *settings, const struct ruleset *current,
	       const struct ruleset *proposed, struct stream *stream, char *const *files,
	       size_t count)
{
	struct shared shared = {.settings = settings};
	struct lines_work work = {begin, replay_line, end, print_progress, &shared};
	int64_t jobs = repeat_memory_jobs(current, repeat_memory_jobs(proposed, settings->jobs));
	int status = EXIT_UNAVAILABLE;

	if (begin_replay(&shared.replay, current, proposed, settings)) {
		progress_begin(&shared.progress, files, count);
		status = lines_run("replay", files, count, jobs, &work);
		progress_end(&shared.progress);
	} else {
		out_of_memory();
	}
	status = finish(settings, &shared.replay, stream, status);
	end_replay(&shared.replay);
	return status;
}

static int run_stream(const struct settings *settings, const struct ruleset *current,
		      const struct ruleset *proposed)
{
	struct endpoint endpoint;
	struct stream_source source = {&endpoint, settings->password_file, settings->stream,
				       .expected = STREAMS, .decisions = true};
	struct stream *stream;
	char *name;

	endpoint_parse(settings->redis, &endpoint);
	if (settings->since)
		source.since = (int64_t)time(NULL) * 1000 - settings->since;
	stream = stream_open("replay", &source);
	if (!stream)
		return EXIT_UNAVAILABLE;
	name = stream_name(stream);
	return run(settings, current, proposed, stream, &name, 1);
}

static bool ends_with(const char *string, const char *end)
{
	size_t len = strlen(string), end_len = strlen(end);

	return len > end_len && !strcmp(string + len - end_len, end);
}

/* Returns NULL, or what is wrong with --apply and the options it needs. */
static const char *wrong_with_apply(const struct settings *settings)
{
	const char *stream = settings->stream;

	if (!stream || !(ends_with(stream, ":rejected") || ends_with(stream, ":held")))
		return "--apply needs --stream PREFIX:rejected or PREFIX:held";
	if (settings->against)
		return "--apply uses the rules of --rules: remove --against";
	return settings->by ? NULL : "--apply needs --by NAME: who decides";
}

static bool is_person(const char *by)
{
	return *by && strlen(by) <= 64 && !escape_needed(by, strlen(by)) &&
	       strcmp(by, "duyetd") != 0;
}

static const char *wrong_with(const struct settings *settings, size_t files)
{
	if (settings->stream && files)
		return "a --stream or files, not both";
	if (settings->since && !settings->stream)
		return "--since needs a --stream: entries of files have no time";
	return settings->apply ? wrong_with_apply(settings) : NULL;
}

static int check_source(const struct settings *settings, size_t files)
{
	struct endpoint endpoint;
	const char *why = settings->stream ? endpoint_parse(settings->redis, &endpoint) : NULL;
	const char *wrong = wrong_with(settings, files);

	if (why)
		return command_wrong_redis(&usage, settings->redis, why);
	if (wrong)
		fprintf(stderr, "duyetd replay: %s\n", wrong);
	else if (settings->apply && !is_person(settings->by))
		fprintf(stderr,
			"duyetd replay: %s: expected the name of a person, at most 64 bytes "
			"without control or invisible characters\n",
			options_source(&usage, "by"));
	else
		return OPTIONS_GO_ON;
	return EXIT_USAGE;
}

int command_replay(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct ruleset *current, *proposed = NULL;

	if (status == OPTIONS_GO_ON)
		status = check_source(&settings, operands);
	if (status != OPTIONS_GO_ON)
		return status;
	current = command_rules("replay", settings.rules);
	if (current && settings.against)
		proposed = command_rules("replay", settings.against);
	if (!current || (settings.against && !proposed))
		status = EXIT_CHECK_FAILED;
	else if (settings.stream)
		status = run_stream(&settings, current, proposed);
	else
		status = run(&settings, current, proposed, NULL, argv, operands);
	ruleset_free(current);
	ruleset_free(proposed);
	return status;
}
