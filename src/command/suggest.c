/* suggest: phrases that people rejected and no rule has, from their decisions. */
#include "command/command.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/escape.h"
#include "base/grow.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/options.h"
#include "base/read_file.h"
#include "command/json_comment.h"
#include "command/lines.h"
#include "command/runs.h"
#include "command/stream.h"
#include "command/terminal.h"
#include "rules/load/word_list.h"
#include "rules/match/build.h"
#include "rules/match/scan.h"
#include "rules/ruleset.h"
#include "text/canonical.h"
#include "text/read_text.h"

struct settings {
	const char *rules, *everyday, *stream, *redis, *password_file;
	int64_t most, least;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"stream", "KEY", OPTION_STRING, offsetof(struct settings, stream),
	 .help = "read this Redis stream, such as comments:reviewed, and no files; of the same "
		 "prefix, PREFIX:approved is read too"},
	{"redis", "URL", OPTION_STRING, offsetof(struct settings, redis),
	 .initial = "redis://127.0.0.1:6379", .help = "where Redis is, as for run; no sentinels"},
	{"redis-password-file", "FILE", OPTION_STRING, offsetof(struct settings, password_file),
	 .help = "file with Redis's password"},
	{"everyday", "FILE", OPTION_STRING, offsetof(struct settings, everyday),
	 .help = "ordinary sentences, whose words are never suggested, one a line; if not given, "
		 "everyday.txt beside the rules"},
	{"most", "N", OPTION_NUMBER, offsetof(struct settings, most), .initial = "20", .least = 1,
	 .most = 1000, .help = "how many phrases to suggest"},
	{"least", "N", OPTION_NUMBER, offsetof(struct settings, least), .initial = "3", .least = 2,
	 .most = 1000000, .help = "least number of rejected comments that only this phrase finds"},
};

static struct option_origin origins[sizeof rows / sizeof rows[0]];

static const struct usage usage = {
	.command = "suggest",
	.operands = "[FILE…]",
	.about =
		"Finds phrases of two to five syllables that are in comments that people rejected\n"
		"and no rule found, and seldom or never in approved comments. Prints a rule with\n"
		"action: watch, ready for a file beside the other rules.\n"
		"A file, or stdin, has one JSON object a line: id, text, verdict and by, as the rows\n"
		"of comments:reviewed have them.",
	.example = "  duyetd suggest --stream comments:reviewed >rules/90-suggested.yaml\n"
		   "  duyetd suggest reviewed.jsonl approved.jsonl\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.origins = origins,
	.most_operands = SIZE_MAX,
};

struct string {
	char *bytes;
	size_t len;
};

struct suggest {
	const struct settings *settings;
	const struct ruleset *rules;
	struct judge *judge;
	struct text *text;
	struct runs *runs;
	struct canonical canonical;
	struct json_comment submission;
	struct past_comment past;
	struct string *rejected; /* texts, by their number in `runs` */
	size_t rejected_count, room;
	struct progress progress;
	bool failed; /* out of memory */
};

/* ---- the comments ---------------------------------------------------------------------- */

static bool read_text(struct suggest *suggest, const char *bytes, size_t len)
{
	enum text_error error = text_read(suggest->text, bytes, len);

	suggest->failed |= error == TEXT_NO_MEMORY;
	return error == TEXT_OK;
}

static bool keep_text(struct suggest *suggest, const struct field *text)
{
	struct string *kept;

	if (!grow(suggest->rejected, suggest->rejected_count + 1, &suggest->room))
		return false;
	kept = &suggest->rejected[suggest->rejected_count];
	kept->bytes = malloc(text->value_len);
	if (!kept->bytes)
		return false;
	memcpy(kept->bytes, text->value, text->value_len);
	kept->len = text->value_len;
	suggest->rejected_count++;
	return true;
}

static uint64_t hash_field(uint64_t hash, const struct field *field)
{
	for (size_t i = 0; field && i < field->value_len; i++)
		hash = hash_add(hash, (unsigned char)field->value[i]);
	return hash_add(hash, 0);
}

