/* Syllables whose marks stood apart, and with them their codas: `ma ́ u` is `máu`. */
#include <string.h>

#include "text/decode.h"
#include "text/syllable.h"

static bool is_letter(const struct text *text, size_t i)
{
	return i < text->glyphs && text->glyph[i].kind == GLYPH_LETTER;
}

/* How many letters of a coda or final vowel stand alone from `i`: 0 when it is a word. */
static size_t lone_coda(const struct text *text, size_t i)
{
	static const char *const codas[] = {"c", "ch", "m", "n", "ng", "nh",
					    "p", "t",  "i", "o", "u",  "y"};
	char piece[3] = "";
	size_t n = 0;

	for (; is_letter(text, i + n); n++) {
		if (n == 2 || text->glyph[i + n].marks || (text->glyph[i + n].flags & GLYPH_UPPER))
			return 0;
		piece[n] = (char)text->glyph[i + n].letter;
	}
	for (size_t k = 0; k < sizeof codas / sizeof *codas; k++)
		if (strcmp(codas[k], piece) == 0)
			return n;
	return 0;
}

/* Whether the letters that end before glyph `end` and the `n` from `coda` are one syllable. */
static bool belongs(const struct text *text, size_t end, size_t coda, size_t n)
{
	struct glyph joined[SYLLABLE_LETTERS];
	size_t first = end, len;

	while (first > 0 && is_letter(text, first - 1) && end - first <= SYLLABLE_LETTERS)
		first--;
	len = end - first;
	if (len + n > SYLLABLE_LETTERS)
		return false;
	memcpy(joined, &text->glyph[first], len * sizeof *joined);
	memcpy(joined + len, &text->glyph[coda], n * sizeof *joined);
	return syllable_read(joined, len + n, NULL);
}

void decode_mend(struct text *text)
{
	size_t to = 0; /* glyphs kept so far, in front of those still to be looked at */
	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		if (to > 0 && g->ch == ' ' && (text->glyph[to - 1].flags & GLYPH_MENDED)) {
			size_t n = lone_coda(text, i + 1);
			if (n && belongs(text, to, i + 1, n))
				continue;
		}
		text->glyph[to++] = *g;
	}
	text->glyphs = to;
}
