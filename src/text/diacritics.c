#include "text/diacritics.h"

enum { BARE_WORDS = 10, BARE_SHARE = 5 };

static bool is_asked(const struct word *w)
{
	return w->kind == WORD_SYLLABLE && w->count >= 2;
}

/* `Vy Nguyen` within a sentence; at its beginning any word has a capital. */
static bool is_name(const struct text *text, const struct word *w)
{
	size_t i = w->first;
	while (i > 0 && text->glyph[i - 1].kind == GLYPH_SPACE)
		i--;
	uint32_t before = i > 0 ? text->glyph[i - 1].ch : '.';
	return w->capital && !w->marked && before != '.' && before != '!' && before != '?';
}

/* The longest stretch without a marked word, names left out where `named` says that they
 * are the smaller part. One in which every third word has no shape of a syllable is a
 * foreign sentence, not bare Vietnamese. */
static void measure_stretch(const struct text *text, bool named, struct diacritics *d)
{
	size_t first = 0, bare = 0, others = 0;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (w->marked) {
			bare = others = 0;
			first = i + 1;
		} else if (w->kind == WORD_OTHER) {
			others++;
		} else if (named && is_name(text, w)) {
			continue;
		} else if (is_asked(w) && ++bare > d->stretch && others * 2 <= bare) {
			d->stretch = bare;
			d->first = first;
			d->count = i - first + 1;
		}
	}
}

void diacritics_measure(const struct text *text, struct diacritics *d)
{
	size_t names = 0;

	*d = (struct diacritics){0};
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		d->letters |= w->kind != WORD_NUMBER;
		if (!is_asked(w))
			continue;
		d->asked++;
		d->marked += w->marked;
		d->bare += w->bare && !w->capital;
		names += is_name(text, w);
	}
	bool named = names && names * 2 <= d->asked;
	if (named)
		d->asked -= names;
	measure_stretch(text, named, d);
}

bool diacritics_bare(const struct text *text)
{
	size_t asked = 0, marked = 0, bare = 0;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (!is_asked(w))
			continue;
		asked++;
		marked += w->marked;
		bare += w->bare && !w->capital;
	}
	return (bare && marked * BARE_SHARE <= asked) || (marked == 0 && asked >= BARE_WORDS);
}
