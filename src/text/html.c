#include "text/html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

/* What looks like a tag and is longer than LONGEST_TAG is text: a tag with a long address in it has
 * some hundred bytes. */
enum { LONGEST_TAG = 2048, LONGEST_NAME = 12 };

struct element {
	const char *name;
	enum markup_kind kind;
};

/* All elements of the HTML standard, and old ones that browsers still know.
 * In the order of strcmp(), for bsearch(). Block: those that CSS's default style sheet (HTML
 * standard, 15.3) shows on lines of their own, cells of a table, and <br>. */
/* clang-format off */
static const struct element elements[] = {
	{"a", MARKUP_INLINE}, {"abbr", MARKUP_INLINE}, {"acronym", MARKUP_INLINE},
	{"address", MARKUP_BLOCK}, {"article", MARKUP_BLOCK}, {"aside", MARKUP_BLOCK},
	{"audio", MARKUP_OBJECT}, {"b", MARKUP_INLINE}, {"bdi", MARKUP_INLINE},
	{"bdo", MARKUP_INLINE}, {"big", MARKUP_INLINE}, {"blockquote", MARKUP_BLOCK},
	{"body", MARKUP_BLOCK}, {"br", MARKUP_BLOCK}, {"button", MARKUP_OBJECT},
	{"canvas", MARKUP_OBJECT}, {"caption", MARKUP_BLOCK}, {"center", MARKUP_BLOCK},
	{"cite", MARKUP_INLINE}, {"code", MARKUP_INLINE}, {"col", MARKUP_BLOCK},
	{"colgroup", MARKUP_BLOCK}, {"data", MARKUP_INLINE}, {"dd", MARKUP_BLOCK},
	{"del", MARKUP_INLINE}, {"details", MARKUP_BLOCK}, {"dfn", MARKUP_INLINE},
	{"dialog", MARKUP_BLOCK}, {"dir", MARKUP_BLOCK}, {"div", MARKUP_BLOCK},
	{"dl", MARKUP_BLOCK}, {"dt", MARKUP_BLOCK}, {"em", MARKUP_INLINE},
	{"embed", MARKUP_OBJECT}, {"fieldset", MARKUP_BLOCK}, {"figcaption", MARKUP_BLOCK},
	{"figure", MARKUP_BLOCK}, {"font", MARKUP_INLINE}, {"footer", MARKUP_BLOCK},
	{"form", MARKUP_BLOCK}, {"h1", MARKUP_BLOCK}, {"h2", MARKUP_BLOCK},
	{"h3", MARKUP_BLOCK}, {"h4", MARKUP_BLOCK}, {"h5", MARKUP_BLOCK},
	{"h6", MARKUP_BLOCK}, {"head", MARKUP_BLOCK}, {"header", MARKUP_BLOCK},
	{"hr", MARKUP_BLOCK}, {"html", MARKUP_BLOCK}, {"i", MARKUP_INLINE},
	{"iframe", MARKUP_OBJECT}, {"image", MARKUP_OBJECT}, {"img", MARKUP_OBJECT},
	{"input", MARKUP_OBJECT}, {"ins", MARKUP_INLINE}, {"kbd", MARKUP_INLINE},
	{"label", MARKUP_INLINE}, {"legend", MARKUP_BLOCK}, {"li", MARKUP_BLOCK},
	{"link", MARKUP_INLINE}, {"main", MARKUP_BLOCK}, {"map", MARKUP_INLINE},
	{"mark", MARKUP_INLINE}, {"marquee", MARKUP_BLOCK}, {"menu", MARKUP_BLOCK},
	{"meta", MARKUP_INLINE}, {"meter", MARKUP_OBJECT}, {"nav", MARKUP_BLOCK},
	{"nobr", MARKUP_INLINE}, {"noscript", MARKUP_INLINE}, {"object", MARKUP_OBJECT},
	{"ol", MARKUP_BLOCK}, {"optgroup", MARKUP_BLOCK}, {"option", MARKUP_BLOCK},
	{"output", MARKUP_INLINE}, {"p", MARKUP_BLOCK}, {"picture", MARKUP_INLINE},
	{"pre", MARKUP_BLOCK}, {"progress", MARKUP_OBJECT}, {"q", MARKUP_INLINE},
	{"rp", MARKUP_INLINE}, {"rt", MARKUP_INLINE}, {"ruby", MARKUP_INLINE},
	{"s", MARKUP_INLINE}, {"samp", MARKUP_INLINE}, {"script", MARKUP_INLINE},
	{"section", MARKUP_BLOCK}, {"select", MARKUP_OBJECT}, {"small", MARKUP_INLINE},
	{"source", MARKUP_INLINE}, {"span", MARKUP_INLINE}, {"strike", MARKUP_INLINE},
	{"strong", MARKUP_INLINE}, {"style", MARKUP_INLINE}, {"sub", MARKUP_INLINE},
	{"summary", MARKUP_BLOCK}, {"sup", MARKUP_INLINE}, {"svg", MARKUP_OBJECT},
	{"table", MARKUP_BLOCK}, {"tbody", MARKUP_BLOCK}, {"td", MARKUP_BLOCK},
	{"template", MARKUP_INLINE}, {"textarea", MARKUP_OBJECT}, {"tfoot", MARKUP_BLOCK},
	{"th", MARKUP_BLOCK}, {"thead", MARKUP_BLOCK}, {"time", MARKUP_INLINE},
	{"title", MARKUP_BLOCK}, {"tr", MARKUP_BLOCK}, {"track", MARKUP_INLINE},
	{"tt", MARKUP_INLINE}, {"u", MARKUP_INLINE}, {"ul", MARKUP_BLOCK},
	{"var", MARKUP_INLINE}, {"video", MARKUP_OBJECT}, {"wbr", MARKUP_INLINE},
};
/* clang-format on */

