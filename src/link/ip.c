#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/words.h"
#include "text/glyph_at.h"

enum { OCTETS = 4, V6_MAX = 45 };

/* One octet in decimal; its digits, 0 when it is none. */
static size_t read_octet(const struct text *text, size_t i)
{
	unsigned value = 0;
	size_t n = 0;
	while (n < 4 && glyph_at(text, i + n)->kind == GLYPH_DIGIT)
		value = value * 10 + glyph_at(text, i + n++)->letter - '0';
	bool zeros = n > 1 && glyph_at(text, i)->letter == '0';
	return value <= 255 && !zeros ? n : 0;
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
	return !glyph_is_word(glyph_at(text, *end)) && glyph_at(text, *end)->ch != '-';
}

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

bool ip_read(const struct text *text, size_t i, size_t *end)
{
	if (glyph_at(text, i)->kind == GLYPH_DIGIT)
		return read_v4(text, i, end);
	return glyph_at(text, i)->ch == '[' && read_v6(text, i, end);
}

static bool is_private(const struct text *text, size_t first)
{
	size_t n = read_octet(text, first);
	if (glyph_spells(text, first, "192"))
		return glyph_spells(text, first + n + 1, "168");
	return glyph_spells(text, first, "127") || (n == 2 && glyph_spells(text, first, "10"));
}

bool ip_is_public(const struct text *text, size_t first, size_t end)
{
	size_t digits = 0;
	for (size_t i = first; i < end; i++)
		digits += text->glyph[i].kind == GLYPH_DIGIT;
	return digits >= 8 && text->glyph[first].letter != '0' && !is_private(text, first);
}
