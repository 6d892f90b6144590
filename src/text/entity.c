#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "text/entity.h"

struct name {
	const char *name;
	uint32_t c;
};

/* In the order of strcmp(), for bsearch(). From the HTML standard, 13.5. */
/* clang-format off */
static const struct name names[] = {
	{"AElig", 0xC6}, {"Aacute", 0xC1}, {"Abreve", 0x102}, {"Acirc", 0xC2}, {"Agrave", 0xC0},
	{"Aring", 0xC5}, {"Atilde", 0xC3}, {"Auml", 0xC4}, {"Ccedil", 0xC7}, {"Dstrok", 0x110},
	{"ETH", 0xD0}, {"Eacute", 0xC9}, {"Ecirc", 0xCA}, {"Egrave", 0xC8}, {"Euml", 0xCB},
	{"Hat", 0x5E}, {"Iacute", 0xCD}, {"Icirc", 0xCE}, {"Igrave", 0xCC}, {"Itilde", 0x128},
	{"Iuml", 0xCF}, {"NewLine", 0xA}, {"NoBreak", 0x2060}, {"Ntilde", 0xD1}, {"Oacute", 0xD3},
	{"Ocirc", 0xD4}, {"Ograve", 0xD2}, {"Oslash", 0xD8}, {"Otilde", 0xD5}, {"Ouml", 0xD6},
	{"THORN", 0xDE}, {"Tab", 0x9}, {"Uacute", 0xDA}, {"Ucirc", 0xDB}, {"Ugrave", 0xD9},
	{"Utilde", 0x168}, {"Uuml", 0xDC}, {"Yacute", 0xDD}, {"ZeroWidthSpace", 0x200B},
	{"aacute", 0xE1}, {"abreve", 0x103}, {"acirc", 0xE2}, {"acute", 0xB4}, {"aelig", 0xE6},
	{"agrave", 0xE0}, {"amp", 0x26}, {"apos", 0x27}, {"aring", 0xE5}, {"ast", 0x2A},
	{"atilde", 0xE3}, {"auml", 0xE4}, {"brvbar", 0xA6}, {"bsol", 0x5C}, {"bull", 0x2022},
	{"ccedil", 0xE7}, {"cedil", 0xB8}, {"cent", 0xA2}, {"colon", 0x3A}, {"comma", 0x2C},
	{"commat", 0x40}, {"copy", 0xA9}, {"curren", 0xA4}, {"dash", 0x2010}, {"deg", 0xB0},
	{"divide", 0xF7}, {"dollar", 0x24}, {"dstrok", 0x111}, {"eacute", 0xE9}, {"ecirc", 0xEA},
	{"egrave", 0xE8}, {"equals", 0x3D}, {"eth", 0xF0}, {"euml", 0xEB}, {"excl", 0x21},
	{"frac12", 0xBD}, {"frac14", 0xBC}, {"frac34", 0xBE}, {"grave", 0x60}, {"gt", 0x3E},
	{"hellip", 0x2026}, {"hyphen", 0x2010}, {"iacute", 0xED}, {"icirc", 0xEE},
	{"iexcl", 0xA1}, {"igrave", 0xEC}, {"iquest", 0xBF}, {"itilde", 0x129}, {"iuml", 0xEF},
	{"laquo", 0xAB}, {"lcub", 0x7B}, {"ldquo", 0x201C}, {"lowbar", 0x5F}, {"lpar", 0x28},
	{"lrm", 0x200E}, {"lsqb", 0x5B}, {"lsquo", 0x2018}, {"lt", 0x3C}, {"macr", 0xAF},
	{"mdash", 0x2014}, {"micro", 0xB5}, {"middot", 0xB7}, {"nbsp", 0xA0}, {"ndash", 0x2013},
	{"not", 0xAC}, {"ntilde", 0xF1}, {"num", 0x23}, {"oacute", 0xF3}, {"ocirc", 0xF4},
	{"ograve", 0xF2}, {"ordf", 0xAA}, {"ordm", 0xBA}, {"oslash", 0xF8}, {"otilde", 0xF5},
	{"ouml", 0xF6}, {"para", 0xB6}, {"percnt", 0x25}, {"period", 0x2E}, {"plus", 0x2B},
	{"plusmn", 0xB1}, {"pound", 0xA3}, {"quest", 0x3F}, {"quot", 0x22}, {"raquo", 0xBB},
	{"rcub", 0x7D}, {"rdquo", 0x201D}, {"reg", 0xAE}, {"rlm", 0x200F}, {"rpar", 0x29},
	{"rsqb", 0x5D}, {"rsquo", 0x2019}, {"sect", 0xA7}, {"semi", 0x3B}, {"shy", 0xAD},
	{"sol", 0x2F}, {"sup1", 0xB9}, {"sup2", 0xB2}, {"sup3", 0xB3}, {"szlig", 0xDF},
	{"thorn", 0xFE}, {"times", 0xD7}, {"uacute", 0xFA}, {"ucirc", 0xFB}, {"ugrave", 0xF9},
	{"uml", 0xA8}, {"utilde", 0x169}, {"uuml", 0xFC}, {"vert", 0x7C}, {"yacute", 0xFD},
	{"yen", 0xA5}, {"yuml", 0xFF}, {"zwj", 0x200D}, {"zwnj", 0x200C},
};
/* clang-format on */