/* Returns a hash that names one submission of a comment: of its id and its entry. */
static uint64_t name_comment(const struct suggest *suggest)
{
	const struct past_comment *past = &suggest->past;

	return hash_field(hash_field(HASH_START, comment_field(&past->comment, "id")), past->entry);
}

static bool add_text(struct suggest *suggest, enum runs_side side, const struct field *text)
{
	if (side == RUNS_REJECTED && !keep_text(suggest, text))
		return false;
	return runs_add(suggest->runs, side, suggest->text, name_comment(suggest));
}

static const struct verdict *judge(struct suggest *suggest, const struct comment *comment)
{
	const struct verdict *verdict = judge_comment(suggest->judge, suggest->rules, comment);

	suggest->failed |= verdict->out_of_memory;
	return verdict;
}

/* Whether the comment counts, and on which side. Decisions of replay are decisions of the rules,
 * and do not count. */
static bool choose_side(struct suggest *suggest, enum runs_side *side)
{
	const struct past_comment *past = &suggest->past;

	*side = past->label == LABEL_BAD ? RUNS_REJECTED : RUNS_APPROVED;
	if (past->label == LABEL_NONE)
		return !past->by_person && past->before == DECISION_APPROVE;
	if (past->label == LABEL_GOOD)
		return true;
	if (judge(suggest, &past->comment)->decision != DECISION_APPROVE)
		*side = RUNS_FOUND;
	return true;
}

static void read_comment(struct suggest *suggest)
{
	const struct field *text;
	enum runs_side side;

	past_comment_read(&suggest->past, &suggest->submission);
	text = comment_field(&suggest->past.comment, "text");
	if (!text || !choose_side(suggest, &side) ||
	    !read_text(suggest, text->value, text->value_len))
		return;
	suggest->failed |= !add_text(suggest, side, text);
}

static void read_line(const void *context, void *state, struct block *block, size_t number,
		      char *line, size_t len)
{
	struct suggest *suggest = state;
	const char *why;
	size_t at;

	(void)context;
	if (strspn(line, " \t\r") >= len)
		return;
	if (json_comment_read(&suggest->submission, line, len, &why, &at))
		read_comment(suggest);
	else
		block_bad(block, number, at + 1, why);
}

static void add_everyday(struct suggest *suggest, struct buf *bytes)
{
	struct list list = list_begin(bytes->data, bytes->len);
	const char *sentence;
	bool has_nul;

	while ((sentence = list_next(&list, &has_nul)))
		if (read_text(suggest, sentence, strlen(sentence)))
			suggest->failed |=
				!runs_add(suggest->runs, RUNS_EVERYDAY, suggest->text, 0);
}

/* Returns false, after an error message, when a file that was asked for cannot be read. */
static bool read_everyday(struct suggest *suggest)
{
	const char *given = suggest->settings->everyday, *why;
	struct buf path = {0}, bytes = {0};

	if (given)
		buf_add_string(&path, given);
	else
		buf_printf(&path, "%s/everyday.txt",
			   command_rules_directory(suggest->settings->rules));
	why = read_file(AT_FDCWD, buf_string(&path), LIMIT_RULES_BYTES, &bytes);
	if (!why && bytes.len)
		add_everyday(suggest, &bytes);
	suggest->failed |= path.failed || bytes.failed;
	if (why && given)
		fprintf(stderr, "duyetd suggest: cannot read %s: %s\n", given, why);
	buf_free(&path);
	buf_free(&bytes);
	return !why || !given;
}

/* ---- the phrases ----------------------------------------------------------------------- */

/* A phrase that is suggested, with a piece of a comment that has it. */
struct phrase {
	struct buf words, example;
};

