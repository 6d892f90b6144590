#include <stdlib.h>

#include "base/grow.h"
#include "text/skeleton.h"

enum { OTHER_SCRIPT = 0x80 };

uint8_t skeleton_byte(const struct glyph *glyph)
{
	uint8_t byte = glyph->letter;
	if (byte == 'y')
		byte = 'i';
	if (byte == 0 && glyph->kind <= GLYPH_DIGIT)
		byte = (uint8_t)(OTHER_SCRIPT | (glyph->ch & 0x7F));
	return byte;
}

/* The letter that a digit or sign stands for inside a word. */
static uint8_t leet_letter(const struct glyph *glyph)
{
	static const uint8_t of[0x80] = {
		['0'] = 'o', ['1'] = 'i', ['!'] = 'i', ['|'] = 'i', ['3'] = 'e', ['4'] = 'a',
		['@'] = 'a', ['5'] = 's', ['$'] = 's', ['7'] = 't', ['9'] = 'g',
	};
	return glyph->ch < sizeof of ? of[glyph->ch] : 0;
}

static bool may_end_word(const struct glyph *glyph)
{
	return glyph->ch == '@' || glyph->ch == '$';
}

/*
 * A word with leet in it: letters, and signs and digits among them that all stand for
 * letters, letters at both ends (@ and $ may stand there too), at least as many letters.
 * Where it ends; `first` when there is none.
 */
static size_t leet_word(const struct text *text, size_t first, bool *leet)
{
	size_t i = first, end = first, letters = 0, signs = 0, at_end = 0;

	for (; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		if (g->kind == GLYPH_LETTER && g->letter) {
			letters++;
			end = i + 1;
			at_end = signs;
		} else if (leet_letter(g) && (i > first || may_end_word(g))) {
			signs++;
			if (may_end_word(g) && end == i) {
				end = i + 1;
				at_end = signs;
			}
		} else {
			break;
		}
	}
	bool whole = end == i || text->glyph[end].kind != GLYPH_DIGIT;
	*leet = whole && at_end && letters >= 2 && letters >= at_end;
	return end;
}

static bool make_room(struct skeleton *s, size_t need)
{
	return grow(s->run, need, &s->run_room) && grow(s->start, need + 1, &s->start_room) &&
	       grow(s->glyph, need, &s->glyph_room);
}

static void add(struct skeleton *s, size_t glyph, uint8_t byte)
{
	if (s->runs == 0 || (uint8_t)s->run[s->runs - 1] != byte) {
		s->run[s->runs] = (char)byte;
		s->start[s->runs++] = (uint32_t)s->letters;
	}
	s->glyph[s->letters++] = (uint32_t)glyph;
}

/* As add() does, glyph by glyph; with all of it at hand and without a branch a glyph, since
 * every text is read so: what is not counted is written over. */
static void read_plain(struct skeleton *s, const struct text *text)
{
	const struct glyph *g = text->glyph;
	uint32_t *start = s->start, *glyph = s->glyph, letters = 0, runs = 0, last = 0;
	char *run = s->run;

	for (uint32_t i = 0, glyphs = (uint32_t)text->glyphs; i < glyphs; i++) {
		uint32_t byte = skeleton_byte(&g[i]);
		uint32_t counts = (byte + 0xFF) >> 8, is_new = ((byte ^ last) + 0xFF) >> 8;
		run[runs] = (char)byte;
		start[runs] = letters;
		glyph[letters] = i;
		runs += counts & is_new;
		letters += counts;
		last = counts ? byte : last;
	}
	s->runs = runs;
	s->letters = letters;
}

/* Before the first glyph `i` wraps round, and there is neither. */
static bool is_letter(const struct text *text, size_t i)
{
	return i < text->glyphs && text->glyph[i].kind == GLYPH_LETTER;
}

static bool is_leet(const struct text *text, size_t i)
{
	return i < text->glyphs && leet_letter(&text->glyph[i]);
}

/* Whether a digit or sign stands where a letter of a word could: most texts have none. Only
 * @ and $ may do so at an end (`lần!` is no word in leet). */
static bool may_be_leet(const struct text *text)
{
	for (size_t k = 0; k < text->boundaries; k++) {
		size_t i = text->boundary[k];
		const struct glyph *g = &text->glyph[i];
		if (g->kind == GLYPH_LETTER || g->kind == GLYPH_SPACE || !leet_letter(g))
			continue;
		bool before = is_letter(text, i - 1), after = is_letter(text, i + 1);
		if ((before && after) || ((before || after) && may_end_word(g)) ||
		    (before && is_leet(text, i + 1)) || (after && is_leet(text, i - 1)))
			return true;
	}
	return false;
}

static bool read_leet(struct skeleton *s, const struct text *text)
{
	bool any = false;
	for (size_t i = 0; i < text->glyphs;) {
		bool leet;
		size_t end = leet_word(text, i, &leet);
		any |= leet;
		if (end == i)
			end = i + 1;
		for (; i < end; i++) {
			const struct glyph *g = &text->glyph[i];
			uint8_t byte =
				leet && g->kind != GLYPH_LETTER ? leet_letter(g) : skeleton_byte(g);
			if (byte)
				add(s, i, byte);
		}
	}
	return any;
}

bool skeleton_read(struct skeleton *s, const struct text *text, bool leet)
{
	s->runs = s->letters = 0;
	s->leet = leet;
	if (!make_room(s, text->glyphs + 1))
		return false;
	if (!leet)
		read_plain(s, text);
	else if (!may_be_leet(text) || !read_leet(s, text))
		s->runs = s->letters = 0;
	if (s->start)
		s->start[s->runs] = (uint32_t)s->letters;
	return true;
}

void skeleton_clear(struct skeleton *s)
{
	free(s->run);
	free(s->start);
	free(s->glyph);
	*s = (struct skeleton){0};
}
