#include "text/emoticon.h"
#include "text/glyph_at.h"

enum { FIRST_IDEOGRAPH = 0x2E80 }; /* from here on one letter may be a word */

static bool is_nose(uint32_t ch)
{
	return ch == '-' || ch == '\'' || ch == '^';
}

static bool are_eyes(uint32_t ch)
{
	return ch == ':' || ch == ';' || ch == '=';
}

/* :D ;v =3 :'( and their like: one letter or digit drawn behind a pair of eyes. */
static bool is_mouth(const struct text *text, size_t i)
{
	size_t eyes = i - 1;
	if (is_nose(glyph_at(text, eyes)->ch))
		eyes--;
	if (!are_eyes(glyph_at(text, eyes)->ch) ||
	    !is_one_of(glyph_at(text, i)->ch, "dDpPvVxXoO03cCbBsS"))
		return false;
	bool apart = !glyph_is_word(glyph_at(text, eyes - 1));
	return apart || glyph_at(text, i)->ch != '3';
}

/* `v.v.` (and so on) and `T.T.` (initials) are written, not drawn. */
static bool is_written(const struct text *text, size_t last)
{
	return glyph_at(text, last - 1)->ch == '.' &&
	       (glyph_at(text, last)->letter == 'v' || glyph_at(text, last + 1)->ch == '.');
}

/* T_T  o.O  ^o^  >3<: letters that draw eyes or a mouth between signs, standing alone. */
static bool is_face(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);
	const char *eyes = "tTqQuUoOxXnNvV", *cheeks = "^>-=*";

	if (is_one_of(l->ch, cheeks) && is_one_of(r->ch, "^<-=*") && g->kind == GLYPH_LETTER)
		return true;
	if (!is_one_of(g->ch, eyes))
		return false;
	bool left = is_one_of(r->ch, "_.") && glyph_at(text, i + 2)->letter == g->letter &&
		    !glyph_is_word(glyph_at(text, i + 3)) && !glyph_is_word(l) &&
		    !is_written(text, i + 2);
	bool right = is_one_of(l->ch, "_.") && glyph_at(text, i - 2)->letter == g->letter &&
		     !glyph_is_word(glyph_at(text, i - 3)) && !glyph_is_word(r) &&
		     !is_written(text, i);
	return left || right;
}

/* A letter of no Latin kind alone among signs is drawn, not written: ʕ•ᴥ•ʔ (ツ) ಠ_ಠ; so
 * is one of an alphabet that stands quite alone: ( ͡° ͜ʖ ͡°) */
static bool is_drawn(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i), *l = glyph_at(text, i - 1),
			   *r = glyph_at(text, i + 1);
	bool spelled = g->ch < FIRST_IDEOGRAPH;
	bool among_signs = l->kind > GLYPH_SPACE || r->kind > GLYPH_SPACE;
	if (g->letter)
		return g->kind == GLYPH_LETTER && (g->flags & GLYPH_LOOKALIKE) && among_signs;
	return spelled || among_signs;
}

static bool is_heart(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '3' &&
	       (glyph_at(text, i - 1)->ch == '<' ||
		(glyph_at(text, i - 1)->kind == GLYPH_SPACE && glyph_at(text, i - 2)->ch == '<') ||
		(glyph_at(text, i - 1)->ch == '/' && glyph_at(text, i - 2)->ch == '<'));
}

static bool is_keycap(const struct glyph *g)
{
	return g->kind == GLYPH_DIGIT && (g->flags & GLYPH_FOREIGN);
}

bool emoticon_is(const struct text *text, size_t first, size_t count)
{
	const struct glyph *g = &text->glyph[first];

	if (is_keycap(g))
		return true;
	if (count > 2)
		return false;
	if (count == 2)
		return is_one_of(g->ch, "xX") && g[1].ch == 'D';
	bool alone = glyph_at(text, first - 1)->kind == GLYPH_SPACE &&
		     glyph_at(text, first + 1)->kind == GLYPH_SPACE;
	if (!alone && (is_mouth(text, first) || is_face(text, first)))
		return true;
	return is_drawn(text, first) || is_heart(text, first);
}