/* Appends the canonical small letters of a word. */
static void add_word(struct suggest *suggest, const struct word *word, struct buf *out)
{
	const struct canonical *canonical = &suggest->canonical;
	const struct glyph *first = &suggest->text->glyph[word->first];
	const struct glyph *last = first + word->count - 1;
	size_t from = canonical->same_offsets ? first->at
		      : word->first	      ? canonical->end[word->first - 1]
					      : 0;
	size_t end = canonical->same_offsets ? last->at + last->len
					     : canonical->end[word->first + word->count - 1];

	buf_add(out, canonical->bytes + from, end - from);
}

/* Appends the run with up to AROUND whole words on each side, so that it is readable text. */
static void add_example(const struct suggest *suggest, const struct run_found *found,
			struct buf *out)
{
	enum { AROUND = 12 }; /* words */
	const struct text *text = suggest->text;
	size_t end = found->first + found->words + AROUND;
	size_t first = found->first > AROUND ? found->first - AROUND : 0, at, len, last, last_len;

	end = end < text->words ? end : text->words;
	text_span(text, text->word[first].first, text->word[first].count, &at, &len);
	text_span(text, text->word[end - 1].first, text->word[end - 1].count, &last, &last_len);
	if (last + last_len > at)
		buf_add(out, text->bytes + at, last + last_len - at);
}

/* Whether a rule with the phrase would find it in the text. */
static bool finds(struct suggest *suggest, const char *phrase, const struct buf *in)
{
	struct scan_builder *builder = scan_builder_new();
	struct scan_scratch *scratch = scan_scratch_new();
	struct scan_result result = {0};
	struct scan *scan = NULL;
	const char *invalid = builder ? scan_add_phrase(builder, 0, phrase, 0) : NULL, *why;

	if (builder && !invalid)
		scan = scan_compile(builder, &why);
	else if (builder)
		scan_builder_free(builder);
	suggest->failed |= !scratch || (!scan && (!invalid || invalid == scan_no_memory));
	if (scan && scratch && read_text(suggest, in->data, in->len))
		suggest->failed |= !scan_text(scan, scratch, suggest->text, &result);
	scan_scratch_free(scratch);
	scan_free(scan);
	return result.count > 0;
}

/* Whether a phrase or pattern of any rule, even of one with action: watch, hits the phrase by
 * itself. */
static bool is_listed(struct suggest *suggest, const struct buf *phrase)
{
	struct field field = {"text", phrase->data, 4, phrase->len};
	struct comment comment = {&field, 1};
	const struct verdict *verdict = judge(suggest, &comment);

	for (size_t i = 0; i < verdict->hit_count; i++)
		if (verdict->hits[i].term)
			return true;
	return false;
}

/* Makes a phrase of a run. Returns false when the phrase would not be useful. */
static bool make_phrase(struct suggest *suggest, const struct run_found *found,
			struct phrase *phrase)
{
	const struct string *comment = &suggest->rejected[found->text];

	buf_empty(&phrase->words);
	buf_empty(&phrase->example);
	if (!read_text(suggest, comment->bytes, comment->len) ||
	    !canonical_write(&suggest->canonical, suggest->text, true)) {
		suggest->failed = true; /* out of memory: the same text was read before */
		return false;
	}
	for (size_t i = 0; i < found->words; i++) {
		if (i)
			buf_add_char(&phrase->words, ' ');
		add_word(suggest, &suggest->text->word[found->first + i], &phrase->words);
	}
	add_example(suggest, found, &phrase->example);
	if (phrase->words.failed || phrase->example.failed) {
		suggest->failed = true;
		return false;
	}
	if (!phrase->example.len || escape_needed(phrase->example.data, phrase->example.len) ||
	    !finds(suggest, phrase->words.data, &phrase->example)) {
		buf_empty(&phrase->example);
		buf_add(&phrase->example, phrase->words.data, phrase->words.len);
	}
	return !is_listed(suggest, &phrase->words) &&
	       finds(suggest, phrase->words.data, &phrase->example);
}

/* ---- the rule -------------------------------------------------------------------------- */

static void add_line(struct buf *out, const struct buf *string)
{
	buf_add_string(out, "        - ");
	json_add_string(out, string->data, string->len);
	buf_add_char(out, '\n');
}

