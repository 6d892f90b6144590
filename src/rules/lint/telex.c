#include "rules/lint/telex.h"

#include <string.h>
#include "text/syllable.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct keys {
	char raw[MOST_LETTERS + 1]; /* as typed, small letters without marks */
	struct letters *syllable;
	uint16_t tone;
	bool sure; /* no word of another language is likely to look so */
};

/* Words of other languages that are Telex of a syllable as well. */
static bool is_foreign(const char *raw)
{
	static const char *const words[] = {
		"if",	 "of",	   "def",   "ref",   "chef",  "beef",  "reef",	"roof",	 "hoof",
		"goof",	 "loaf",   "gif",   "beer",  "deer",  "peer",  "seer",	"cheer", "leer",
		"veer",	 "queer",  "door",  "poor",  "moor",  "boor",  "boost", "roost", "bees",
		"sees",	 "tees",   "moos",  "boos",  "cows",  "rows",  "lows",	"bows",	 "vows",
		"tows",	 "mows",   "lynx",  "minx",  "songs", "gangs", "gongs", "kongs", "pangs",
		"rungs", "lungs",  "hangs", "tongs", "bangs", "tangs", "raj",	"taj",	 "haj",
		"ddos",	 "queen",  "loops", "naan",  "buf",   "coef",  "conf",	"nginx", "nasm",
		"nows",	 "queens", "genx"};

	return is_in(raw, words, COUNT(words));
}

/* The letter that has the tone, in a word with a vowel. */
static size_t tone_place(const struct letters *word)
{
	const struct glyph *glyph = word->glyph;
	size_t first = onset_of(glyph, word->count), end = first;

	while (end < word->count && is_vowel(&glyph[end]))
		end++;
	for (size_t i = end; i > first; i--)
		if (glyph[i - 1].marks & MARK_QUALITY)
			return i - 1;
	if (end - first == 2 && end == word->count &&
	    !((glyph[first].letter == 'o' && strchr("ae", glyph[first + 1].letter)) ||
	      (glyph[first].letter == 'u' && glyph[first + 1].letter == 'y')))
		return first;
	return end - first == 3 ? first + 1 : end - 1;
}

/* w: a horn on the last u or o, or on both of uo; a breve on the last a. */
static bool add_horn_or_breve(struct letters *word)
{
	size_t i = word->count;

	while (i && !strchr("uoa", word->glyph[i - 1].letter))
		i--;
	if (!i || word->glyph[i - 1].marks & MARK_QUALITY)
		return false;
	word->glyph[i - 1].marks |= word->glyph[i - 1].letter == 'a' ? MARK_BREVE : MARK_HORN;
	if (i > 1 && word->glyph[i - 1].letter == 'o' && word->glyph[i - 2].letter == 'u')
		word->glyph[i - 2].marks |= MARK_HORN;
	return true;
}

static bool has_vowel(const struct letters *word)
{
	return onset_of(word->glyph, word->count) < word->count;
}

/* Whether the tone key at `at` is where only Telex has it. */
static bool is_sure_key(const char *raw, size_t at)
{
	char key = raw[at], before = raw[at - 1], next = raw[at + 1];
	bool doubled = before == 'w' || before == raw[at - 2];

	if (!strchr("aeiouyw", before))
		return key != 's' || strchr("gh", before);
	if (next && strchr("aeiouyw", next)) /* taxi, dojo */
		return false;
	if (key == 'f' || key == 'j' || doubled)
		return true;
	if (!next)
		return false;
	if (key == 's')
		return strchr("nm", next) || !strcmp(raw + at, "sch");
	return key == 'x' || !strcmp(raw + at, "rng") || !strcmp(raw + at, "rnh");
}

/* Applies the key at `at`, or appends it as a letter. Returns false if Telex has no such word. */
static bool type_telex(struct keys *keys, const struct glyph *glyph, size_t at)
{
	static const char tone_keys[] = "fsrxj";
	static const uint16_t tones[] = {MARK_GRAVE, MARK_ACUTE, MARK_HOOK, MARK_TILDE, MARK_DOT};
	struct letters *word = keys->syllable;
	struct glyph *last = word->count ? &word->glyph[word->count - 1] : NULL;
	char key = keys->raw[at];
	const char *tone = strchr(tone_keys, key);

	if (last && at == 1 && key == 'd' && last->letter == 'd') {
		last->marks |= MARK_STROKE;
		keys->sure = true;
	} else if (last && strchr("aeo", key) && last->letter == (uint8_t)key && !last->marks) {
		last->marks |= MARK_CIRCUMFLEX;
	} else if (key == 'w') {
		return add_horn_or_breve(word);
	} else if (tone && has_vowel(word)) {
		if (keys->tone)
			return false;
		keys->tone = tones[tone - tone_keys];
		keys->sure |= at > 1 && is_sure_key(keys->raw, at);
	} else {
		word->glyph[word->count++] = glyph[at];
	}
	return true;
}

