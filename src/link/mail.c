#include "link/mail.h"
#include "text/walk.h"

static bool is_name(const struct glyph *g)
{
	return g->letter || is_one_of(g->ch, "._%+-");
}

/* `a còng`, which is how Vietnamese say @, ending before glyph `i`: its glyphs, else 0. */
static size_t said_before(const struct text *text, size_t floor, size_t i)
{
	if (i >= floor + 6 && text->glyph[i - 6].letter == 'a' &&
	    glyph_is_blank(&text->glyph[i - 5]) && glyph_spells(text, i - 4, "cong"))
		return 6;
	return i >= floor + 5 && glyph_spells(text, i - 5, "acong") ? 5 : 0;
}

static bool are_brackets(uint32_t open, uint32_t close)
{
	return (open == '(' && close == ')') || (open == '[' && close == ']') ||
	       (open == '{' && close == '}');
}

/* Whether the dot of the host at glyph `i` is said or in brackets: then `at` may be said too. */
static bool is_disguised(const struct text *text, size_t i)
{
	while (glyph_is_word(glyph_at(text, i)) || glyph_at(text, i)->ch == '-')
		i++;
	return glyph_at(text, i)->ch != '.';
}

/* Back over `@`, `(at)`, `[at]`, `{at}` or `a còng` with or without brackets, or a bare `at`
 * as in `at gmail dot com`; `i` itself when there is none. */
static size_t sign_before(const struct text *text, size_t floor, size_t i)
{
	if (i == floor || text->glyph[i - 1].ch == '@')
		return i - (i > floor);
	bool closed = text->glyph[i - 1].kind == GLYPH_PUNCT;
	size_t end = i - closed, n = said_before(text, floor, end);
	if (!n && (closed || is_disguised(text, i + 1)) && end >= floor + 2 &&
	    glyph_spells(text, end - 2, "at"))
		n = 2;
	if (!n || end - n == floor)
		return i;
	const struct glyph *before = &text->glyph[end - n - 1];
	if (closed)
		return are_brackets(before->ch, text->glyph[i - 1].ch) ? end - n - 1 : i;
	return glyph_is_word(before) ? i : end - n;
}

bool mail_before(const struct text *text, size_t floor, size_t host, size_t *first)
{
	size_t end = host;
	if (end > floor && glyph_is_blank(&text->glyph[end - 1]))
		end--;
	size_t sign = sign_before(text, floor, end);
	if (sign == end)
		return false;
	if (sign > floor && glyph_is_blank(&text->glyph[sign - 1]))
		sign--;
	size_t i = sign;
	while (i > floor && is_name(&text->glyph[i - 1]))
		i--;
	*first = i;
	return i < sign;
}

bool mail_behind(const struct text *text, size_t i)
{
	size_t end = glyph_at(text, i)->ch == '/' ? mail_name(text, i + 1) : i;
	return end > i + 1 && mail_follows(text, end);
}

bool mail_follows(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '@' && glyph_is_word(glyph_at(text, i + 1));
}

size_t mail_name(const struct text *text, size_t i)
{
	while (is_name(glyph_at(text, i)))
		i++;
	return i;
}
