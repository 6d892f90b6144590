/*
 * length: a least and a greatest number of chữ or characters, and with `distinct` a least number
 * of different chữ.
 *
 *	at-least: 10
 *	at-most: 500
 *	unit: words | characters
 *	distinct: 5
 */
#include <string.h>

#include "rules/findings.h"
#include "rules/kind/kind.h"
#include "text/word.h"

enum unit { UNIT_WORDS, UNIT_CHARACTERS };

/* `values`: the names of the values that match() gives, in the same order. The keys of the rule
 * determine which values there are. */
struct settings {
	enum unit unit;
	size_t at_least, at_most, distinct;
	const char *values[FINDINGS_VALUES];
};

/* An invalid limit is a value too: a message that uses it then gets no second error. */
static size_t load_limit(struct rule *rule, struct settings *settings, struct node map,
			 const char *key, int64_t least, int64_t most)
{
	int64_t number = 0;

	node_number(node_get(map, key), least, most, &number);
	if (node_given(node_get(map, key)))
		settings->values[rule->value_count++] = key;
	return (size_t)number;
}

static void load_summary(struct loading *loading, struct rule *rule,
			 const struct settings *settings)
{
	const char *unit = settings->values[0];
	struct buf summary = {0};

	buf_printf(&summary, "%s: {%s}", unit, unit);
	if (settings->at_least)
		buf_add_string(&summary, ", at least {at-least}");
	if (settings->at_most)
		buf_add_string(&summary, ", at most {at-most}");
	if (settings->distinct)
		buf_printf(&summary, "; different %s: {different} of {distinct} needed",
			   settings->unit == UNIT_WORDS ? "ones" : "words");
	rule->summary = load_buf(loading, &summary);
}

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	int unit = UNIT_WORDS;

	if (!settings)
		return;
	if (node_lacks(map, "at-least") && node_lacks(map, "at-most") &&
	    node_lacks(map, "distinct"))
		node_problem(map, PROBLEM_ERROR,
			     "a length rule needs one of at-least: N, at-most: N and distinct: N");
	node_choice(node_get(map, "unit"), "words|characters", &unit);
	settings->unit = (enum unit)unit;
	settings->values[rule->value_count++] = unit == UNIT_WORDS ? "words" : "characters";
	settings->at_least = load_limit(rule, settings, map, "at-least", 1, LIMIT_TEXT_BYTES);
	settings->at_most = load_limit(rule, settings, map, "at-most", 1, LIMIT_TEXT_BYTES);
	if (node_given(node_get(map, "distinct")))
		settings->values[rule->value_count++] = "different";
	settings->distinct = load_limit(rule, settings, map, "distinct", 2, KIND_MOST_DIFFERENT);
	if (settings->at_most && settings->at_most < settings->at_least)
		node_problem(node_get(map, "at-most"), PROBLEM_ERROR,
			     "at-most: %zu is below at-least: %zu: every comment would fail",
			     settings->at_most, settings->at_least);
	rule->settings = settings;
	rule->value_names = settings->values;
	load_summary(loading, rule, settings);
}

/* Counts characters as a reader does: a run of blanks is one, blanks at the ends are none. Counting
 * glyphs rather than ICU's clusters of the bytes makes NFC, NFD and NFKC count alike. */
static size_t count_characters(const struct text *text)
{
	size_t count = 0;
	bool blank = true, flag_open = false;

	for (size_t i = 0; i < text->visible; i++) {
		const struct glyph *glyph = &text->glyph[i];
		bool joined = glyph_joins(text, i, flag_open);

		flag_open = glyph_is_flag_letter(glyph) && !joined;
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

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	const struct text *text = input->text[INPUT_TEXT];
	size_t length = settings->unit == UNIT_WORDS ? text->words : count_characters(text);
	size_t different = kind_count_different(text, settings->distinct), value = 0;

	findings_value(findings, value++, length);
	if (settings->at_least)
		findings_value(findings, value++, settings->at_least);
	if (settings->at_most)
		findings_value(findings, value++, settings->at_most);
	if (settings->distinct) {
		findings_value(findings, value++, different);
		findings_value(findings, value, settings->distinct);
	}
	if (length < settings->at_least || different < settings->distinct)
		return OUTCOME_FAIL;
	return settings->at_most && length > settings->at_most ? OUTCOME_FAIL : OUTCOME_PASS;
}

static const char *const keys[] = {"at-least", "at-most", "unit", "distinct", NULL};

const struct kind kind_length = {"length", keys, load, match};