enum { NAME_MAX_LEN = 14, DIGITS_MAX = 8 };

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct name *)row)->name);
}

/* Bytes of the semicolon at `n`, or of the Greek question mark, which NFC makes one. */
static size_t semicolon(const char *s, size_t len, size_t n)
{
	if (n < len && s[n] == ';')
		return 1;
	return n + 1 < len && !memcmp(s + n, "\u037e", 2) ? 2 : 0;
}

/* A NUL is not, which would end the name for strcmp(), and hide what follows. */
static int is_in_names(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t read_name(const char *s, size_t len, uint32_t *c)
{
	char name[NAME_MAX_LEN + 1];
	size_t n = 0;
	while (n < len && n < NAME_MAX_LEN && is_in_names(s[n]))
		n++;
	size_t end = semicolon(s, len, n);
	if (n == 0 || !end)
		return 0;
	memcpy(name, s, n);
	name[n] = '\0';
	const struct name *row =
		bsearch(name, names, sizeof names / sizeof *names, sizeof *names, compare);
	if (!row)
		return 0;
	*c = row->c;
	return n + end;
}

/* Whether it begins with a mark, of any kind that may change places with others. */
static int is_mark(const char *s, size_t len)
{
	const uint8_t *bytes = (const uint8_t *)s;
	int32_t i = 0, c;
	if (!len || bytes[0] < 0xCC)
		return 0;
	U8_NEXT(bytes, i, (int32_t)len, c);
	return c > 0 && u_getCombiningClass(c);
}

/* A letter that bears a mark is no digit, as it is none in NFC. */
static int digit(const char *s, size_t len, int base)
{
	if (len && s[0] >= '0' && s[0] <= '9')
		return s[0] - '0';
	if (!len || base != 16 || is_mark(s + 1, len - 1))
		return -1;
	int c = s[0] | 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t read_number(const char *s, size_t len, uint32_t *c)
{
	int base = len && (s[0] | 0x20) == 'x' ? 16 : 10;
	size_t start = base == 16, n = start;
	uint32_t value = 0;
	/* Any number of zeros may stand before the value. */
	while (n + 1 < len && s[n] == '0' && digit(s + n + 1, len - n - 1, base) >= 0)
		n++;
	start = n;
	for (; n - start < DIGITS_MAX && digit(s + n, len - n, base) >= 0; n++)
		value = value * (uint32_t)base + (uint32_t)digit(s + n, len - n, base);
	int scalar = value && value < 0x110000 && (value < 0xD800 || value > 0xDFFF);
	if (n == start || !scalar)
		return 0;
	*c = value;
	return n + semicolon(s, len, n);
}

size_t entity_read(const char *s, size_t len, uint32_t *c)
{
	if (len < 3 || s[0] != '&')
		return 0;
	size_t prefix = s[1] == '#' ? 2 : 1;
	size_t n = prefix == 2 ? read_number(s + 2, len - 2, c) : read_name(s + 1, len - 1, c);
	return n ? prefix + n : 0;
}