/* HTML's boolean attributes: only these may stand without a value. */
static const char *const booleans[] = {
	"allowfullscreen", "async",    "autofocus", "autoplay",	   "checked",  "controls",
	"default",	   "defer",    "disabled",  "download",	   "hidden",   "ismap",
	"itemscope",	   "loop",     "multiple",  "muted",	   "nomodule", "noshade",
	"novalidate",	   "nowrap",   "open",	    "playsinline", "readonly", "required",
	"reversed",	   "selected",
};

struct scanner {
	const char *bytes;
	size_t at, end; /* the tag ends before `end`, or it is text */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_in_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}

/* The current byte, NUL at the end: texts contain no NUL. */
static char here(const struct scanner *s)
{
	return (char)(s->at < s->end ? s->bytes[s->at] : '\0');
}

static void skip_blanks(struct scanner *s)
{
	while (is_blank(here(s)))
		s->at++;
}

/* Copies a name in small letters, at most `size` bytes. Returns false if there is none. */
static bool read_name(struct scanner *s, char *name, size_t size)
{
	size_t n = 0, from = s->at;

	if (!is_letter(here(s)))
		return false;
	for (; is_in_name(here(s)); s->at++)
		if (n + 1 < size)
			name[n++] =
				(char)(here(s) >= 'A' && here(s) <= 'Z' ? here(s) | 0x20 : here(s));
	name[s->at - from < size ? n : 0] = '\0'; /* a longer name is not a known one */
	return true;
}

static int compare_element(const void *name, const void *element)
{
	return strcmp(name, ((const struct element *)element)->name);
}

static int compare_boolean(const void *name, const void *boolean)
{
	return strcmp(name, *(const char *const *)boolean);
}

static bool is_boolean(const char *name)
{
	return bsearch(name, booleans, sizeof booleans / sizeof *booleans, sizeof *booleans,
		       compare_boolean);
}

static bool read_quoted(struct scanner *s)
{
	const char *close = memchr(s->bytes + s->at + 1, here(s), s->end - s->at - 1);

	s->at = close ? (size_t)(close - s->bytes) + 1 : s->end;
	return close;
}

