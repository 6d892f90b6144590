#include "text/diacritics.h"

/* Accented comments of ten shaped words and more bear marks on a third of them at the very
 * least; shorter ones may have none (`Tôi đi xem phim` 2 of 4, `cho em hai lon bia` none). */
enum { BARE_WORDS = 10, BARE_SHARE = 5 };

static bool is_asked(const struct word *w)
{
	return w->kind == WORD_SYLLABLE && w->count >= 2;
}

void diacritics_measure(const struct text *text, struct diacritics *d)
{
	size_t first = 0, shaped = 0, longest = 0;

	*d = (struct diacritics){0};
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (w->marked) {
			shaped = 0;
			first = i + 1;
		}
		if (!is_asked(w))
			continue;
		d->shaped++;
		d->marked += w->marked;
		d->bare += w->bare;
		if (!w->marked && ++shaped > longest) {
			longest = shaped;
			d->first = first;
			d->count = i - first + 1;
		}
	}
}

bool diacritics_bare(const struct text *text)
{
	size_t shaped = 0, marked = 0, bare = 0;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i];
		if (!is_asked(w))
			continue;
		shaped++;
		marked += w->marked;
		bare += w->bare && !w->capital;
	}
	return (bare && marked * BARE_SHARE <= shaped) || (marked == 0 && shaped >= BARE_WORDS);
}
