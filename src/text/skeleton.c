#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/codepoint.h"
#include "text/text.h"
#include "text/skeleton.h"

enum { OTHER_SCRIPT = 0x80, DONG = 0x20AB /* ₫ */ };

#define DIGIT(digit) (GLYPH_DIGIT << 8 | (digit))

/* The byte of a glyph by its kind and its letter: j and y become i, k becomes c. */
static const uint8_t folded[(GLYPH_SYMBOL + 1) << 8] = {
	[0] = OTHER_SCRIPT, ['a'] = 'a',	['b'] = 'b',	    ['c'] = 'c',
	['d'] = 'd',	    ['e'] = 'e',	['f'] = 'f',	    ['g'] = 'g',
	['h'] = 'h',	    ['i'] = 'i',	['j'] = 'i',	    ['k'] = 'c',
	['l'] = 'l',	    ['m'] = 'm',	['n'] = 'n',	    ['o'] = 'o',
	['p'] = 'p',	    ['q'] = 'q',	['r'] = 'r',	    ['s'] = 's',
	['t'] = 't',	    ['u'] = 'u',	['v'] = 'v',	    ['w'] = 'w',
	['x'] = 'x',	    ['y'] = 'i',	['z'] = 'z',	    [DIGIT('0')] = '0',
	[DIGIT('1')] = '1', [DIGIT('2')] = '2', [DIGIT('3')] = '3', [DIGIT('4')] = '4',
	[DIGIT('5')] = '5', [DIGIT('6')] = '6', [DIGIT('7')] = '7', [DIGIT('8')] = '8',
	[DIGIT('9')] = '9',
};

/* Every glyph of every text is looked up, so this has to be fast: one load reads kind and letter,
 * which are neighbours. */
uint8_t skeleton_byte(const struct glyph *glyph)
{
	uint8_t byte = folded[glyph->letter | glyph->kind << 8];

	if (byte == OTHER_SCRIPT)
		byte |= glyph->ch & 0x7F;
	return byte;
}

/* ---- words with digits and signs for letters ------------------------------------------- */

/* The letter that a digit or sign replaces in a word; 'i' if it may also be an l. */
static uint8_t leet_letter(const struct glyph *glyph)
{
	static const uint8_t of[0x80] = {
		['0'] = 'o', ['1'] = 'i', ['!'] = 'i', ['|'] = 'i', ['3'] = 'e',
		['4'] = 'a', ['@'] = 'a', ['5'] = 's', ['$'] = 's', ['6'] = 'g',
		['7'] = 't', ['8'] = 'b', ['9'] = 'g',
	};

	if (glyph->ch < sizeof of)
		return of[glyph->ch];
	switch (glyph->ch) {
	case 0xA1: /* ¡ */
		return 'i';
	case 0xA2: /* ¢ */
	case 0xA9: /* © */
		return 'c';
	case 0xA3: /* £ */
		return 'l';
	case 0x20AB: /* ₫ */
		return 'd';
	case 0x20AC: /* € */
	case 0x212E: /* ℮ */
		return 'e';
	case 0xA5: /* ¥ */
		return 'y';
	}
	return 0;
}

static bool is_sign(const struct glyph *glyph)
{
	return glyph->kind > GLYPH_SPACE && leet_letter(glyph);
}

static bool is_vertical_sign(const struct glyph *glyph)
{
	return glyph->ch == '!' || glyph->ch == '|';
}

static bool is_vowel(const struct glyph *glyph)
{
	return is_one_of(glyph->letter, "aeiouy");
}

/* A piece: glyphs [first, end) that are letters, and digits and signs for letters; and what it
 * contains. */
struct piece {
	size_t first, end;
	size_t after; /* where the next piece may begin: signs at the end do not replace letters */
	bool letters, substitutes; /* it has letters; it has characters that may replace one */
	bool ambiguous;		   /* SKELETON_SUBSTITUTES2 reads it otherwise */
};

static bool is_digit_or_sign(const struct glyph *g, uint8_t letter)
{
	return (g->kind == GLYPH_DIGIT) | ((g->kind > GLYPH_SPACE) & (letter != 0));
}

/* Letters of other scripts, blanks and other signs are not part of a piece. */
static bool is_of_piece(const struct text *text, size_t i)
{
	const struct glyph *g = &text->glyph[i];

	if (g->kind == GLYPH_LETTER)
		return g->letter;
	if (g->ch == DONG) /* a currency sign, unless before a letter and not after a digit */
		return glyph_at(text, i + 1)->kind == GLYPH_LETTER &&
		       glyph_at(text, i - 1)->kind != GLYPH_DIGIT;
	return is_digit_or_sign(g, leet_letter(g));
}

/* 50k  4G  1m7  2h30  10kg  $5k: a number with its unit, not a word. In 0c and 0ng the 0 is a
 * vowel. */