static bool read_value(struct scanner *s)
{
	size_t from;

	if (here(s) == '"' || here(s) == '\'')
		return read_quoted(s);
	for (from = s->at; here(s) && !is_blank(here(s)) && !strchr("<>", here(s));)
		s->at++;
	return s->at > from;
}

static bool read_attribute(struct scanner *s)
{
	char name[16];

	if (!read_name(s, name, sizeof name))
		return false;
	skip_blanks(s);
	if (here(s) != '=')
		return is_boolean(name);
	s->at++;
	skip_blanks(s);
	return read_value(s);
}

/* Reads what follows a tag's name, up to its `>`. Returns false if it is not a tag. */
static bool read_attributes(struct scanner *s)
{
	for (;;) {
		skip_blanks(s);
		if (here(s) == '>') {
			s->at++;
			return true;
		}
		if (here(s) == '/')
			s->at++;
		else if (!read_attribute(s))
			return false;
	}
}

/* The end of `<script>` or `<style>`: after their end tag, or the end of the text. */
static void skip_raw_text(struct scanner *s, const char *name, size_t len, struct markup *markup)
{
	size_t name_len = strlen(name);

	for (s->end = len; here(s); s->at++) {
		if (here(s) != '<' || len - s->at < name_len + 2 || s->bytes[s->at + 1] != '/')
			continue;
		struct scanner t = {s->bytes, s->at + 2, len};
		char closing[LONGEST_NAME];
		if (read_name(&t, closing, sizeof closing) && !strcmp(closing, name))
			break;
	}
	markup->hidden_end = s->at;
	const char *close = memchr(s->bytes + s->at, '>', len - s->at);
	markup->end = close ? (size_t)(close - s->bytes) + 1 : len;
}

static bool read_tag(struct scanner *s, size_t len, struct markup *markup)
{
	bool closes = here(s) == '/';
	char name[LONGEST_NAME];
	size_t from = s->at += closes;

	if (!read_name(s, name, sizeof name) ||
	    !(is_blank(here(s)) || here(s) == '/' || here(s) == '>'))
		return false;
	const struct element *element = bsearch(name, elements, sizeof elements / sizeof *elements,
						sizeof *elements, compare_element);
	markup->kind = element ? element->kind : MARKUP_INLINE;
	markup->hidden = element ? s->at : from;
	if (!read_attributes(s))
		return false;
	markup->end = s->at;
	markup->hidden_end = s->at - 1;
	if (!closes && (!strcmp(name, "script") || !strcmp(name, "style")))
		skip_raw_text(s, name, len, markup);
	return true;
}

/* <!-- -->, <!doctype …>, <?xml …>: not shown. An unclosed comment continues to the end of the
 * text. */
static bool read_comment(struct scanner *s, size_t len, struct markup *markup)
{
	bool dashes = len - s->at >= 3 && !memcmp(s->bytes + s->at, "!--", 3);
	const char *rest, *close;

	if (!dashes && (s->at + 1 >= len || !is_letter(s->bytes[s->at + 1])))
		return false;
	markup->kind = MARKUP_INLINE;
	markup->hidden = s->at + (dashes ? 3 : 1);
	rest = s->bytes + s->at + (dashes ? 1 : 0); /* <!--> is a complete comment */
	close = dashes ? memmem(rest, len - (size_t)(rest - s->bytes), "-->", 3)
		       : memchr(rest, '>', s->end - s->at);
	if (!close && !dashes)
		return false;
	markup->hidden_end = close ? (size_t)(close - s->bytes) : len;
	markup->end = close ? markup->hidden_end + (dashes ? 3 : 1) : len;
	if (markup->hidden_end < markup->hidden)
		markup->hidden_end = markup->hidden;
	s->at = markup->end;
	return true;
}

