/*
 * length: at least so many chữ or characters, and with `distinct` so many different chữ.
 *
 *	at-least: 10
 *	unit: words | characters
 *	distinct: 5
 */
#include <string.h>

#include "base/hash.h"
#include "rules/findings.h"
#include "rules/kind/kind.h"

enum { MOST_DISTINCT = 64 };
enum unit { UNIT_WORDS, UNIT_CHARACTERS };
enum value { VALUE_LENGTH, VALUE_AT_LEAST, VALUE_DIFFERENT, VALUE_DISTINCT };

struct settings {
	enum unit unit;
	size_t at_least, distinct;
};

static const char *const word_values[] = {"words", "at-least", "different", "distinct"};
static const char *const character_values[] = {"characters", "at-least", "different", "distinct"};

static const char *const summaries[][2] = {
	[UNIT_WORDS] = {"words: {words}, at least {at-least}",
			"words: {words}, at least {at-least}; "
			"different ones: {different}, at least {distinct}"},
	[UNIT_CHARACTERS] = {"characters: {characters}, at least {at-least}",
			     "characters: {characters}, at least {at-least}; "
			     "different words: {different}, at least {distinct}"},
};

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	struct node at_least = node_get(map, "at-least"), distinct = node_get(map, "distinct");
	int64_t number = 0;
	int unit = UNIT_WORDS;

	if (!settings)
		return;
	if (!node_given(at_least) && !node_given(distinct))
		node_problem(map, PROBLEM_ERROR,
			     "a length rule needs at-least: N, distinct: N, or both");
	node_choice(node_get(map, "unit"), "words|characters", &unit);
	settings->unit = (enum unit)unit;
	if (node_number(at_least, 1, LIMIT_TEXT_BYTES, &number))
		settings->at_least = (size_t)number;
	if (node_number(distinct, 2, MOST_DISTINCT, &number))
		settings->distinct = (size_t)number;

	rule->settings = settings;
	rule->value_names = unit == UNIT_WORDS ? word_values : character_values;
	rule->value_count = settings->distinct ? 4 : 2;
	rule->summary = summaries[unit][settings->distinct > 0];
}

/*
 * Whether the glyph goes on with the character before it: what follows a joiner, a skin
 * tone, the second letter of a flag (UAX #29's rules for emoji; letters come with their
 * marks already). Counting glyphs rather than ICU's clusters of the bytes makes NFC, NFD
 * and NFKC count alike.
 */
static bool is_joined(const struct text *text, size_t index, bool flag_open)
{
	const struct glyph *glyph = &text->glyph[index];
	bool flag_letter = glyph->ch >= 0x1f1e6 && glyph->ch <= 0x1f1ff;

	if (!index || glyph->kind != GLYPH_SYMBOL || glyph[-1].kind != GLYPH_SYMBOL)
		return false;
	if (flag_letter)
		return flag_open;
	return (glyph->flags & GLYPH_INVISIBLE) || (glyph->ch >= 0x1f3fb && glyph->ch <= 0x1f3ff);
}

/* Characters as a reader counts them; a run of blanks is one, at the ends none. */
static size_t count_characters(const struct text *text)
{
	size_t count = 0;
	bool blank = true, flag_open = false;

	for (size_t i = 0; i < text->visible; i++) {
		const struct glyph *glyph = &text->glyph[i];
		bool joined = is_joined(text, i, flag_open);

		flag_open = glyph->ch >= 0x1f1e6 && glyph->ch <= 0x1f1ff && !joined;
		if (glyph->kind == GLYPH_SPACE) {
			count += !blank;
			blank = true;
		} else {
			count += !joined;
			blank = false;
		}
	}
	return blank && count ? count - 1 : count;
}

/* Of the word without its capitals, and wherever its tone is put: hòa is hoà. */
static uint64_t hash_word(const struct text *text, const struct word *word)
{
	uint64_t hash = HASH_START;
	uint32_t tone = 0;

	for (size_t i = word->first; i < word->first + word->count; i++) {
		const struct glyph *glyph = &text->glyph[i];
		uint32_t quality = glyph->marks & MARK_QUALITY;

		tone |= glyph->marks & MARK_TONE;
		hash = hash_add(hash, glyph->letter ? (uint32_t)glyph->letter << 16 | quality
						    : 1u << 31 | glyph->ch);
	}
	return hash_add(hash, tone);
}

/* How many different words there are, counted no further than `most`. */
static size_t count_different(const struct text *text, size_t most)
{
	uint64_t seen[MOST_DISTINCT];
	size_t count = 0;

	for (size_t i = 0; i < text->words && count < most; i++) {
		uint64_t hash = hash_word(text, &text->word[i]);
		size_t k = 0;

		while (k < count && seen[k] != hash)
			k++;
		if (k == count)
			seen[count++] = hash;
	}
	return count;
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	const struct text *text = input->text[INPUT_TEXT];
	size_t length = settings->unit == UNIT_WORDS ? text->words : count_characters(text);
	size_t different = count_different(text, settings->distinct);

	findings_value(findings, VALUE_LENGTH, length);
	findings_value(findings, VALUE_AT_LEAST, settings->at_least);
	findings_value(findings, VALUE_DIFFERENT, different);
	findings_value(findings, VALUE_DISTINCT, settings->distinct);
	return length < settings->at_least || different < settings->distinct ? OUTCOME_FAIL
									     : OUTCOME_PASS;
}

static const char *const keys[] = {"at-least", "unit", "distinct", NULL};

const struct kind kind_length = {"length", keys, load, match};
