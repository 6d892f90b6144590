/*
 * diacritics: written in Vietnamese with its marks?
 *
 *	share: 0.25	of the words shaped like Vietnamese syllables, how many bear a mark
 *
 * A text passes with that share, and without a long stretch of unaccented words, which is what
 * gives away unaccented typing behind a pasted template. The figures are in text/diacritics.h.
 */
#include "rules/kind/kind.h"
#include "text/diacritics.h"

enum value { VALUE_ACCENTED, VALUE_SYLLABLES, VALUE_PERCENT, VALUE_STRETCH };

struct settings {
	size_t share; /* in thousandths */
};

static const char *const values[] = {"marked", "syllables", "percent", "stretch"};

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	int64_t share = (int64_t)(DIACRITICS_SHARE * 1000);

	if (!settings)
		return;
	node_share(node_get(map, "share"), &share);
	settings->share = (size_t)share;
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->summary = "marked: {marked} of {syllables} syllables, "
			"longest bare stretch: {stretch}";
}

/* The longest stretch without a mark, so that the commenter can be shown where. */
static void report_stretch(const struct rule *rule, const struct input *input,
			   const struct diacritics *measure, struct findings *findings)
{
	const struct word *first = &input->text[INPUT_TEXT]->word[measure->first];
	const struct word *last = first + measure->count - 1;

	if (measure->count)
		findings_place(findings, input, rule, INPUT_TEXT, first->first,
			       last->first + last->count - first->first, NO_TERM);
}

static bool is_short_and_fair(const struct text *text, const struct diacritics *measure)
{
	if (measure->lacking || measure->eligible > DIACRITICS_SHORT)
		return false;
	return text->accented > 0 || measure->eligible <= DIACRITICS_FEW;
}

/* Words of which none is shaped like a syllable (`k bt dc j nx`) need a mark among them. */
static bool has_marks(const struct text *text, const struct diacritics *measure, size_t share)
{
	if (measure->eligible == 0)
		return text->accented > 0 || !measure->letters;
	if (is_short_and_fair(text, measure))
		return true;
	return measure->accented * 1000 >= share * measure->eligible &&
	       measure->stretch < DIACRITICS_STRETCH;
}

/* Of the eligible words, in percent; of none, all or nothing. */
static size_t percent(const struct text *text, const struct diacritics *measure)
{
	if (measure->eligible)
		return measure->accented * 100 / measure->eligible;
	return text->accented > 0 || !measure->letters ? 100 : 0;
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	struct diacritics measure;

	diacritics_measure(input->text[INPUT_TEXT], &measure);
	findings_value(findings, VALUE_ACCENTED, measure.accented);
	findings_value(findings, VALUE_SYLLABLES, measure.eligible);
	findings_value(findings, VALUE_PERCENT, percent(input->text[INPUT_TEXT], &measure));
	findings_value(findings, VALUE_STRETCH, measure.stretch);
	if (has_marks(input->text[INPUT_TEXT], &measure, settings->share))
		return OUTCOME_PASS;
	report_stretch(rule, input, &measure, findings);
	return OUTCOME_FAIL;
}

static const char *const keys[] = {"share", NULL};

const struct kind kind_diacritics = {"diacritics", keys, load, match};
