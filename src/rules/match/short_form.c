#include "rules/match/short_form.h"

static bool is_capital(const struct text *text, size_t glyph)
{
	return glyph < text->glyphs && (text->glyph[glyph].flags & GLYPH_UPPER);
}

static bool is_dot(const struct text *text, size_t glyph)
{
	return glyph < text->glyphs && text->glyph[glyph].ch == '.';
}

/* Whether the dot at a glyph ends a short form: `Đ.M.` within a sentence, or more of it. */
static bool ends_short_form(const struct text *text, size_t dot)
{
	if (!is_dot(text, dot) || dot + 2 >= text->glyphs)
		return false;
	const struct glyph *next = &text->glyph[dot + 1];
	if (next->kind == GLYPH_SPACE)
		return next[1].kind == GLYPH_LETTER && !(next[1].flags & GLYPH_UPPER);
	return next->flags & GLYPH_UPPER;
}

/* Whether the glyph before `first` is a blank, and the word before that in small letters. */
static bool goes_on(const struct text *text, size_t first)
{
	return first >= 2 && text->glyph[first - 1].kind == GLYPH_SPACE &&
	       text->glyph[first - 2].kind == GLYPH_LETTER && !is_capital(text, first - 2);
}

static bool are_capitals(const struct phrase_search *search, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (!is_capital(search->text, search->skeleton->glyph[i]))
			return false;
	return true;
}

bool is_short_form(const struct phrase_search *search, size_t first, size_t end)
{
	const struct text *text = search->text;
	size_t from = search->skeleton->glyph[first], to = search->skeleton->glyph[end - 1] + 1u;

	if (text->glyph[from + 1].ch == '/')
		return true;
	if (!is_dot(text, from + 1) || !are_capitals(search, first, end))
		return false;
	return ends_short_form(text, to) || goes_on(text, from) ||
	       (from >= 2 && is_dot(text, from - 1) && is_capital(text, from - 2));
}