/* The tags of forums that do not separate words. */
static bool is_forum_name(const char *name)
{
	static const char *const names[] = {"b", "color", "font", "i", "s", "size", "u", "url"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Whether `[/name]` closes the tag soon after byte `at`: in `a[i]` nothing does. */
static bool is_closed(const char *bytes, size_t at, size_t len, const char *name, size_t name_len)
{
	enum { LONGEST_PAIR = 160 };
	const char *end = bytes + (len - at < LONGEST_PAIR ? len : at + LONGEST_PAIR);

	for (const char *p = bytes + at; (p = memmem(p, (size_t)(end - p), "[/", 2));) {
		p += 2;
		if ((size_t)(end - p) > name_len && p[name_len] == ']' &&
		    !strncasecmp(p, name, name_len))
			return true;
	}
	return false;
}

/* [b]  [/b]  [url=http://vidu.com]: not shown, except for what follows the equals sign. */
static bool read_forum_tag(struct scanner *s, size_t len, struct markup *markup)
{
	bool closes = here(s) == '/';
	char name[LONGEST_NAME];
	size_t from = s->at += closes;

	if (!read_name(s, name, sizeof name) || !is_forum_name(name))
		return false;
	size_t name_len = s->at - from;
	markup->hidden = s->at;
	if (here(s) == '=' && !closes)
		while (here(s) && !strchr("[]\n", here(s)))
			s->at++;
	markup->kind = MARKUP_INLINE;
	markup->hidden_end = s->at;
	markup->end = s->at + 1;
	return here(s) == ']' && (closes || is_closed(s->bytes, s->at, len, name, name_len));
}

bool markup_read(const char *bytes, size_t len, size_t at, struct markup *markup, size_t *work)
{
	if (bytes[at] == '[') {
		struct scanner t = {bytes, at + 1, len};
		return read_forum_tag(&t, len, markup);
	}
	size_t left = len - at;
	struct scanner s = {bytes, at + 1, at + (left < LONGEST_TAG ? left : LONGEST_TAG)};
	bool is_comment = here(&s) == '!' || here(&s) == '?';
	bool found = is_comment ? read_comment(&s, len, markup) : read_tag(&s, len, markup);

	*work += s.at - at;
	return found;
}

/* Character references. */

struct named {
	const char *name;
	uint32_t c;
};

/* In the order of strcmp(), for bsearch(). From the HTML standard, 13.5. */
/* clang-format off */
static const struct named names[] = {
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

static int compare_named(const void *key, const void *row)
{
	return strcmp(key, ((const struct named *)row)->name);
}

/* Bytes of the semicolon at `n`, or of the Greek question mark, which NFC makes one. */
static size_t semicolon(const char *s, size_t len, size_t n)
{
	if (n < len && s[n] == ';')
		return 1;
	return n + 1 < len && !memcmp(s + n, "\u037e", 2) ? 2 : 0;
}

/* A NUL is not part of it: it would end the name for strcmp() and hide what follows. */
static int is_in_names(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t read_named(const char *s, size_t len, uint32_t *c)
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
	const struct named *row =
		bsearch(name, names, sizeof names / sizeof *names, sizeof *names, compare_named);
	if (!row)
		return 0;
	*c = row->c;
	return n + end;
}

/* Whether it begins with a combining mark. */
static int begins_with_mark(const char *s, size_t len)
{
	const uint8_t *bytes = (const uint8_t *)s;
	int32_t i = 0, c;
	if (!len || bytes[0] < 0xCC)
		return 0;
	U8_NEXT(bytes, i, (int32_t)len, c);
	return c > 0 && u_getCombiningClass(c);
}

/* A letter with a combining mark after it is not a digit: in NFC both may be one character. */
static int digit(const char *s, size_t len, int base)
{
	if (len && s[0] >= '0' && s[0] <= '9')
		return s[0] - '0';
	if (!len || base != 16 || begins_with_mark(s + 1, len - 1))
		return -1;
	int c = s[0] | 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t read_numeric(const char *s, size_t len, uint32_t *c)
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
	size_t n = prefix == 2 ? read_numeric(s + 2, len - 2, c) : read_named(s + 1, len - 1, c);
	return n ? prefix + n : 0;
}
