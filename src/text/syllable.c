#include <string.h>

#include "text/syllable.h"

struct shape {
	char letters[SYLLABLE_LETTERS + 1];
	size_t onset, vowels, coda; /* letters of each */
};

struct vowels {
	const char *letters;
	enum { OPEN = 1, CLOSED = 2, OPEN_QUALITY = 4, CLOSED_QUALITY = 8 } flags;
};

/* Which vowels may end a syllable and which may go before a coda; _QUALITY: only with a
 * circumflex, breve or horn on one of them. */
static const struct vowels nuclei[] = {
	{"a", OPEN | CLOSED},	{"ai", OPEN},		{"ao", OPEN},
	{"au", OPEN},		{"ay", OPEN},		{"e", OPEN | CLOSED},
	{"eo", OPEN},		{"eu", OPEN | OPEN_QUALITY},
	{"i", OPEN | CLOSED},	{"ia", OPEN},		{"ie", OPEN | CLOSED | OPEN_QUALITY | CLOSED_QUALITY},
	{"ieu", OPEN | OPEN_QUALITY},			{"iu", OPEN},
	{"o", OPEN | CLOSED},	{"oa", OPEN | CLOSED},	{"oai", OPEN},
	{"oao", OPEN},		{"oay", OPEN},		{"oe", OPEN | CLOSED},
	{"oeo", OPEN},		{"oi", OPEN},		{"oo", CLOSED},
	{"u", OPEN | CLOSED},	{"ua", OPEN | CLOSED | CLOSED_QUALITY},
	{"uay", OPEN | OPEN_QUALITY},			{"ue", OPEN | CLOSED | OPEN_QUALITY | CLOSED_QUALITY},
	{"ui", OPEN},		{"uo", OPEN | CLOSED | OPEN_QUALITY | CLOSED_QUALITY},
	{"uoi", OPEN | OPEN_QUALITY},			{"uou", OPEN | OPEN_QUALITY},
	{"uu", OPEN | OPEN_QUALITY},			{"uy", OPEN | CLOSED},
	{"uya", OPEN},		{"uye", CLOSED | CLOSED_QUALITY},
	{"uyu", OPEN},		{"y", OPEN | CLOSED},	{"ye", CLOSED | CLOSED_QUALITY},
	{"yeu", OPEN | OPEN_QUALITY},
};

static bool is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static size_t onset_length(const char *s)
{
	static const char *const onsets[] = {"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu",
					     "th", "tr", "b",  "c",  "d",  "g",	 "h",  "k",  "l",
					     "m",  "n",	 "p",  "r",  "s",  "t",	 "v",  "x"};
	for (size_t i = 0; i < sizeof onsets / sizeof *onsets; i++) {
		size_t n = strlen(onsets[i]);
		if (strncmp(s, onsets[i], n) == 0 && is_vowel(s[n]))
			return n;
	}
	return 0;
}

static bool is_coda(const char *s, char before)
{
	static const char *const codas[] = {"c", "m", "n", "ng", "p", "t"};
	bool front = before == 'a' || before == 'e' || before == 'i' || before == 'y';

	if (strcmp(s, "ch") == 0 || strcmp(s, "nh") == 0)
		return front;
	for (size_t i = 0; i < sizeof codas / sizeof *codas; i++)
		if (strcmp(codas[i], s) == 0)
			return true;
	return false;
}

static const struct vowels *find_vowels(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof nuclei / sizeof *nuclei; i++)
		if (strncmp(nuclei[i].letters, s, n) == 0 && nuclei[i].letters[n] == '\0')
			return &nuclei[i];
	return NULL;
}

/* Cuts the letters into onset, vowels and coda; NULL when they are no syllable. */
static const struct vowels *cut(struct shape *shape)
{
	const char *s = shape->letters;
	size_t len = strlen(s), end;

	shape->onset = onset_length(s);
	for (end = shape->onset; is_vowel(s[end]);)
		end++;
	shape->vowels = end - shape->onset;
	shape->coda = len - end;
	if (shape->vowels == 0 || (shape->coda && !is_coda(s + end, s[end - 1])))
		return NULL;
	const struct vowels *v = find_vowels(s + shape->onset, shape->vowels);
	return v && (v->flags & (shape->coda ? CLOSED : OPEN)) ? v : NULL;
}

static bool needs_quality(const struct shape *shape, const struct vowels *v)
{
	const char *coda = shape->letters + shape->onset + shape->vowels;
	if (v->flags & (shape->coda ? CLOSED_QUALITY : OPEN_QUALITY))
		return true;
	return strcmp(v->letters, "e") == 0 && (strcmp(coda, "nh") == 0 || strcmp(coda, "ch") == 0);
}

static bool marks_missing(const struct shape *shape, const struct vowels *v, uint16_t marks)
{
	size_t len = shape->onset + shape->vowels + shape->coda;
	char last = shape->letters[len - 1];
	const char *coda = shape->letters + shape->onset + shape->vowels;
	bool stop = shape->coda && (last == 'c' || last == 'p' || last == 't' || strcmp(coda, "ch") == 0);

	if (stop && !(marks & MARK_TONE))
		return true;
	return needs_quality(shape, v) && !(marks & (MARK_QUALITY & ~MARK_STROKE));
}

bool syllable_read(const struct glyph *glyph, size_t count, bool *bare)
{
	struct shape shape = {0};
	uint16_t marks = 0;

	if (count == 0 || count > SYLLABLE_LETTERS)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (glyph[i].letter < 'a' || glyph[i].letter > 'z')
			return false;
		shape.letters[i] = (char)glyph[i].letter;
		marks |= glyph[i].marks;
	}
	const struct vowels *v = cut(&shape);
	if (v && bare)
		*bare = marks_missing(&shape, v, marks);
	return v != NULL;
}
