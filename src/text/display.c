#include "text/display.h"

#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum { CONTROL_PICTURES = 0x2400, DELETE_PICTURE = 0x2421, MIDDLE_DOT = 0xb7, NO_UTF8 = 0xfffd };

static int is_wide(UChar32 ch)
{
	int width = u_getIntPropertyValue(ch, UCHAR_EAST_ASIAN_WIDTH);

	return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

/* The replacement for a character that must not be printed. */
static UChar32 harmless(UChar32 ch)
{
	switch (u_charType(ch)) {
	case U_CONTROL_CHAR:
		if (ch == '\t')
			return ' ';
		return ch < ' ' ? CONTROL_PICTURES + ch : ch == 0x7f ? DELETE_PICTURE : MIDDLE_DOT;
	case U_FORMAT_CHAR:
	case U_LINE_SEPARATOR:
	case U_PARAGRAPH_SEPARATOR:
		return MIDDLE_DOT;
	case U_UNASSIGNED:
	case U_SURROGATE:
		return NO_UTF8;
	default:
		return ch;
	}
}

/* Marks, and the vowels and finals of a Hangul syllable written in parts. */
static int takes_no_column(UChar32 ch)
{
	int hangul = u_getIntPropertyValue(ch, UCHAR_HANGUL_SYLLABLE_TYPE);

	return u_charType(ch) == U_NON_SPACING_MARK || u_charType(ch) == U_ENCLOSING_MARK ||
	       hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO;
}

size_t display_next(const char *bytes, size_t len, size_t at, struct display *display)
{
	int32_t i = (int32_t)at, end = 0;
	const uint8_t *from = (const uint8_t *)bytes;
	UBool failed = 0;
	UChar32 ch;

	U8_NEXT(from, i, (int32_t)len, ch);
	ch = ch < 0 ? NO_UTF8 : harmless(ch);
	display->columns = takes_no_column(ch) ? 0 : 1 + is_wide(ch);
	U8_APPEND((uint8_t *)display->bytes, end, (int32_t)sizeof display->bytes - 1, (uint32_t)ch,
		  failed);
	display->bytes[failed ? 0 : end] = '\0';
	return (size_t)i;
}

size_t display_columns(const char *bytes, size_t len)
{
	size_t columns = 0;
	struct display display;

	for (size_t at = 0; at < len;) {
		at = display_next(bytes, len, at, &display);
		columns += (size_t)display.columns;
	}
	return columns;
}