static size_t find_phrases(struct suggest *suggest, struct buf *phrases, struct buf *examples)
{
	struct phrase phrase = {0};
	struct run_found found;
	size_t count = 0;

	while (count < (size_t)suggest->settings->most &&
	       runs_next(suggest->runs, (uint32_t)suggest->settings->least, &found)) {
		if (!make_phrase(suggest, &found, &phrase))
			continue;
		runs_cover(suggest->runs, &found);
		buf_printf(phrases, "      # rejected %u, approved %u, ratio %.1f\n",
			   found.rejected, found.approved, found.ratio);
		buf_add_string(phrases, "      - ");
		json_add_string(phrases, phrase.words.data, phrase.words.len);
		buf_add_char(phrases, '\n');
		add_line(examples, &phrase.example);
		count++;
	}
	buf_free(&phrase.words);
	buf_free(&phrase.example);
	return count;
}

static void print_rule(const struct suggest *suggest, const struct buf *phrases,
		       const struct buf *examples)
{
	printf("# Phrases from %zu comments that people rejected and no rule found, and %zu approved\n"
	       "# ones. Read them before you use them. Above each: how many comments have it, and\n"
	       "# the log-likelihood ratio.\n"
	       "rules:\n"
	       "  - name: suggested\n"
	       "    kind: banned\n"
	       "    action: watch\n"
	       "    phrases:\n%.*s"
	       "    message: \"Bình luận có nội dung bị cấm.\"\n"
	       "    examples:\n"
	       "      hit:\n%.*s",
	       suggest->rejected_count, runs_texts(suggest->runs, RUNS_APPROVED), (int)phrases->len,
	       phrases->data, (int)examples->len, examples->data);
}

static void print_nothing(const struct suggest *suggest)
{
	fprintf(stderr,
		"duyetd suggest: no phrase to suggest, of %zu comments that people rejected and no "
		"rule found, %zu that rules find now, and %zu approved%s\n",
		suggest->rejected_count, runs_texts(suggest->runs, RUNS_FOUND),
		runs_texts(suggest->runs, RUNS_APPROVED),
		runs_texts(suggest->runs, RUNS_APPROVED) ? "" : ": expected approved comments too");
}

static int print(struct suggest *suggest)
{
	struct buf phrases = {0}, examples = {0};
	size_t count = find_phrases(suggest, &phrases, &examples);
	int status = EXIT_DONE;

	if (suggest->failed || phrases.failed || examples.failed) {
		fprintf(stderr, "duyetd suggest: out of memory\n");
		status = EXIT_UNAVAILABLE;
	} else if (!count) {
		print_nothing(suggest);
		status = EXIT_CHECK_FAILED;
	} else {
		print_rule(suggest, &phrases, &examples);
	}
	buf_free(&phrases);
	buf_free(&examples);
	return status;
}

/* ---- the command ----------------------------------------------------------------------- */

static void *begin_lines(const void *context)
{
	return (void *)context;
}

static void end_lines(void *context, void *state)
{
	(void)context, (void)state;
}

static void print_progress(void *context, uint64_t bytes, uint64_t lines)
{
	struct suggest *suggest = context;

	progress_print(&suggest->progress, bytes, lines);
}

static void end(struct suggest *suggest)
{
	for (size_t i = 0; i < suggest->rejected_count; i++)
		free(suggest->rejected[i].bytes);
	free(suggest->rejected);
	canonical_clear(&suggest->canonical);
	runs_free(suggest->runs);
	text_free(suggest->text);
	judge_free(suggest->judge);
	free(suggest);
}

static struct suggest *begin(const struct settings *settings, const struct ruleset *rules)
{
	struct suggest *suggest = calloc(1, sizeof *suggest);

