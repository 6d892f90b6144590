#include "text/diacritics.h"

enum { UNACCENTED_WORDS = 10, UNACCENTED_SHARE = 5 };

/* `Vy Nguyen` within a sentence; at its beginning any word has a capital. */
static bool is_name(const struct text *text, const struct word *w)
{
	if (!w->capital || w->accented)
		return false;
	size_t i = w->first;
	while (i > 0 && text->glyph[i - 1].kind == GLYPH_SPACE)
		i--;
	uint32_t before = i > 0 ? text->glyph[i - 1].ch : '.';
	return before != '.' && before != '!' && before != '?';
}

static size_t count_names(const struct text *text)
{
	size_t names = 0;

	for (size_t i = 0; i < text->words; i++)
		names += word_is_eligible(&text->word[i]) && is_name(text, &text->word[i]);
	return names;
}

/* What is being counted. */
struct count {
	const struct text *text;
	struct diacritics *measure;
	bool named;	  /* words with a capital are names */
	size_t run;	  /* syllables that lack marks since the last accented or foreign word */
	size_t first;	  /* the first of them */
	uint64_t seen[4]; /* a bit for each different one, by a hash of its letters */
};

static bool is_foreign(const struct text *text, size_t i)
{
	return i < text->words && text->word[i].foreign;
}

static bool is_new(struct count *count, const struct word *w)
{
	const struct glyph *g = &count->text->glyph[w->first];
	unsigned hash = 0;

	for (size_t i = 0; i < w->count; i++)
		hash = hash * 31 + g[i].letter;
	uint64_t bit = 1ull << (hash & 63), *seen = &count->seen[hash >> 6 & 3];
	bool is_new = !(*seen & bit);
	*seen |= bit;
	return is_new;
}

static void count_lacking(struct count *count, size_t i)
{
	struct diacritics *d = count->measure;

	d->lacking++;
	d->different += is_new(count, &count->text->word[i]);
	if (count->run++ == 0)
		count->first = i;
	if (count->run > d->stretch) {
		d->stretch = count->run;
		d->first = count->first;
		d->count = i - count->first + 1;
	}
}

static void count_word(struct count *count, size_t i)
{
	const struct text *text = count->text;
	const struct word *w = &text->word[i];

	if (w->accented || w->foreign)
		count->run = 0;
	if (w->lacks_by_usage && !is_foreign(text, i - 1) && !is_foreign(text, i + 1) &&
	    !(count->named && is_name(text, w)))
		count_lacking(count, i);
}

void diacritics_measure(const struct text *text, struct diacritics *d)
{
	*d = (struct diacritics){.accented = text->eligible_accented, .foreign = text->foreign};
	if (!text->lacking)
		return;
	size_t names = count_names(text);
	struct count count = {
		.text = text, .measure = d, .named = names && names * 3 <= text->eligible * 2};

	for (size_t i = 0; i < text->words; i++)
		count_word(&count, i);
}

bool diacritics_unaccented(const struct text *text)
{
	return (text->eligible_lacking &&
		text->eligible_accented * UNACCENTED_SHARE <= text->eligible) ||
	       (text->eligible_accented == 0 && text->eligible >= UNACCENTED_WORDS);
}