static bool is_quantity(const struct text *text, const struct piece *piece)
{
	size_t i = piece->first, digits = 0, letters = 0, vowels = 0, end = piece->end;
	bool marked = false;

	if (i < end && text->glyph[i].kind == GLYPH_LETTER)
		return false;
	while (i < end && is_sign(&text->glyph[i]))
		i++;
	for (; i < end && text->glyph[i].kind == GLYPH_DIGIT; i++)
		digits++;
	if (digits == 1 && text->glyph[i - 1].ch == '0' &&
	    ((i + 1 == end && is_one_of(glyph_at(text, i)->ch, "cni")) ||
	     (i + 2 == end && glyph_spells(text, i, "ng"))))
		return false;
	for (; i < end && text->glyph[i].kind == GLYPH_LETTER; i++, letters++) {
		vowels += is_vowel(&text->glyph[i]);
		marked |= text->glyph[i].marks & ~MARK_STROKE;
	}
	for (; i < end && text->glyph[i].kind == GLYPH_DIGIT; i++)
		;
	return digits && letters && !marked && i == end && (!vowels || digits > 1);
}

static bool take_letter(const struct glyph *g, struct piece *piece)
{
	bool vertical = piece->after > piece->end;
	if (!g->letter)
		return false;
	piece->letters = true;
	piece->substitutes |= vertical;
	piece->ambiguous |= vertical;
	piece->end = ++piece->after;
	return true;
}

/* Takes glyph `piece->after` into the piece. Returns false if it is not part of it. */
static bool take(const struct text *text, struct piece *piece)
{
	const struct glyph *g = &text->glyph[piece->after];
	if (g->kind == GLYPH_LETTER)
		return take_letter(g, piece);
	bool digit = g->kind == GLYPH_DIGIT;
	uint8_t letter = leet_letter(g);
	if (g->ch == DONG ? !is_of_piece(text, piece->after) : !is_digit_or_sign(g, letter))
		return false;
	piece->after++;
	if (is_vertical_sign(g)) /* not a letter at the end: `lần!` */
		return true;
	bool vertical = piece->after - 1 > piece->end;
	piece->end = piece->after;
	piece->substitutes |=
		vertical || (letter && (g->ch != '@' || piece->letters)); /* @handle */
	piece->ambiguous |= vertical || letter == 'i' ||
			    (digit && g > text->glyph && g[-1].kind == GLYPH_DIGIT);
	return true;
}

/* The piece that begins at glyph `first`, or an empty one. */
static struct piece piece_at(const struct text *text, size_t first)
{
	struct piece piece = {.first = first, .end = first, .after = first};

	while (piece.after < text->glyphs && take(text, &piece))
		;
	while (piece.first + 1 < piece.end && is_vertical_sign(&text->glyph[piece.first]) &&
	       text->glyph[piece.first + 1].kind != GLYPH_LETTER)
		piece.first++;
	piece.substitutes = piece.substitutes && piece.letters && !is_quantity(text, &piece);
	return piece;
}

/* 1 before a vowel is an l (`c1ub`), elsewhere an i (`h1t`, `c41`). */
static bool precedes_vowel(const struct text *text, size_t i)
{
	const struct glyph *next = glyph_at(text, i + 1);
	uint8_t letter = next->kind == GLYPH_LETTER ? next->letter : leet_letter(next);

	return is_one_of(letter, "aeiouy");
}

static bool is_of_number(const struct text *text, size_t i)
{
	return text->glyph[i].kind == GLYPH_DIGIT && (glyph_at(text, i - 1)->kind == GLYPH_DIGIT ||
						      glyph_at(text, i + 1)->kind == GLYPH_DIGIT);
}

/* The byte of a digit or sign that replaces a letter. */
static uint8_t substitute_byte(const struct text *text, size_t i, enum skeleton_reading reading)
{
	const struct glyph *g = &text->glyph[i];
	uint8_t letter = leet_letter(g);

	if (!letter || (reading == SKELETON_SUBSTITUTES2 && is_of_number(text, i)))
		return skeleton_byte(g);
	if (reading == SKELETON_SUBSTITUTES2 && letter == 'i' && precedes_vowel(text, i))
		return 'l';
	return folded[letter];
}

/* The byte of a letter, or of a character that replaces none. */
static uint8_t letter_byte(const struct glyph *g, enum skeleton_reading reading)
{
	const struct look_alike *look = NULL;

	if (g->kind == GLYPH_LETTER && (g->flags & GLYPH_LOOKALIKE))
		look = codepoint_look_alike(g->ch);
	if (!look)
		return skeleton_byte(g);
	return folded[reading == SKELETON_SUBSTITUTES ? look->upper : look->lower];
}

enum { STEP = 8 };

