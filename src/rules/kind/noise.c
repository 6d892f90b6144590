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

#include "base/hash.h"
#include "rules/findings.h"
#include "rules/kind/kind.h"

enum { FEWEST_LETTERS = 20, SENTENCE_WORDS = 3, MOST = 1000, FIRST_EMOJI = 0x203C };
enum value { VALUE_CAPITALS, VALUE_LETTERS, VALUE_RUN, VALUE_EMOJI, VALUE_SENTENCE, VALUES };

static const char *const values[] = {"capitals", "letters", "same-letter", "emoji",
				     "same-sentence"};

/* Limits of 0 are not given; the share is in thousandths. */
struct settings {
	bool has_capitals;
	int64_t capitals, same_letter, emoji, same_sentence;
	const char *names[VALUES]; /* of what is measured, in the order of `values` */
};

/* A stretch of glyphs, and how often or how long it is. */
struct find {
	size_t count, first, len;
};

static void load_limit(struct settings *settings, struct rule *rule, struct node map,
		       enum value value, int64_t least, int64_t *limit)
{
	if (node_number(node_get(map, values[value]), least, MOST, limit))
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
	if (summary.len)
		rule->summary = load_string(loading, summary.data + strlen("; "));
	buf_free(&summary);
}

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);

	if (!settings)
		return;
	settings->has_capitals = node_share(node_get(map, "capitals"), &settings->capitals);
	if (settings->has_capitals) {
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

static bool ends_sentence(const struct glyph *glyph)
{
	return (glyph->ch == '.') | (glyph->ch == '!') | (glyph->ch == '?') | (glyph->ch == '\n');
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
		signs.ends += ends_sentence(glyph);
	}
	return signs;
}

/* The letter without its case, with its marks; 0 for what is no letter. */
static uint64_t letter_of(const struct glyph *glyph)
{
	if (glyph->kind != GLYPH_LETTER)
		return 0;
	if (glyph->letter)
		return (uint64_t)glyph->letter << 16 | glyph->marks;
	return UINT64_C(1) << 32 | (uint64_t)u_tolower((UChar32)glyph->ch);
}

/*
 * The longest run of one letter, if it is longer than `most`. The text is looked at in steps of
 * `most` glyphs: such a run contains the glyph at some step and the one before it. Where these two
 * differ, the search goes on to the next step.
 */
static struct find find_run(const struct text *text, size_t most)
{
	const struct glyph *g = text->glyph;
	struct find longest = {0};

	for (size_t end = most; end < text->visible;) {
		if (most && g[end].letter != g[end - 1].letter) {
			end += most;
			continue;
		}
		uint64_t letter = letter_of(&g[end]);
		size_t first = end, past = end + 1;

		while (letter && first && letter_of(&g[first - 1]) == letter)
			first--;
		if (letter && past - first > most) {
			while (past < text->visible && letter_of(&g[past]) == letter)
				past++;
			most = past - first;
			longest = (struct find){most, first, most};
			first = past;
		}
		end = letter ? first + most : past + most;
	}
	return longest;
}

/* Sentences. */

struct sentence {
	uint64_t hash;
	uint32_t first, last; /* words */
};

/* Whether a sentence ends between two words. */
static bool ends_between(const struct text *text, const struct word *word, const struct word *next)
{
	for (size_t i = word->first + word->count; i < next->first; i++)
		if (ends_sentence(&text->glyph[i]))
			return true;
	return false;
}

/* Reads the sentence from word `at` on. Returns the word after it. `count` is of its words with
 * letters. */
static size_t read_sentence(const struct text *text, size_t at, struct sentence *sentence,
			    size_t *count)
{
	*sentence = (struct sentence){HASH_START, (uint32_t)at, (uint32_t)at};
	*count = 0;
	for (; at < text->words; at++) {
		const struct word *word = &text->word[at];

		if (at > sentence->first && ends_between(text, word - 1, word))
			break;
		*count += word->has_letter;
		sentence->last = (uint32_t)at;
		for (size_t i = word->first; i < word->first + word->count; i++) {
			uint64_t letter = letter_of(&text->glyph[i]);

			if (letter)
				sentence->hash = hash_add(sentence->hash, (uint32_t)letter);
		}
	}
	return at;
}

