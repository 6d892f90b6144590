#include "link/dot.h"
#include "text/glyph_at.h"

/* Round points that a reader takes for a dot and no browser does. */
static bool is_point(uint32_t ch)
{
	return ch == 0xB7 || ch == 0x2022 || ch == 0x2027 || ch == 0x2219 || ch == 0x22C5 ||
	       ch == 0x30FB;
}

static bool is_single_stop(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '.' && glyph_at(text, i + 1)->ch != '.' &&
	       (i == 0 || glyph_at(text, i - 1)->ch != '.');
}

/* The word for a dot at `i`: its length, and whether it can be nothing else. */
static size_t read_word(const struct text *text, size_t i, enum dot *dot)
{
	size_t n = glyph_spells(text, i, glyph_at(text, i)->letter == 'c' ? "cham" : "dot");
	if (!n || glyph_is_word(glyph_at(text, i + n)))
		return 0;
	uint16_t marks = 0;
	for (size_t k = i; k < i + n; k++)
		marks |= glyph_at(text, k)->marks;
	if (marks && (n != 4 || glyph_at(text, i + 2)->marks != (MARK_CIRCUMFLEX | MARK_ACUTE)))
		return 0;
	*dot = marks ? DOT_SAID : DOT_MAYBE;
	return n;
}

static bool is_opener(uint32_t ch)
{
	return is_one_of(ch, "([{<");
}

/* [.]  ( dot )  {chấm}  [.com, from its opening bracket on. */
static enum dot read_bracketed(const struct text *text, size_t i, size_t *end)
{
	enum dot dot;
	size_t in = glyph_skip_blanks(text, i + 1);
	size_t n = is_single_stop(text, in) ? 1 : read_word(text, in, &dot);
	size_t out = glyph_skip_blanks(text, in + n);

	if (!n)
		return DOT_NONE;
	if (is_one_of(glyph_at(text, out)->ch, ")]}>"))
		*end = glyph_skip_blanks(text, out + 1);
	else if (n == 1 && in == i + 1 && glyph_is_word(glyph_at(text, in + 1)))
		*end = in + 1;
	else
		return DOT_NONE;
	return DOT_HIDDEN;
}

static enum dot read_stop(const struct text *text, size_t i, size_t sign, size_t *end)
{
	*end = glyph_skip_blanks(text, sign + 1);
	if (glyph_at(text, sign)->flags & GLYPH_ENTITY)
		return DOT_HIDDEN;
	if (sign > i)
		return DOT_LOOSE;
	return *end > sign + 1 ? DOT_AFTER : DOT_PLAIN;
}

enum dot dot_read(const struct text *text, size_t i, size_t *end)
{
	size_t sign = glyph_skip_blanks(text, i), n;
	uint32_t ch = glyph_at(text, sign)->ch;
	enum dot dot;

	if (ch == '.')
		return is_single_stop(text, sign) ? read_stop(text, i, sign, end) : DOT_NONE;
	if (is_opener(ch))
		return read_bracketed(text, sign, end);
	if (ch == IDEOGRAPHIC_STOP) {
		*end = glyph_skip_blanks(text, sign + 1);
		return DOT_HIDDEN;
	}
	if (ch == '%' && sign == i && glyph_spells(text, i + 1, "2e")) {
		*end = i + 3;
		return DOT_HIDDEN;
	}
	if (is_point(ch) && sign == i && glyph_is_word(glyph_at(text, i + 1))) {
		*end = i + 1;
		return DOT_HIDDEN;
	}
	if (sign == i || !(n = read_word(text, sign, &dot)))
		return DOT_NONE;
	*end = glyph_skip_blanks(text, sign + n);
	return *end > sign + n ? dot : DOT_NONE;
}

static bool is_stop(const struct text *text, size_t i)
{
	uint32_t ch = text->glyph[i].ch;
	return ch == '.' ? is_single_stop(text, i)
			 : ch == ':' || ch == IDEOGRAPHIC_STOP || is_point(ch);
}

/* Whether the glyph behind `i` begins a word for a dot, which only blanks and brackets part from
 * what is before it. Few words in c or d are one. */
static bool word_follows(const struct text *text, size_t i)
{
	const struct glyph *g = &text->glyph[i];
	enum dot dot;

	if (i + 1 == text->glyphs || !(glyph_is_blank(g) || is_opener(g->ch)))
		return false;
	return (g[1].letter == 'c' || g[1].letter == 'd') && read_word(text, i + 1, &dot);
}

size_t dot_search(const struct text *text, size_t i, size_t *boundary)
{
	size_t e = *boundary;

	while (text->boundary[e] + 1 < i)
		e++;
	for (; e < text->boundaries; e++) {
		size_t at = text->boundary[e];
		bool is_sign = text->glyph[at].kind >= GLYPH_PUNCT && at >= i && is_stop(text, at);
		if (is_sign || word_follows(text, at)) {
			*boundary = e;
			return is_sign ? at : at + 1;
		}
	}
	*boundary = e;
	return text->glyphs;
}

static size_t skip_blanks_back(const struct text *text, size_t floor, size_t i)
{
	for (int n = 0; n < 2 && i > floor && glyph_is_blank(glyph_at(text, i - 1)); n++)
		i--;
	return i;
}

size_t dot_begin(const struct text *text, size_t floor, size_t i)
{
	i = skip_blanks_back(text, floor, i);
	if (i > floor && is_opener(glyph_at(text, i - 1)->ch))
		i = skip_blanks_back(text, floor, i - 1);
	return i;
}