/* Room for `need` letters as runs, and in s->run for the same letters before they are runs. */
static bool make_room(struct skeleton *s, size_t need)
{
	return grow(s->run, 2 * need, &s->run_room) && grow(s->start, need + 1, &s->start_room) &&
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

/* Reads the letters of the text, a byte each, and zeros after them. Every text is read in this
 * way, so there is no branch: the entry of a glyph that is left out is overwritten by the next. */
static void read_letters(struct skeleton *s, const struct text *text, char *letter)
{
	const struct glyph *g = text->glyph;
	uint32_t *glyph = s->glyph, glyphs = (uint32_t)text->glyphs;
	size_t letters = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < glyphs; i++) {
		unsigned byte = skeleton_byte(&g[i]);
		letter[letters] = (char)byte;
		glyph[letters] = i;
		letters += (byte + UINT8_MAX) >> 8;
	}
	memset(&letter[letters], 0, STEP + 1);
	s->letters = letters;
}

/* How many of eight bytes are before the first one that is the same as the byte after it. */
static unsigned before_pair(const char *byte)
{
	uint64_t here, next, differ, same;

	memcpy(&here, byte, STEP);
	memcpy(&next, byte + 1, STEP);
	differ = le64toh(here ^ next);
	same = (differ - 0x0101010101010101) & ~differ & 0x8080808080808080;
	return same ? (unsigned)__builtin_ctzll(same) / 8 : STEP;
}

/* Makes runs of the letters. Most are runs of their own, so eight are copied at a time. */
static void join_runs(struct skeleton *s, const char *letter)
{
	uint32_t *start = s->start;
	size_t letters = s->letters, runs = 0;
	char *run = s->run;

	start[0] = 0;
	for (uint32_t i = 0; i < letters;) {
		unsigned n = before_pair(&letter[i]);
		memcpy(&run[runs], &letter[i], STEP);
		for (uint32_t k = 0; k < STEP; k++)
			start[runs + k + 1] = i + k + 1;
		runs += n;
		i += n;
		if (n < STEP)
			while (i < letters && letter[i] == letter[i + 1])
				i++;
	}
	s->runs = runs;
}

static void read_plain(struct skeleton *s, const struct text *text)
{
	char *letter = s->run + text->glyphs + 2 * STEP;

	read_letters(s, text, letter);
	join_runs(s, letter);
}

/* Whether the digit or sign at glyph `i` is beside a letter. In each piece with substitutes at
 * least one is. */
static bool may_join_letters(const struct text *text, size_t i)
{
	const struct glyph *g = &text->glyph[i], *next = glyph_at(text, i + 1);
	bool after = next->kind == GLYPH_LETTER;

	if (g->kind != GLYPH_DIGIT && !leet_letter(g))
		return false;
	if (is_vertical_sign(g) && !after && next->kind != GLYPH_DIGIT)
		return false;
	return after || glyph_at(text, i - 1)->kind == GLYPH_LETTER;
}

unsigned skeleton_readings(const struct text *text)
{
	enum { NONE = 1, ONE = 1 << SKELETON_SUBSTITUTES, BOTH = ONE | 1 << SKELETON_SUBSTITUTES2 };
	unsigned readings = NONE;
	size_t end = 0; /* of the last piece */

	for (size_t k = 0; k < text->boundaries && readings != (NONE | BOTH); k++) {
		size_t i = text->boundary[k];
		const struct glyph *g = &text->glyph[i];
		if (g->kind == GLYPH_SPACE || i < end)
			continue;
		if (g->kind == GLYPH_LETTER) {
			if (g->flags & GLYPH_LOOKALIKE && codepoint_look_alike(g->ch))
				readings |= BOTH;
			continue;
		}
		if (!may_join_letters(text, i))
			continue;
		while (i > end && is_of_piece(text, i - 1))
			i--;
		struct piece piece = piece_at(text, i);
		end = piece.after;
		if (piece.substitutes)
			readings |= piece.ambiguous ? BOTH : ONE;
	}
	return readings;
}

static void read_substitutes(struct skeleton *s, const struct text *text)
{
	for (size_t i = 0; i < text->glyphs;) {
		if (text->glyph[i].kind == GLYPH_SPACE) {
			i++;
			continue;
		}
		struct piece piece = piece_at(text, i);
		size_t end = piece.after > i ? piece.after : i + 1;
		for (; i < end; i++) {
			const struct glyph *g = &text->glyph[i];
			bool substitute = g->kind != GLYPH_LETTER && piece.substitutes &&
					  i >= piece.first && i < piece.end;
			uint8_t byte = substitute ? substitute_byte(text, i, s->reading)
						  : letter_byte(g, s->reading);
			if (byte)
				add(s, i, byte);
		}
	}
}

bool skeleton_read(struct skeleton *s, const struct text *text, enum skeleton_reading reading)
{
	s->runs = s->letters = 0;
	s->reading = reading;
	if (!make_room(s, text->glyphs + 2 * STEP))
		return false;
	if (reading == SKELETON_PLAIN)
		read_plain(s, text);
	else
		read_substitutes(s, text);
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
