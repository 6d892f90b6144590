/*
 * noise: shouting and repetition. Each key is an upper limit; at least one is required.
 *
 *	capitals: 0.7		share of capitals in comments of 20 letters or more
 *	same-letter: 10		repeats of one letter in a row
 *	emoji: 20		emoji; a sequence or a flag is one
 *	same-sentence: 3	repeats of one sentence of three words or more
 */
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "rules/findings.h"
#include "rules/kind/kind.h"
#include "rules/kind/sentence.h"

enum { FEWEST_LETTERS = 20, MOST = 1000, FIRST_EMOJI = 0x203C };
enum value { VALUE_CAPITALS, VALUE_LETTERS, VALUE_RUN, VALUE_EMOJI, VALUE_SENTENCE, VALUES };

static const char *const values[] = {"capitals", "letters", "same-letter", "emoji",
				     "same-sentence"};

/* A limit of 0 means that its key is not given. The share of capitals is in thousandths. */
struct settings {
	bool has_capitals;
	int64_t capitals, same_letter, emoji, same_sentence;
	const char *names[VALUES]; /* of what is measured, in the order of `values` */
};

/* An invalid limit is a value too: a message that uses it then gets no second error. */
static void load_limit(struct settings *settings, struct rule *rule, struct node map,
		       enum value value, int64_t least, int64_t *limit)
{
	node_number(node_get(map, values[value]), least, MOST, limit);
	if (node_given(node_get(map, values[value])))
		settings->names[rule->value_count++] = values[value];
}

/* The summary has the limits as numbers: no message needs them. */
static void load_summary(struct loading *loading, struct rule *rule,
			 const struct settings *settings)
{
	struct buf summary = {0};

	if (settings->has_capitals)
		buf_printf(&summary,
			   "; capitals: {capitals} %% of {letters} letters, at most %g %%",
			   (double)settings->capitals / 10);
	if (settings->same_letter)
		buf_printf(&summary, "; same letter: {same-letter} in a row, at most %d",
			   (int)settings->same_letter);
	if (settings->emoji)
		buf_printf(&summary, "; emoji: {emoji}, at most %d", (int)settings->emoji);
	if (settings->same_sentence)
		buf_printf(&summary, "; same sentence: {same-sentence} times, at most %d",
			   (int)settings->same_sentence);
	rule->summary = load_buf(loading, &summary);
	if (rule->summary && *rule->summary)
		rule->summary += strlen("; ");
}

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);

	if (!settings)
		return;
	settings->has_capitals = node_share(node_get(map, "capitals"), &settings->capitals);
	if (node_given(node_get(map, "capitals"))) {
		settings->names[rule->value_count++] = values[VALUE_CAPITALS];
		settings->names[rule->value_count++] = values[VALUE_LETTERS];
	}
	load_limit(settings, rule, map, VALUE_RUN, 2, &settings->same_letter);
	load_limit(settings, rule, map, VALUE_EMOJI, 1, &settings->emoji);
	load_limit(settings, rule, map, VALUE_SENTENCE, 1, &settings->same_sentence);
	if (node_lacks(map, "capitals") && node_lacks(map, "same-letter") &&
	    node_lacks(map, "emoji") && node_lacks(map, "same-sentence"))
		node_problem(map, PROBLEM_ERROR,
			     "a noise rule needs one of capitals:, same-letter:, emoji: and "
			     "same-sentence:");
	rule->settings = settings;
	rule->value_names = settings->names;
	load_summary(loading, rule, settings);
}

/* Counts the capitals, and all letters. Only boundaries are looked at: every other glyph is a small
 * letter. */
static size_t count_capitals(const struct text *text, size_t *letters)
{
	size_t capitals = 0, others = 0;

	for (const uint32_t *at = text->boundary; *at < text->visible; at++) {
		const struct glyph *glyph = &text->glyph[*at];

		capitals += (glyph->flags & GLYPH_UPPER) != 0;
		others += glyph->kind != GLYPH_LETTER;
	}
	*letters = text->visible - others;
	return capitals;
}

