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

/* The longest stretch without an accented word, names left out where `named` says that they
 * are the smaller part. One in which every third word has no shape of a syllable is a
 * foreign sentence, not unaccented Vietnamese. */
static void measure_stretch(const struct text *text, bool named, struct diacritics *d)
{
	size_t first = 0, unaccented = 0, others = 0;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (w->accented) {
			unaccented = others = 0;
			first = i + 1;
		} else if (w->kind == WORD_OTHER) {
			others++;
		} else if (named && is_name(text, w)) {
			continue;
		} else if (word_is_eligible(w) && ++unaccented > d->stretch &&
			   others * 2 <= unaccented) {
			d->stretch = unaccented;
			d->first = first;
			d->count = i - first + 1;
		}
	}
}

static size_t count_names(const struct text *text)
{
	size_t names = 0;

	for (size_t i = 0; i < text->words; i++)
		names += word_is_eligible(&text->word[i]) && is_name(text, &text->word[i]);
	return names;
}

static bool has_letters(const struct text *text)
{
	for (size_t i = 0; i < text->words; i++)
		if (text->word[i].kind != WORD_NUMBER)
			return true;
	return false;
}

void diacritics_measure(const struct text *text, struct diacritics *d)
{
	size_t names = count_names(text);
	bool named = names && names * 2 <= text->eligible;

	*d = (struct diacritics){.eligible = text->eligible - (named ? names : 0),
				 .accented = text->eligible_accented,
				 .lacking = text->eligible_lacking,
				 .letters = has_letters(text)};
	measure_stretch(text, named, d);
}

bool diacritics_unaccented(const struct text *text)
{
	return (text->eligible_lacking &&
		text->eligible_accented * UNACCENTED_SHARE <= text->eligible) ||
	       (text->eligible_accented == 0 && text->eligible >= UNACCENTED_WORDS);
}