	if (!suggest)
		return NULL;
	suggest->settings = settings;
	suggest->rules = rules;
	suggest->judge = judge_new();
	suggest->text = text_new();
	suggest->runs = runs_new();
	if (suggest->judge && suggest->text && suggest->runs)
		return suggest;
	end(suggest);
	return NULL;
}

/* Reads the files with one thread, since the texts are kept. */
static int read_files(struct suggest *suggest, char *const *files, size_t count)
{
	struct lines_work work = {begin_lines, read_line, end_lines, print_progress, suggest};
	int status;

	if (!read_everyday(suggest))
		return EXIT_UNAVAILABLE;
	progress_begin(&suggest->progress, files, count);
	status = lines_run("suggest", files, count, 1, &work);
	progress_end(&suggest->progress);
	return status;
}

/* The approved comments that belong to a stream of reviews: PREFIX:approved for PREFIX:reviewed.
 * Returns false for another stream. */
static bool name_approved(const char *stream, struct buf *approved)
{
	static const char reviewed[] = ":reviewed";
	size_t len = strlen(stream), end = sizeof reviewed - 1;

	if (len <= end || strcmp(stream + len - end, reviewed) != 0)
		return false;
	buf_add(approved, stream, len - end);
	buf_add_string(approved, ":approved");
	return true;
}

/* Reads one stream, or two. */
static int read_streams(struct suggest *suggest)
{
	const struct settings *settings = suggest->settings;
	struct buf approved = {0};
	struct endpoint endpoint;
	struct stream_source sources[2] = {{&endpoint, settings->password_file, settings->stream,
					    .expected = "PREFIX:reviewed", .decisions = true}};
	struct stream *streams[2];
	char *names[2];
	size_t count = name_approved(settings->stream, &approved) ? 2 : 1, opened = 0;
	int status = EXIT_UNAVAILABLE;

	endpoint_parse(settings->redis, &endpoint);
	sources[1] = sources[0];
	sources[1].stream = buf_string(&approved);
	sources[1].expected = NULL;
	sources[1].decisions = false; /* those are in the first */
	for (; opened < count; opened++) {
		streams[opened] = stream_open("suggest", &sources[opened]);
		if (!streams[opened])
			break;
		names[opened] = stream_name(streams[opened]);
	}
	if (opened == count)
		status = read_files(suggest, names, count);
	while (opened--)
		if (!stream_close(streams[opened]))
			status = EXIT_UNAVAILABLE;
	buf_free(&approved);
	return status;
}

static int run(const struct settings *settings, const struct ruleset *rules, char *const *files,
	       size_t count)
{
	struct suggest *suggest = begin(settings, rules);
	int status = EXIT_UNAVAILABLE, printed;

	if (suggest)
		status = settings->stream ? read_streams(suggest)
					  : read_files(suggest, files, count);
	if (!suggest || suggest->failed ||
	    (status != EXIT_UNAVAILABLE && !runs_count(suggest->runs))) {
		fprintf(stderr, "duyetd suggest: out of memory\n");
		status = EXIT_UNAVAILABLE;
	}
	if (status != EXIT_UNAVAILABLE) {
		printed = print(suggest);
		status = printed ? printed : status;
	}
	if (suggest)
		end(suggest);
	return status;
}

static int check_source(const struct settings *settings, size_t files)
{
	struct endpoint endpoint;
	const char *why = settings->stream ? endpoint_parse(settings->redis, &endpoint) : NULL;

	if (why)
		return command_wrong_redis(&usage, settings->redis, why);
	if (settings->stream && files)
		fprintf(stderr, "duyetd suggest: a --stream or files, not both\n");
	else
		return OPTIONS_GO_ON;
	return EXIT_USAGE;
}

int command_suggest(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct ruleset *rules;

	if (status == OPTIONS_GO_ON)
		status = check_source(&settings, operands);
	if (status != OPTIONS_GO_ON)
		return status;
	rules = command_rules("suggest", settings.rules);
	if (!rules)
		return EXIT_CHECK_FAILED;
	status = run(&settings, rules, argv, operands);
	ruleset_free(rules);
	return status;
}