static bool is_emoji(const struct glyph *glyph)
{
	return glyph->kind == GLYPH_SYMBOL && glyph->ch >= FIRST_EMOJI &&
	       u_hasBinaryProperty((UChar32)glyph->ch, UCHAR_EMOJI);
}

/* Stops at more than `most`. */
static size_t count_emoji(const struct text *text, size_t most)
{
	size_t emoji = 0;
	bool flag_open = false;

	for (const uint32_t *at = text->boundary; *at < text->visible && emoji <= most; at++) {
		const struct glyph *glyph = &text->glyph[*at];

		if (!is_emoji(glyph))
			continue;
		bool joins = glyph_joins(text, *at, flag_open);

		emoji += !joins;
		flag_open = glyph_is_flag_letter(glyph) && !joins;
	}
	return emoji;
}

/* How many glyphs may be emoji, and how many end a sentence: the true numbers or more. Every text
 * is read in this way, so it has to be fast. */
struct signs {
	size_t symbols, ends;
};

/* Bytes that are compared and counted at once; a count of 256 would overflow. */
typedef uint8_t lanes __attribute__((vector_size(16)));
enum { LANES = sizeof(lanes), MOST_BYTES = 254 * LANES };

struct lane_counts {
	lanes symbols, ends;
};

static inline void count_lanes(struct lane_counts *counts, lanes c)
{
	counts->symbols -= (lanes)(c >= 0xE2); /* true is -1 */
	counts->ends -= (lanes)((c == '.') | (c == '!') | (c == '?') | (c == '\n'));
}

static size_t add_up(lanes counts)
{
	size_t sum = 0;

	for (size_t i = 0; i < LANES; i++)
		sum += counts[i];
	return sum;
}

/* The same for a text in which each character is a glyph. In UTF-8, emoji begin with 0xE2 or more.
 */
static struct signs count_in_bytes(const struct text *text)
{
	struct lane_counts counts = {0};
	lanes c, last = {0};
	size_t at = 0;

	for (; at + LANES <= text->len; at += LANES) {
		memcpy(&c, text->bytes + at, LANES);
		count_lanes(&counts, c);
	}
	memcpy(&last, text->bytes + at, text->len - at);
	count_lanes(&counts, last);
	return (struct signs){add_up(counts.symbols), add_up(counts.ends)};
}

static struct signs count_signs(const struct text *text)
{
	struct signs signs = {0, 0};

	if (text->canonical && text->len <= MOST_BYTES)
		return count_in_bytes(text);
	for (const uint32_t *at = text->boundary; *at < text->visible; at++) {
		const struct glyph *glyph = &text->glyph[*at];

		signs.symbols += glyph->kind == GLYPH_SYMBOL;
		signs.ends += sentence_ends(glyph);
	}
	return signs;
}

/*
 * The longest run of one letter, if it is longer than `most`; with 0 the longest of all. Looks at a
 * glyph and the one before it, then goes on by `most` glyphs: a longer run contains one of these
 * pairs. Where both have the same letter, the run around them is measured.
 */
static struct stretch find_run(const struct text *text, size_t most)
{
	const struct glyph *g = text->glyph;
	struct stretch longest = {0};

	for (size_t end = most; end < text->visible;) {
		if (most && g[end].letter != g[end - 1].letter) {
			end += most;
			continue;
		}
		uint64_t letter = small_letter(&g[end]);
		size_t first = end, past = end + 1;

		while (letter && first && small_letter(&g[first - 1]) == letter)
			first--;
		if (letter && past - first > most) {
			while (past < text->visible && small_letter(&g[past]) == letter)
				past++;
			most = past - first;
			longest = (struct stretch){most, first, most};
			first = past;
		}
		end = letter ? first + most : past + most;
	}
	return longest;
}

/* How many signs at the end of the text end its last sentence. */
static size_t count_last_ends(const struct text *text)
{
	size_t count = 0;

	while (count < text->visible && sentence_ends(&text->glyph[text->visible - count - 1]))
		count++;
	return count;
}

