/*
 * diacritics: the comment must be Vietnamese with its marks.
 *
 *	share: 0.67		least share with a mark, of the syllables that need one
 *	unmarked-from: 10	a text without a single mark fails from this many different words
 *
 * A text also fails when many syllables in a row lack their marks (typed after a pasted text), or
 * when it has many more foreign words than syllables with marks. The limits, and where they come
 * from, are in text/diacritics.h.
 */
#include "rules/findings.h"
#include "rules/kind/kind.h"
#include "text/diacritics.h"

enum value { VALUE_ACCENTED, VALUE_SYLLABLES, VALUE_PERCENT, VALUE_STRETCH, VALUE_FOREIGN };

struct settings {
	size_t share; /* in thousandths */
	size_t unmarked_from;
};

enum { MOST_WORDS = 1000 };

static const char *const values[] = {"marked", "syllables", "percent", "stretch", "foreign"};

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	int64_t share = (int64_t)(DIACRITICS_SHARE * 1000), from = DIACRITICS_UNMARKED_FROM;

	if (!settings)
		return;
	node_share(node_get(map, "share"), &share);
	node_number(node_get(map, "unmarked-from"), 1, MOST_WORDS, &from);
	settings->share = (size_t)share;
	settings->unmarked_from = (size_t)from;
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->summary = "marked: {marked} of {syllables} syllables that need marks, "
			"longest stretch without: {stretch}, foreign words: {foreign}";
}

/* Most of the text is in another language. */
static bool is_foreign(const struct diacritics *measure)
{
	return measure->foreign >= DIACRITICS_FOREIGN &&
	       measure->foreign > measure->accented * DIACRITICS_FOREIGN_TIMES;
}

static void report_words(const struct rule *rule, const struct input *input, size_t at,
			 size_t count, struct findings *findings)
{
	const struct word *first = &input->text[INPUT_TEXT]->word[at], *last = first + count - 1;

	findings_place(findings, input, rule, INPUT_TEXT, first->first,
		       last->first + last->count - first->first, NULL);
}

/* Foreign words in a row are one hit: a long text would have too many. */
static void report_foreign(const struct rule *rule, const struct input *input,
			   struct findings *findings)
{
	const struct text *text = input->text[INPUT_TEXT];

	for (size_t i = 0, count; i < text->words; i += count + 1) {
		for (count = 0; i + count < text->words && text->word[i + count].foreign; count++)
			;
		if (count)
			report_words(rule, input, i, count, findings);
	}
}

/* Shows where: the foreign words, or the longest stretch without a mark, or all words. */
static void report(const struct rule *rule, const struct input *input,
		   const struct diacritics *measure, struct findings *findings)
{
	const struct text *text = input->text[INPUT_TEXT];
	bool foreign = measure->foreign && (!measure->count || is_foreign(measure));

	if (foreign)
		report_foreign(rule, input, findings);
	else if (measure->count)
		report_words(rule, input, measure->first, measure->count, findings);
	else if (text->words)
		report_words(rule, input, 0, text->words, findings);
}

/* Words with a letter in them. */
static size_t count_lettered(const struct text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->words; i++)
		count += text->word[i].has_letter;
	return count;
}

/* A short text without marks passes if no syllable lacks one and no word is foreign (struct word):
 * `ok em`, `Honda Civic 2010`, `em xem nha`. */
static bool passes_unmarked(const struct settings *settings, const struct text *text,
			    const struct diacritics *measure)
{
	size_t from = settings->unmarked_from;

	if (measure->lacking || measure->foreign)
		return false;
	if (count_lettered(text) < from)
		return true;
	return from <= KIND_MOST_DIFFERENT && kind_count_different(text, from) < from;
}

static bool has_marks(const struct settings *settings, const struct text *text,
		      const struct diacritics *measure)
{
	size_t syllables = measure->accented + measure->lacking;

	if (!text->accented)
		return passes_unmarked(settings, text, measure);
	if (is_foreign(measure))
		return false;
	if (measure->stretch >= DIACRITICS_STRETCH)
		return false;
	size_t few = DIACRITICS_FEW - (measure->lacking >= measure->accented);

	return measure->different < few || measure->accented * 1000 >= settings->share * syllables;
}

/* The percentage of syllables with marks; 100 or 0 when no syllable needs one. */
static size_t percent(const struct text *text, const struct diacritics *measure)
{
	size_t syllables = measure->accented + measure->lacking;

	if (syllables)
		return measure->accented * 100 / syllables;
	return text->accented || !count_lettered(text) ? 100 : 0;
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct text *text = input->text[INPUT_TEXT];
	struct diacritics measure;

	diacritics_measure(text, &measure);
	findings_value(findings, VALUE_ACCENTED, measure.accented);
	findings_value(findings, VALUE_SYLLABLES, measure.accented + measure.lacking);
	findings_value(findings, VALUE_PERCENT, percent(text, &measure));
	findings_value(findings, VALUE_STRETCH, measure.stretch);
	findings_value(findings, VALUE_FOREIGN, measure.foreign);
	if (has_marks(rule->settings, text, &measure))
		return OUTCOME_PASS;
	report(rule, input, &measure, findings);
	return OUTCOME_FAIL;
}

static const char *const keys[] = {"share", "unmarked-from", NULL};

const struct kind kind_diacritics = {"diacritics", keys, load, match};
