#include "rules/lint/real_syllable.h"

#include <string.h>
#include "base/utf8.h"
#include "text/letter.h"
#include "text/syllable.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

bool is_vowel(const struct glyph *glyph)
{
	return glyph->letter && strchr("aeiouy", glyph->letter);
}

bool is_syllable(const struct glyph *glyph, size_t count)
{
	unsigned shape = syllable_shape(glyph, count);
	size_t tones = 0;
	uint16_t marks = 0;

	for (size_t i = 0; i < count; i++) {
		marks |= glyph[i].marks;
		tones += (glyph[i].marks & MARK_TONE) != 0;
	}
	if (!shape || tones > 1 || syllable_lacks(shape, marks))
		return false;
	return !(shape & SYLLABLE_NEEDS_TONE) || marks & (MARK_ACUTE | MARK_DOT);
}

bool is_in(const char *string, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i], string))
			return true;
	return false;
}

size_t onset_of(const struct glyph *glyph, size_t count)
{
	size_t onset = 0;

	while (onset < count && !is_vowel(&glyph[onset]))
		onset++;
	if (onset == 1 && count > 2 && is_vowel(&glyph[2]) &&
	    ((glyph[0].letter == 'q' && glyph[1].letter == 'u') ||
	     (glyph[0].letter == 'g' && glyph[1].letter == 'i' &&
	      !(glyph[2].marks & MARK_CIRCUMFLEX && glyph[2].letter == 'e'))))
		onset++;
	return onset;
}

static bool may_end(const char *vowels, const char *coda)
{
	static const char *const open[] = {
		"a",   "e",  "ê",   "i",   "o",	  "ô",	 "ơ",	"u",   "ư",   "y",  "ai", "ao",
		"au",  "ay", "âu",  "ây",  "eo",  "êu",	 "ia",	"iu",  "iêu", "oi", "ôi", "ơi",
		"oa",  "oe", "oai", "oay", "oao", "oeo", "ua",	"ui",  "uê",  "uơ", "uy", "uya",
		"uyu", "ưa", "ưi",  "ưu",  "ươu", "uôi", "ươi", "uây", "yêu"};
	static const char *const closed[] = {"a",  "ă",	 "â",  "e",  "ê",  "i",	 "o",  "ô",
					     "ơ",  "u",	 "ư",  "iê", "yê", "oa", "oă", "oe",
					     "oo", "uâ", "uê", "uô", "ươ", "uy", "uyê"};
	static const char *const before_h[] = {"a", "ê", "i", "oa", "uê", "uy"};
	static const char *const never_g[] = {"i", "ê", "ơ", "uy", "uyê", "uê", "oe"};

	if (!*coda)
		return is_in(vowels, open, COUNT(open));
	if (!strcmp(coda, "nh") || !strcmp(coda, "ch"))
		return is_in(vowels, before_h, COUNT(before_h));
	if ((!strcmp(coda, "ng") || !strcmp(coda, "c")) && is_in(vowels, never_g, COUNT(never_g)))
		return false;
	return is_in(vowels, closed, COUNT(closed));
}

bool is_real_syllable(const struct glyph *glyph, size_t count)
{
	char vowels[SYLLABLE_LETTERS * UTF8_MOST + 1], coda[SYLLABLE_LETTERS + 1];
	size_t i, len = 0, ending = 0;
	uint16_t used;

	if (!is_syllable(glyph, count))
		return false;
	for (i = onset_of(glyph, count); i < count && is_vowel(&glyph[i]); i++)
		len += utf8_encode(
			letter_compose(glyph[i].letter, glyph[i].marks & MARK_QUALITY, &used),
			vowels + len);
	for (; i < count; i++)
		coda[ending++] = (char)glyph[i].letter;
	vowels[len] = coda[ending] = '\0';
	return may_end(vowels, coda) || (glyph->letter == 'q' && !strcmp(vowels, "y"));
}

void append_letter(struct letters *letters, const struct glyph *glyph, char letter)
{
	letters->glyph[letters->count] = *glyph;
	letters->glyph[letters->count++].letter = (uint8_t)letter;
}

void add_letter(struct buf *out, const struct glyph *glyph, uint16_t marks)
{
	char bytes[UTF8_MOST];
	uint16_t used;

	buf_add(out, bytes, utf8_encode(letter_compose(glyph->letter, marks, &used), bytes));
}

void add_letters(struct buf *out, const struct letters *letters)
{
	for (size_t i = 0; i < letters->count; i++)
		add_letter(out, &letters->glyph[i], letters->glyph[i].marks);
}