/* Letters in a row that only Telex has. */
static bool has_sure_letters(const char *raw)
{
	static const char *const rows[] = {"uw",  "uow", "owi", "iee", "yee",
					   "uoo", "uaa", "uee", "ooi", "eeu"};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strstr(raw, rows[i]))
			return true;
	return false;
}

static bool read_telex(struct keys *keys, const struct glyph *glyph, size_t count)
{
	uint16_t marks = 0;

	if (is_foreign(keys->raw) || syllable_shape(glyph, count))
		return false;
	keys->sure = has_sure_letters(keys->raw);
	for (size_t i = 0; i < count; i++) {
		marks |= glyph[i].marks;
		if (glyph[i].letter < 'a' || !type_telex(keys, glyph, i))
			return false;
	}
	keys->sure |= keys->tone && strstr(keys->raw, "aa");
	if (count == 3 && is_vowel(glyph)) /* inf, eof */
		return false;
	return keys->syllable->count < count &&
	       (keys->sure || marks & MARK_QUALITY & ~MARK_STROKE || marks & MARK_TONE);
}

/* A digit that is a mark: 1 to 5 a tone, 6 to 8 the quality of the vowel before it, 9 the stroke.
 */
static bool type_vni(struct keys *keys, char digit, bool is_last)
{
	static const uint16_t tones[] = {MARK_ACUTE, MARK_GRAVE, MARK_HOOK, MARK_TILDE, MARK_DOT};
	struct letters *word = keys->syllable;
	struct glyph *last;

	if (!word->count)
		return false;
	last = &word->glyph[word->count - 1];
	if (digit == '9' && word->count == 1 && last->letter == 'd' && !last->marks) {
		last->marks |= MARK_STROKE;
		keys->sure = true;
		return true;
	}
	if (!has_vowel(word) || digit < '1' || digit > '8')
		return false;
	keys->sure |= !is_last && onset_of(word->glyph, word->count);
	if (digit > '6')
		return strchr(digit == '8' ? "a" : "uo", last->letter) && add_horn_or_breve(word);
	if (digit == '6') {
		last->marks |= MARK_CIRCUMFLEX;
		return strchr("aeo", last->letter);
	}
	if (keys->tone)
		return false;
	keys->tone = tones[digit - '1'];
	return true;
}

/* Two marks in a row, as in bo62, do not make it sure: a brand may end in any number. */
static bool read_vni(struct keys *keys, const struct glyph *glyph, size_t count)
{
	size_t letters = count;

	if (strstr(keys->raw, "aa") || strstr(keys->raw, "ee") || strstr(keys->raw, "oo"))
		return false;
	while (letters && glyph[letters - 1].kind == GLYPH_DIGIT)
		letters--;
	for (size_t i = 0; i < count; i++) {
		if (glyph[i].marks || !glyph[i].letter)
			return false;
		if (glyph[i].kind == GLYPH_LETTER)
			keys->syllable->glyph[keys->syllable->count++] = glyph[i];
		else if (!type_vni(keys, keys->raw[i], i >= letters))
			return false;
	}
	return keys->sure && keys->syllable->count < count;
}

static bool is_meant(struct keys *keys)
{
	struct letters *word = keys->syllable;
	size_t tones = 0;

	for (size_t i = 0; i < word->count; i++)
		tones += (word->glyph[i].marks & MARK_TONE) != 0;
	if (word->count < 2 || !has_vowel(word) || (keys->tone && tones))
		return false;
	word->glyph[tone_place(word)].marks |= keys->tone;
	return is_real_syllable(word->glyph, word->count);
}

const char *read_keys(const struct glyph *glyph, size_t count, struct letters *syllable)
{
	struct keys keys = {.syllable = syllable};
	bool has_digit = false;

	syllable->count = 0;
	if (count < 3 || count > MOST_LETTERS)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		has_digit |= glyph[i].kind == GLYPH_DIGIT;
		keys.raw[i] = (char)glyph[i].letter;
		if (!glyph[i].letter || glyph[i].flags & GLYPH_FOREIGN)
			return NULL;
	}
	if (!(has_digit ? read_vni : read_telex)(&keys, glyph, count) || !is_meant(&keys))
		return NULL;
	return has_digit ? "VNI" : "Telex";
}