/* The sentences of a text that are long enough; NULL counts them only. */
static size_t read_sentences(const struct text *text, struct sentence *sentences)
{
	struct sentence sentence;
	size_t count = 0, words;

	for (size_t at = 0; at < text->words;) {
		at = read_sentence(text, at, &sentence, &words);
		if (words < SENTENCE_WORDS)
			continue;
		if (sentences)
			sentences[count] = sentence;
		count++;
	}
	return count;
}

static size_t count_letters(const struct text *text, const struct word *word)
{
	size_t letters = 0;

	if (word->kind == WORD_SYLLABLE)
		return word->count;
	for (size_t i = word->first; i < word->first + word->count; i++)
		letters += text->glyph[i].kind == GLYPH_LETTER;
	return letters;
}

/* Whether more than `most` sentences may be the same, because they have the same number of letters.
 * Few texts have such sentences, so few need to be hashed. */
static bool may_repeat(const struct text *text, size_t most)
{
	enum { LENGTHS = 64 };
	uint32_t sentences[LENGTHS] = {0}; /* by their letters modulo LENGTHS */
	size_t letters = 0, words = 0;

	for (size_t i = 0; i < text->words; i++) {
		const struct word *word = &text->word[i];

		if (i > 0 && ends_between(text, word - 1, word)) {
			if (words >= SENTENCE_WORDS && ++sentences[letters % LENGTHS] > most)
				return true;
			letters = words = 0;
		}
		letters += count_letters(text, word);
		words += word->has_letter;
	}
	return words >= SENTENCE_WORDS && ++sentences[letters % LENGTHS] > most;
}

static int by_hash(const void *one, const void *other)
{
	const struct sentence *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static struct find most_frequent(const struct text *text, const struct sentence *sentences,
				 size_t count)
{
	struct find most = {0};

	for (size_t i = 0, end; i < count; i = end) {
		const struct word *first = &text->word[sentences[i].first];
		const struct word *last = &text->word[sentences[i].last];

		for (end = i + 1; end < count && sentences[end].hash == sentences[i].hash; end++)
			;
		if (end - i > most.count)
			most = (struct find){end - i, first->first,
					     last->first + last->count - first->first};
	}
	return most;
}

static struct find find_sentence(const struct text *text, struct findings *findings)
{
	size_t count = read_sentences(text, NULL);
	struct sentence *sentences = arena_alloc(&findings->arena, (count + 1) * sizeof *sentences);

	if (!sentences) {
		findings->failed = true;
		return (struct find){0};
	}
	read_sentences(text, sentences);
	qsort(sentences, count, sizeof *sentences, by_hash);
	return most_frequent(text, sentences, count);
}

/* A glyph that is no boundary is a small letter. So at most the boundaries are capitals, and at
 * least the others are letters. */
static bool has_few_capitals(const struct text *text, int64_t share)
{
	return text->visible == text->glyphs && text->boundaries < text->glyphs &&
	       text->boundaries * 1000 <= (size_t)share * (text->glyphs - text->boundaries);
}

static bool has_too_many(size_t capitals, size_t letters, int64_t share)
{
	return letters >= FEWEST_LETTERS && capitals * 1000 > (size_t)share * letters;
}

static bool shouts(const struct text *text, int64_t share)
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
	return repeats && signs.ends >= repeats && may_repeat(text, repeats) &&
	       find_sentence(text, findings).count > repeats;
}

/* Measures only what decides: few comments fail. */
static bool fails(const struct settings *settings, const struct text *text,
		  struct findings *findings)
{
	if (settings->has_capitals && shouts(text, settings->capitals))
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

static void report_find(struct report *report, const struct find *find, int64_t most)
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
	struct find find;

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
		find = (struct find){.count = count_emoji(text, SIZE_MAX)};
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
