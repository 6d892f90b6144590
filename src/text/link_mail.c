#include <string.h>

#include "text/link_dot.h"
#include "text/link_mail.h"

static bool is_blank(const struct glyph *g)
{
	return g->kind == GLYPH_SPACE && g->ch != '\n';
}

static bool is_name(const struct glyph *g)
{
	return g->letter || (g->ch && g->ch < 0x80 && strchr("._%+-", (int)g->ch));
}

/* Back over `@`, `(at)`, `[at]` or `{at}`; `i` itself when there is none. */
static size_t sign_before(const struct text *text, size_t floor, size_t i)
{
	if (i > floor && text->glyph[i - 1].ch == '@')
		return i - 1;
	if (i < floor + 4 || !glyph_spells(text, i - 3, "at"))
		return i;
	uint32_t open = text->glyph[i - 4].ch, close = text->glyph[i - 1].ch;
	bool bracketed = (open == '(' && close == ')') || (open == '[' && close == ']') ||
			 (open == '{' && close == '}');
	return bracketed ? i - 4 : i;
}

bool mail_before(const struct text *text, size_t floor, size_t host, size_t *first)
{
	size_t end = host;
	if (end > floor && is_blank(&text->glyph[end - 1]))
		end--;
	size_t sign = sign_before(text, floor, end);
	if (sign == end)
		return false;
	if (sign > floor && is_blank(&text->glyph[sign - 1]))
		sign--;
	size_t i = sign;
	while (i > floor && is_name(&text->glyph[i - 1]))
		i--;
	*first = i;
	return i < sign;
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
