#include "text/diacritics.h"

enum { BARE_WORDS = 10, BARE_SHARE = 5 };

static bool is_asked(const struct word *w)
{
	return w->kind == WORD_SYLLABLE && w->count >= 2;
}

/* The longest stretch without a marked word; words of other shapes weigh against it, so
 * that a foreign sentence among accented ones is none. */
static void measure_stretch(const struct text *text, struct diacritics *d)
{
	size_t first = 0, bare = 0;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (is_asked(w))
			bare++;
		else if (w->kind == WORD_OTHER && bare)
			bare--;
		if (w->marked || bare == 0) {
			bare = 0;
			first = i + 1;
		} else if (bare > d->stretch) {
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
		if (!is_asked(w))
			continue;
		d->asked++;
		d->marked += w->marked;
		names += w->capital && !w->marked;
	}
	if (names * 2 <= d->asked)
		d->asked -= names;
	measure_stretch(text, d);
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
