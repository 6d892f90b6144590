#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "text/text.h"

enum { OCTETS = 4, V6_MAX = 45, V6_COLONS = 7 };

/* Reads one octet in decimal. Returns its number of digits, 0 when it is not an octet. */
static size_t read_octet(const struct text *text, size_t i)
{
	unsigned value = 0;
	size_t n = 0;
	while (n < 4 && glyph_at(text, i + n)->kind == GLYPH_DIGIT)
		value = value * 10 + glyph_at(text, i + n++)->letter - '0';
	bool zeros = n > 1 && glyph_at(text, i)->letter == '0';
	return value <= 255 && !zeros ? n : 0;
}

/* Whether the address ends before glyph `i`: digits and Latin words continue it (1.2.3.4-rc1), a
 * Vietnamese word does not. */
static bool ends_v4(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i);
	if (!glyph_is_word(g) && g->ch != '-')
		return true;
	struct label label = label_read(text, i + (g->ch == '-'), false);
	return g->kind != GLYPH_DIGIT && label.count > 1 && label.flags & LABEL_MARK &&
	       !(label.flags & LABEL_DIGIT);
}

static bool read_v4(const struct text *text, size_t i, size_t *end)
{
	for (int octet = 0; octet < OCTETS; octet++) {
		size_t n = read_octet(text, i);
		if (!n)
			return false;
		*end = i += n;
		enum dot dot = dot_read(text, i, &i);
		bool joins = dot == DOT_PLAIN || dot == DOT_HIDDEN;
		if (joins != (octet < OCTETS - 1))
			return joins && octet == OCTETS - 1 && !glyph_is_word(glyph_at(text, i));
	}
	return ends_v4(text, *end);
}

/* Hexadecimal digits, colons and dots. */
static bool is_v6(const struct glyph *g)
{
	return g->letter ? g->letter <= 'f' : g->ch == ':' || g->ch == '.';
}

static bool read_v6(const struct text *text, size_t i, size_t *end)
{
	size_t n = 1, colons = 0;
	while (n <= V6_MAX && is_v6(glyph_at(text, i + n)))
		colons += glyph_at(text, i + n++)->ch == ':';
	*end = i + n + 1;
	return colons >= 2 && glyph_at(text, i + n)->ch == ']';
}

bool ip_is_v6(const struct text *text, size_t i, size_t *end)
{
	bool digit = false, gap = false;
	size_t colons = 0;
	if (glyph_at(text, i)->ch != '[' || !read_v6(text, i, end))
		return false;
	for (size_t k = i + 1; k < *end; k++) {
		bool colon = glyph_at(text, k)->ch == ':';
		colons += colon;
		gap |= colon && glyph_at(text, k + 1)->ch == ':';
		digit |= glyph_at(text, k)->kind == GLYPH_DIGIT;
	}
	return digit && (gap || colons == V6_COLONS);
}

bool ip_read(const struct text *text, size_t i, size_t *end)
{
	if (glyph_at(text, i)->kind == GLYPH_DIGIT)
		return read_v4(text, i, end);
	return glyph_at(text, i)->ch == '[' && read_v6(text, i, end);
}

/* 12.100.200.150 đồng, 12.100.200.150đ */
static bool is_amount(const struct text *text, size_t end)
{
	static const char *const money[] = {"d", "dong", "usd", "vnd"};
	size_t i = glyph_skip_blanks(text, end);
	for (size_t k = 0; k < sizeof money / sizeof *money; k++) {
		size_t n = glyph_spells(text, i, money[k]);
		if (n && !glyph_is_word(glyph_at(text, i + n)))
			return true;
	}
	return false;
}

static bool is_private(const struct text *text, size_t first)
{
	size_t n = read_octet(text, first);
	if (glyph_spells(text, first, "192"))
		return glyph_spells(text, first + n + 1, "168");
	return glyph_spells(text, first, "127") || glyph_spells(text, first, "255") ||
	       (n == 2 && glyph_spells(text, first, "10"));
}

bool ip_is_public(const struct text *text, size_t first, size_t end)
{
	size_t digits = 0;
	for (size_t i = first; i < end; i++)
		digits += text->glyph[i].kind == GLYPH_DIGIT;
	return digits >= 8 && text->glyph[first].letter != '0' && !is_private(text, first) &&
	       !is_amount(text, end);
}
