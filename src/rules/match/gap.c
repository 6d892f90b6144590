#include "rules/match/gap.h"
#include "text/glyph_at.h"

/* Glyphs of a gap at the most: a row of emoji hides no more than that. */
enum { LONGEST = 32 };

/* Set in the sign of a gap that has several. */
#define MIXED 0x80000000u

static void add_sign(struct gap *gap, uint32_t ch)
{
	if (!gap->sign)
		gap->sign = ch;
	else if (gap->sign != ch)
		gap->sign = (gap->sign * 31 + ch) | MIXED;
}

/* `Về nhà.Cái xe hỏng`: two sentences without a blank, unless all is in capitals. */
static bool ends_sentence(const struct text *text, size_t from, size_t to)
{
	return text->glyph[to].flags & GLYPH_UPPER && !(text->glyph[from].flags & GLYPH_UPPER);
}

/* A point, a hyphen or a slash joins alone, and so do signs that part no sentence; underscores and
 * emoji in any number. */
static bool is_joiner(const struct text *text, size_t from, size_t to)
{
	const struct glyph *g = &text->glyph[from + 1];

	if (g->ch == '.')
		return to - from == 2 && !ends_sentence(text, from, to);
	return g->ch == '_' || g->kind == GLYPH_SYMBOL ||
	       (to - from == 2 && is_one_of(g->ch, "-/*+|^="));
}

struct gap gap_read(const struct text *text, size_t from, size_t to)
{
	struct gap gap = {.crosses = to - from - 1 > LONGEST};

	for (size_t i = from + 1; i < to && !gap.crosses; i++) {
		const struct glyph *g = &text->glyph[i];
		gap.crosses = g->ch == TEXT_BARRIER;
		if (g->kind == GLYPH_SPACE) {
			gap.spaced = true;
			gap.line |= g->ch == '\n';
		} else {
			add_sign(&gap, g->ch);
		}
	}
	gap.joins = !gap.spaced && !(gap.sign & MIXED) && is_joiner(text, from, to);
	return gap;
}

void gaps_add(struct gaps *gaps, const struct gap *gap)
{
	if (!gaps->count)
		gaps->sign = gap->sign;
	gaps->count++;
	gaps->differ |= gap->sign != gaps->sign;
	gaps->blank += !gap->sign;
	gaps->joined += gap->joins;
	gaps->lines += gap->line;
	gaps->slash |= gap->sign == '/';
}

bool gaps_hold(const struct gaps *gaps, size_t words)
{
	if (words <= 2)
		return gaps->blank + gaps->joined == gaps->count && !gaps->slash;
	return gaps->blank + gaps->joined == gaps->count ||
	       (gaps->count + 1 == words && !gaps->differ);
}

bool gaps_are_slug(const struct gaps *gaps)
{
	return gaps->count && gaps->joined == gaps->count && !gaps->differ &&
	       is_one_of(gaps->sign, "-_.");
}