/* Whether the same sentence may be there more than `most` times. `ends` signs end a sentence. */
static bool may_repeat(const struct text *text, size_t most, size_t ends)
{
	if (ends < most)
		return false;
	ends -= count_last_ends(text);
	return ends >= most && sentence_may_repeat(text, most, ends);
}

static struct stretch find_sentence(const struct text *text, struct findings *findings)
{
	struct stretch found;

	findings->failed |= !sentence_most_frequent(text, &findings->arena, &found);
	return found;
}

/* Whether `boundary` of the text shows that the share is not exceeded. Each capital is a boundary,
 * and each glyph that is no boundary is a letter. */
static bool has_few_capitals(const struct text *text, int64_t share)
{
	return text->visible == text->glyphs && text->boundaries < text->glyphs &&
	       text->boundaries * 1000 <= (size_t)share * (text->glyphs - text->boundaries);
}

static bool has_too_many(size_t capitals, size_t letters, int64_t share)
{
	return letters >= FEWEST_LETTERS && capitals * 1000 > (size_t)share * letters;
}

static bool has_too_many_capitals(const struct text *text, int64_t share)
{
	size_t letters, capitals;

	if (has_few_capitals(text, share))
		return false;
	capitals = count_capitals(text, &letters);
	return has_too_many(capitals, letters, share);
}

/* Whether the comment has too many emoji, or too often the same sentence. */
static bool has_too_many_signs(const struct settings *settings, const struct text *text,
			       struct findings *findings)
{
	size_t emoji = (size_t)settings->emoji, repeats = (size_t)settings->same_sentence;
	struct signs signs = count_signs(text);

	if (emoji && signs.symbols > emoji && count_emoji(text, emoji) > emoji)
		return true;
	return repeats && may_repeat(text, repeats, signs.ends) &&
	       find_sentence(text, findings).count > repeats;
}

/* Measures only what decides: few comments fail. */
static bool fails(const struct settings *settings, const struct text *text,
		  struct findings *findings)
{
	if (settings->has_capitals && has_too_many_capitals(text, settings->capitals))
		return true;
	if (settings->same_letter && find_run(text, (size_t)settings->same_letter).count)
		return true;
	return (settings->emoji || settings->same_sentence) &&
	       has_too_many_signs(settings, text, findings);
}

/* Where the values of a comment go. */
struct report {
	const struct rule *rule;
	const struct input *input;
	struct findings *findings;
	size_t value; /* the next one */
};

static void report_find(struct report *report, const struct stretch *find, int64_t most)
{
	findings_value(report->findings, report->value++, find->count);
	if (find->count > (size_t)most && find->len)
		findings_place(report->findings, report->input, report->rule, INPUT_TEXT,
			       find->first, find->len, NULL);
}

static void report_all(struct report report)
{
	const struct settings *settings = report.rule->settings;
	const struct text *text = report.input->text[INPUT_TEXT];
	struct stretch find;

	if (settings->has_capitals) {
		size_t letters, capitals = count_capitals(text, &letters);

		findings_value(report.findings, report.value++,
			       letters ? capitals * 100 / letters : 0);
		findings_value(report.findings, report.value++, letters);
	}
	if (settings->same_letter) {
		find = find_run(text, 0);
		report_find(&report, &find, settings->same_letter);
	}
	if (settings->emoji) {
		find = (struct stretch){.count = count_emoji(text, SIZE_MAX)};
		report_find(&report, &find, settings->emoji);
	}
	if (settings->same_sentence) {
		find = find_sentence(text, report.findings);
		report_find(&report, &find, settings->same_sentence);
	}
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	bool failing = fails(rule->settings, input->text[INPUT_TEXT], findings);

	if (failing || findings->exact)
		report_all((struct report){rule, input, findings, 0});
	return failing ? OUTCOME_FAIL : OUTCOME_PASS;
}

static const char *const keys[] = {"capitals", "same-letter", "emoji", "same-sentence", NULL};

const struct kind kind_noise = {"noise", keys, load, match};
