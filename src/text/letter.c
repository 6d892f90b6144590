/* Vietnamese letters in NFC from an ASCII letter and its marks. */
#include <stdbool.h>
#include <stddef.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "text/glyph.h"
#include "text/letter.h"

/* One row a vowel with its quality; columns: no tone, grave, acute, hook, tilde, dot. */
struct vowel {
	uint8_t quality;
	uint16_t tone[6];
};

static const struct vowel vowels[] = {
	{0, {'a', 0xE0, 0xE1, 0x1EA3, 0xE3, 0x1EA1}},
	{MARK_BREVE, {0x103, 0x1EB1, 0x1EAF, 0x1EB3, 0x1EB5, 0x1EB7}},
	{MARK_CIRCUMFLEX, {0xE2, 0x1EA7, 0x1EA5, 0x1EA9, 0x1EAB, 0x1EAD}},
	{0, {'e', 0xE8, 0xE9, 0x1EBB, 0x1EBD, 0x1EB9}},
	{MARK_CIRCUMFLEX, {0xEA, 0x1EC1, 0x1EBF, 0x1EC3, 0x1EC5, 0x1EC7}},
	{0, {'i', 0xEC, 0xED, 0x1EC9, 0x129, 0x1ECB}},
	{0, {'o', 0xF2, 0xF3, 0x1ECF, 0xF5, 0x1ECD}},
	{MARK_CIRCUMFLEX, {0xF4, 0x1ED3, 0x1ED1, 0x1ED5, 0x1ED7, 0x1ED9}},
	{MARK_HORN, {0x1A1, 0x1EDD, 0x1EDB, 0x1EDF, 0x1EE1, 0x1EE3}},
	{0, {'u', 0xF9, 0xFA, 0x1EE7, 0x169, 0x1EE5}},
	{MARK_HORN, {0x1B0, 0x1EEB, 0x1EE9, 0x1EED, 0x1EEF, 0x1EF1}},
	{0, {'y', 0x1EF3, 0xFD, 0x1EF7, 0x1EF9, 0x1EF5}},
};

/* The rows of a letter: from `first` up to, but not including, `end`. */
static const struct {
	uint8_t first, end;
} rows[UINT8_MAX + 1] = {
	['a'] = {0, 3}, ['e'] = {3, 5},	 ['i'] = {5, 6},
	['o'] = {6, 9}, ['u'] = {9, 11}, ['y'] = {11, 12},
};

/* A letter has one tone: of several (Zalgo), the one with the lowest bit, whatever their order. */
static uint16_t one_of(uint16_t marks)
{
	return (uint16_t)(marks & -marks);
}

static unsigned column(uint16_t tone)
{
	unsigned n = 0;
	while (tone >= MARK_GRAVE) {
		tone = (uint16_t)(tone >> 1);
		n++;
	}
	return n;
}

uint32_t letter_compose(uint8_t ascii, uint16_t marks, uint16_t *used)
{
	uint16_t tone = one_of(marks & MARK_TONE);
	const struct vowel *found = NULL;

	if (ascii == 'd' && (marks & MARK_STROKE)) {
		*used = MARK_STROKE;
		return 0x111;
	}
	for (size_t i = rows[ascii].first; i < rows[ascii].end; i++)
		if ((vowels[i].quality & marks) == vowels[i].quality && (!found || !found->quality))
			found = &vowels[i];
	if (!found) {
		*used = 0;
		return ascii;
	}
	*used = found->quality | tone;
	return found->tone[column(tone)];
}

int letter_can_have(uint8_t ascii, uint16_t marks)
{
	uint16_t used;
	letter_compose(ascii, marks, &used);
	return used == marks;
}

static bool is_latin(const struct letter *letter)
{
	return letter->ascii && !(letter->flags & GLYPH_LOOKALIKE);
}

void letter_begin(struct letter *letter, uint32_t ch, uint8_t ascii, uint16_t marks, uint8_t flags)
{
	*letter = (struct letter){
		.ch = ch, .marks = marks, .ascii = ascii, .flags = flags, .seen = marks};
	letter->other_count = is_latin(letter) && (flags & GLYPH_FOREIGN);
}

/* `base` with a mark where Unicode has such a letter: ü, й. */
static uint32_t pair(uint32_t base, uint32_t mark)
{
	UErrorCode err = U_ZERO_ERROR;
	int32_t both =
		unorm2_composePair(unorm2_getNFCInstance(&err), (UChar32)base, (UChar32)mark);
	return U_SUCCESS(err) && both >= 0 ? (uint32_t)both : base;
}

/* A Latin letter keeps one mark that is not Vietnamese, or none if it has several. The mark of a
 * letter that began as ü is not known, and is lost when another mark follows. Other letters are
 * composed with their marks as in NFC. */
void letter_mark(struct letter *letter, uint32_t c, uint16_t mark)
{
	uint16_t seen = letter->seen | mark;
	uint32_t ch = 0;

	if (letter->ascii)
		ch = letter_compose(letter->ascii, seen, &letter->marks);
	bool other = !mark || letter->marks != seen;
	letter->seen = seen;
	if (other)
		letter->flags |= GLYPH_FOREIGN;
	if (!is_latin(letter)) {
		letter->ch = pair(letter->ch, c);
		return;
	}
	if (other)
		letter->other = letter->other_count++ ? 0 : c;
	if (letter->flags & GLYPH_UPPER)
		ch = (uint32_t)u_toupper((UChar32)ch);
	letter->ch = letter->other ? pair(ch, letter->other) : ch;
}
