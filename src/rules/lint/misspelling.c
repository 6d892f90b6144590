#include "rules/lint/misspelling.h"

#include <string.h>
#include "rules/lint/non_syllable.h"
#include "rules/lint/real_syllable.h"
#include "text/syllable.h"

/* The word in small letters without a tone, or with `tone` on letter `at`. */
static void add_toned(struct buf *out, const struct text *text, const struct word *word, size_t at,
		      uint16_t tone)
{
	for (size_t i = word->first; i < word->first + word->count; i++) {
		const struct glyph *glyph = &text->glyph[i];

		add_letter(out, glyph,
			   (uint16_t)((glyph->marks & MARK_QUALITY) | (i == at ? tone : 0)));
	}
}

/* The letter that has the tone in a syllable that ends in a consonant: the last vowel. */
static size_t last_vowel(const struct text *text, const struct word *word)
{
	size_t at = word->first + word->count - 1;

	while (at > word->first && !is_vowel(&text->glyph[at]))
		at--;
	return at;
}

struct tones {
	size_t count, first; /* letters that have one; the first of them */
	uint16_t marks;	     /* of all letters */
};

static struct tones tones_of(const struct text *text, const struct word *word)
{
	struct tones tones = {0, 0, 0};

	for (size_t i = word->first; i < word->first + word->count; i++) {
		uint16_t marks = text->glyph[i].marks;

		if (marks & MARK_TONE && !tones.count++)
			tones.first = i;
		tones.marks |= marks;
	}
	return tones;
}

/* The word with `tone` on its last vowel. Returns whether it is a syllable. */
static bool tone_last(const struct text *text, const struct word *word, uint16_t tone,
		      struct letters *toned)
{
	toned->count = 0;
	if (word->count > MOST_LETTERS)
		return false;
	for (; toned->count < word->count; toned->count++) {
		toned->glyph[toned->count] = text->glyph[word->first + toned->count];
		toned->glyph[toned->count].marks &= MARK_QUALITY;
	}
	toned->glyph[last_vowel(text, word) - word->first].marks |= tone;
	return is_real_syllable(toned->glyph, toned->count);
}

/* `; did you mean "bác" or "bạc"?`, or nothing if neither is a syllable. */
static void add_stopped(struct buf *out, const struct text *text, const struct word *word)
{
	static const uint16_t tones[] = {MARK_ACUTE, MARK_DOT};
	struct letters toned;
	size_t found = 0;

	for (size_t i = 0; i < 2; i++) {
		if (!tone_last(text, word, tones[i], &toned))
			continue;
		buf_add_string(out, found++ ? " or \"" : "; did you mean \"");
		add_letters(out, &toned);
		buf_add_char(out, '"');
	}
	buf_add_string(out, found ? "?" : "");
}

bool is_loan(const struct text *text, const struct word *word)
{
	static const char *const loans[] = {
		"bet", "bit", "bot", "cap", "chat", "chip", "cop", "cup", "fac", "fit",
		"hat", "hip", "hit", "hot", "jet",  "kit",  "lap", "let", "lit", "mac",
		"net", "pac", "pet", "pop", "pot",  "rap",  "set", "tip", "top", "vip"};

	for (size_t i = 0; i < sizeof loans / sizeof loans[0]; i++)
		if (strlen(loans[i]) == word->count &&
		    glyph_spells(text, word->first, loans[i]) == word->count)
			return true;
	return false;
}

/* The word with both horns of ươ, if it has one of them: nguời and ngưòi are người. Returns whether
 * only that is a syllable: thuở is one as it is. */
static bool add_horn(const struct glyph *glyph, size_t count, struct letters *horned)
{
	horned->count = 0;
	if (count > MOST_LETTERS || is_real_syllable(glyph, count))
		return false;
	for (size_t i = 0; i < count; i++)
		append_letter(horned, &glyph[i], (char)glyph[i].letter);
	for (size_t i = 1; i < count; i++) {
		struct glyph *pair = &horned->glyph[i - 1];

		if (pair[0].letter == 'u' && pair[1].letter == 'o' &&
		    (pair[0].marks ^ pair[1].marks) & MARK_HORN) {
			pair[0].marks |= MARK_HORN;
			pair[1].marks |= MARK_HORN;
			return is_real_syllable(horned->glyph, count);
		}
	}
	return false;
}

void add_misspelling(struct buf *out, const struct text *text, const struct word *word)
{
	unsigned shape = syllable_shape(&text->glyph[word->first], word->count);
	struct tones tones = tones_of(text, word);
	struct letters horned;
	bool stopped = shape & SYLLABLE_NEEDS_TONE;
	bool lacks_quality =
		shape & SYLLABLE_NEEDS_QUALITY && !(tones.marks & MARK_QUALITY & ~MARK_STROKE);

	if (!shape)
		add_non_syllable(out, text, word);
	if (!shape || word->count < 2)
		return;
	if (tones.count > 1) {
		buf_add_string(out, "has two tones; did you mean \"");
		add_toned(out, text, word, tones.first, text->glyph[tones.first].marks & MARK_TONE);
		buf_add_string(out, "\"?");
	} else if (!tones.marks && (!word->lacks_by_usage || is_loan(text, word))) {
		return;
	} else if (stopped && !lacks_quality && !(tones.marks & (MARK_ACUTE | MARK_DOT))) {
		buf_add_string(out,
			       tones.count ? "has a tone that it cannot have" : "lacks its mark");
		add_stopped(out, text, word);
	} else if (syllable_lacks(shape, tones.marks)) {
		buf_add_string(out, "lacks its marks");
	} else if (add_horn(&text->glyph[word->first], word->count, &horned)) {
		buf_add_string(out, "lacks its mark; did you mean \"");
		add_letters(out, &horned);
		buf_add_string(out, "\"?");
	}
}
