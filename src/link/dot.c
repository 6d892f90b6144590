#include <string.h>

#include "link/dot.h"
#include "link/words.h"
#include "text/text.h"

enum { STOPS_MAX = 6, WORD_MAX = 8 };

/* The number of dots in a row from `i` on, up to the most that matters. */
static size_t count_stops(const struct text *text, size_t i)
{
	size_t n = 0;
	while (n <= STOPS_MAX && glyph_at(text, i + n)->ch == '.')
		n++;
	return n;
}

static bool is_single_stop(const struct text *text, size_t i)
{
	return count_stops(text, i) == 1 && (i == 0 || glyph_at(text, i - 1)->ch != '.');
}

size_t dot_words(const struct text *text, size_t i, const char *words)
{
	size_t n = 0;
	for (; words[n]; n++) {
		const struct glyph *g = glyph_at(text, i + n);
		if (words[n] == ' ' ? !glyph_is_blank(g) : g->letter != (uint8_t)words[n])
			return 0;
	}
	return n;
}

/* The words for a dot. */
static const struct {
	const char *words;
	size_t cham; /* where "cham" begins in them; 9: nowhere. It is typed with both of its marks
			or without marks */
	enum dot bare, accented;
} said[] = {
	{"cham", 0, DOT_MAYBE, DOT_SAID}, {"dau cham", 4, DOT_MAYBE, DOT_SAID},
	{"dot", 9, DOT_MAYBE, DOT_ODD},	  {"duoi", 9, DOT_ODD, DOT_ODD},
	{"phay", 9, DOT_ODD, DOT_ODD},	  {"point", 9, DOT_ODD, DOT_ODD},
	{"punto", 9, DOT_ODD, DOT_ODD},	  {"ten mien", 9, DOT_ODD, DOT_ODD},
};

/* A bit for each row of `said`, in its order, and bits for other ways to write a dot. */
enum {
	CHAM = 1 << 0,
	DAU = 1 << 1,
	DOT = 1 << 2,
	DUOI = 1 << 3,
	PHAY = 1 << 4,
	POINT = 1 << 5,
	PUNTO = 1 << 6,
	TEN = 1 << 7,
	SAID = (1 << 8) - 1,
	SPREAD = 1 << 8, /* c o m */
	COM = 1 << 9,	 /* [com] */
	SIGN = 1 << 10,	 /* a sign that may be a dot itself */
	OTHER = 1 << 11, /* perhaps is_ring() or words_is_letter_point() */
};
enum { PREFIX = 4 }; /* letters */

/* For each letter: bits of the words that have it as their first letter, as their second, third and
 * fourth. [0] is for a blank or a sign. */
static const uint16_t prefixes[UINT8_MAX + 1][PREFIX] = {
	[0] = {OTHER, SPREAD, 0, DAU | DOT | TEN | SPREAD | COM},
	['a'] = {0, DAU, CHAM | PHAY, 0},
	['c'] = {CHAM | SPREAD | COM, 0, 0, DOT},
	['d'] = {DAU | DOT | DUOI, 0, 0, 0},
	['e'] = {0, TEN, 0, 0},
	['h'] = {0, CHAM | PHAY, 0, 0},
	['i'] = {0, 0, POINT, DUOI},
	['m'] = {0, 0, COM, CHAM},
	['n'] = {0, 0, PUNTO | TEN, POINT},
	['o'] = {OTHER, DOT | POINT | COM, DUOI | SPREAD, 0},
	['p'] = {PHAY | POINT | PUNTO, 0, 0, 0},
	['t'] = {TEN, 0, DOT, PUNTO},
	['u'] = {0, DUOI | PUNTO, DAU, 0},
	['y'] = {0, 0, 0, PHAY},
};

/* Which of them may begin at glyph `i`. */
static inline unsigned begin(const struct text *text, size_t i)
{
	unsigned bits = prefixes[glyph_at(text, i)->letter][0];
	for (size_t n = 1; bits && n < PREFIX; n++)
		bits &= prefixes[glyph_at(text, i + n)->letter][n];
	return bits;
}

/* How plainly the `n` glyphs from `i` on are a word for a dot. */
static enum dot dot_of_word(const struct text *text, size_t i, size_t n, size_t word)
{
	size_t cham = said[word].cham;
	uint16_t marks = 0;
	for (size_t k = cham < n ? i + cham : i; k < i + n; k++)
		marks |= glyph_at(text, k)->marks;
	if (!marks)
		return said[word].bare;
	if (cham < n && (marks != (MARK_CIRCUMFLEX | MARK_ACUTE) ||
			 glyph_at(text, i + cham + 2)->marks != marks))
		return DOT_NONE;
	return said[word].accented;
}

/* Returns the length of the word for a dot at `i`, 0 if there is none. Sets `*dot` to how surely it
 * is a dot. */
static size_t read_word(const struct text *text, size_t i, enum dot *dot)
{
	unsigned bits = begin(text, i) & SAID;
	for (size_t k = 0; bits; k++, bits >>= 1) {
		size_t n = bits & 1 ? dot_words(text, i, said[k].words) : 0;
		if (!n || glyph_is_word(glyph_at(text, i + n)))
			continue;
		*dot = dot_of_word(text, i, n, k);
		return *dot == DOT_NONE ? 0 : n;
	}
	return 0;
}

static bool is_opener(uint32_t ch)
{
	return is_one_of(ch, "([{<");
}

static bool is_closer(uint32_t ch)
{
	return is_one_of(ch, ")]}>");
}

/* [.]  ( dot )  {chấm}  [.com  [com], from its opening bracket on. */
static enum dot read_bracketed(const struct text *text, size_t i, size_t *end)
{
	enum dot dot;
	size_t in = glyph_skip_blanks(text, i + 1);
	size_t n = is_single_stop(text, in) ? 1 : read_word(text, in, &dot);
	size_t out = glyph_skip_blanks(text, in + n);

	if (!n) {
		*end = in;
		n = glyph_spells(text, in, "com");
		return n && is_closer(glyph_at(text, in + n)->ch) ? DOT_ODD : DOT_NONE;
	}
	if (is_closer(glyph_at(text, out)->ch))
		*end = glyph_skip_blanks(text, out + 1);
	else if (n == 1 && in == i + 1 && glyph_is_word(glyph_at(text, in + 1)))
		*end = in + 1;
	else
		return DOT_NONE;
	return DOT_HIDDEN;
}

/* .chấm.  -dot-  _cham_ */
static enum dot read_joined(const struct text *text, size_t i, size_t *end)
{
	enum dot dot;
	uint32_t ch = glyph_at(text, i)->ch;
	bool joins = ch == '.' || ch == '-' || ch == '_';
	size_t n = joins ? read_word(text, i + 1, &dot) : 0;
	if (!n || glyph_at(text, i + n + 1)->ch != ch)
		return DOT_NONE;
	*end = i + n + 2;
	return dot == DOT_SAID ? dot : DOT_ODD;
}

/* `com` at the beginning of the next line. */
static bool com_below(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '\n' && glyph_spells(text, i + 1, "com") &&
	       !glyph_is_word(glyph_at(text, i + 4));
}

static enum dot read_stop(const struct text *text, size_t i, size_t sign, size_t *end)
{
	*end = glyph_skip_blanks(text, sign + 1);
	if (glyph_at(text, sign)->flags & GLYPH_ENTITY)
		return DOT_HIDDEN;
	if (com_below(text, *end)) {
		++*end;
		return DOT_LOOSE;
	}
	if (sign > i)
		return DOT_LOOSE;
	return *end > sign + 1 ? DOT_AFTER : DOT_PLAIN;
}

/* One dot, or a few in a row right before a word. */
static enum dot read_stops(const struct text *text, size_t i, size_t sign, size_t *end)
{
	size_t n = count_stops(text, sign);
	enum dot dot = n == 1 && sign == i ? read_joined(text, sign, end) : DOT_NONE;
	if (dot != DOT_NONE)
		return dot;
	if (n == 1)
		return read_stop(text, i, sign, end);
	*end = sign + n;
	return n <= STOPS_MAX && sign == i && glyph_is_word(glyph_at(text, *end)) ? DOT_ODD
										  : DOT_NONE;
}

/* %2E  %252E  =2E  &period; at `i`: its length, else 0. */
static size_t read_escape(const struct text *text, size_t i)
{
	size_t n = i + 1;
	switch (glyph_at(text, i)->ch) {
	case '%':
		while (glyph_spells(text, n, "25"))
			n += 2;
		return glyph_spells(text, n, "2e") ? n + 2 - i : 0;
	case '=':
		return glyph_spells(text, n, "2e") ? 3 : 0;
	case '&':
		n += glyph_spells(text, n, "period");
		return n > i + 1 && glyph_at(text, n)->ch == ';' ? n + 1 - i : 0;
	}
	return 0;
}

static bool is_wrap(uint32_t ch)
{
	return is_one_of(ch, "\"'`|*_~/");
}

/* Whether a sign before the dot at `stop` belongs to it: "."  /./  |.|  '.com */
static bool is_wrapped(const struct text *text, size_t stop)
{
	uint32_t ch = glyph_at(text, stop - 1)->ch;
	return ch == '\\' || (is_wrap(ch) && (glyph_at(text, stop + 1)->ch == ch ||
					      glyph_spells(text, stop + 1, "com")));
}

/* "."  /./  |.|  '.com  and \. */
static enum dot read_wrapped(const struct text *text, size_t i, size_t sign, size_t *end)
{
	size_t stop = sign + 1;
	if (glyph_at(text, stop)->ch != '.' || !is_single_stop(text, stop) ||
	    !is_wrapped(text, stop))
		return DOT_NONE;
	size_t after = stop + 1 + (glyph_at(text, stop + 1)->ch == glyph_at(text, sign)->ch);
	*end = glyph_skip_blanks(text, after);
	return sign == i && *end == after ? DOT_HIDDEN : DOT_ODD;
}

/* Copies the letters at `i`, which must be a whole word, in small letters. */
static bool copy_word(const struct text *text, size_t i, char word[WORD_MAX + 1])
{
	size_t n = 0;
	for (; n < WORD_MAX && glyph_at(text, i + n)->kind == GLYPH_LETTER; n++) {
		if (glyph_at(text, i + n)->marks || !glyph_at(text, i + n)->letter)
			return false;
		word[n] = (char)glyph_at(text, i + n)->letter;
	}
	word[n] = '\0';
	return n && !glyph_is_word(glyph_at(text, i + n));
}

/* a,com  a , com  a_com  a|com  a,bet  t,me/x: another sign, before something that is not a word.
 */
static enum dot read_sign(const struct text *text, size_t i, size_t sign, size_t *end)
{
	char word[WORD_MAX + 1];
	uint32_t ch = glyph_at(text, sign)->ch;
	*end = glyph_skip_blanks(text, sign + 1);
	bool apart = sign > i && *end > sign + 1, close = sign == i && *end == sign + 1;
	bool may_be_com = glyph_at(text, *end)->letter == 'c';
	if (!(may_be_com || (close && ch == ',')) ||
	    !(close || (apart && is_one_of(ch, ",*|-/"))) || !is_one_of(ch, ",_|~=*':;!/-+^#") ||
	    !copy_word(text, *end, word))
		return DOT_NONE;
	if (glyph_spells(text, *end, "com") && !word[3])
		return DOT_ODD;
	size_t after = *end + strlen(word);
	bool known = words_have(WORDS_COMMON_TLD, word) || words_have(WORDS_BETTING, word) ||
		     (glyph_at(text, after)->ch == '/' && glyph_is_word(glyph_at(text, after + 1)));
	return ch == ',' && close && known ? DOT_ODD : DOT_NONE;
}

/* The letters `c o m` apart, with no dot before them. */
static bool is_spread(const struct text *text, size_t i)
{
	return glyph_is_blank(glyph_at(text, i + 1)) && dot_words(text, i, "c o m") &&
	       !glyph_is_word(glyph_at(text, i + 5));
}

/* dotcom, chamcom after a digit: how long the word for the dot is, else 0. */
static size_t read_after_digit(const struct text *text, size_t i)
{
	if (!i || glyph_at(text, i - 1)->kind != GLYPH_DIGIT)
		return 0;
	size_t n = glyph_spells(text, i, "dotcom") + glyph_spells(text, i, "chamcom");
	return n && !glyph_is_word(glyph_at(text, i + n)) ? n - 3 : 0;
}

/* A word for a dot after blanks. */
static enum dot read_said(const struct text *text, size_t i, size_t *end)
{
	enum dot dot;
	size_t n = read_word(text, i, &dot);
	*end = glyph_skip_blanks(text, i + n);
	if (n)
		return *end > i + n ? dot : DOT_NONE;
	return is_spread(text, i) ? DOT_ODD : DOT_NONE;
}

/* a👉com, a 👉 com: any symbol, before something that is not a word; with a blank beside it
 * (`apart`: before it), only before com. */
static bool is_symbol(const struct text *text, size_t i, bool apart)
{
	char word[WORD_MAX + 1];
	size_t next = glyph_skip_blanks(text, i + 1);
	return glyph_at(text, i)->kind == GLYPH_SYMBOL &&
	       is_one_of(glyph_at(text, next)->letter, apart || next > i + 1 ? "c" : "cnv") &&
	       copy_word(text, next, word) && words_have(WORDS_COMMON_TLD, word);
}

/* A sign of another script for a dot. */
static enum dot read_point(const struct text *text, size_t i, size_t sign, size_t *end)
{
	uint32_t ch = glyph_at(text, sign)->ch;
	*end = glyph_skip_blanks(text, sign + 1);
	if (ch == IDEOGRAPHIC_STOP)
		return DOT_HIDDEN;
	if (!glyph_is_word(glyph_at(text, *end)))
		return DOT_NONE;
	if (words_is_ball(ch) || is_symbol(text, sign, sign > i))
		return DOT_ODD;
	return words_is_point(ch) && sign == i && *end == sign + 1 ? DOT_HIDDEN : DOT_NONE;
}

/* Where the word begins after a dot at `i` that is the first in its line, or alone on it; else 0.
 */
static size_t word_below(const struct text *text, size_t i)
{
	size_t word = i + 1 + (glyph_at(text, i + 1)->ch == '\n');
	return is_single_stop(text, i) && glyph_is_word(glyph_at(text, word)) ? word : 0;
}

static enum dot read_below(const struct text *text, size_t sign, size_t *end)
{
	*end = word_below(text, sign + 1);
	if (!*end)
		return DOT_NONE;
	return *end == sign + 2 ? DOT_LOOSE : DOT_ODD;
}

/* An ASCII sign other than a dot. */
static enum dot read_ascii(const struct text *text, size_t i, size_t sign, size_t *end)
{
	enum dot dot = read_wrapped(text, i, sign, end);
	if (dot == DOT_NONE && sign == i) {
		size_t n = read_escape(text, sign);
		*end = sign + n;
		dot = n ? DOT_HIDDEN : read_joined(text, sign, end);
	}
	return dot == DOT_NONE ? read_sign(text, i, sign, end) : dot;
}

/* ˙ and º, whose compatibility forms are a blank and an o. */
static inline bool is_ring(const struct text *text, const struct glyph *g)
{
	if (!(g->flags & GLYPH_COMPAT) || g->len != 2)
		return false;
	const char *bytes = text->bytes + g->at;
	return !memcmp(bytes, "\xCB\x99", 2) || !memcmp(bytes, "\xC2\xBA", 2);
}

/* Whether the glyph at `i` is a single stop between two words: a.b */
static bool is_plain(const struct text *text, size_t i)
{
	const struct glyph *g = glyph_at(text, i);
	return g->ch == '.' && !(g->flags & GLYPH_ENTITY) && glyph_is_word(glyph_at(text, i + 1)) &&
	       !begin(text, i + 1);
}

enum dot dot_read(const struct text *text, size_t i, size_t *end)
{
	const struct glyph *g = glyph_at(text, i);

	if (g->letter && !(g->flags & GLYPH_COMPAT) && glyph_at(text, i - 1)->kind != GLYPH_DIGIT)
		return DOT_NONE;
	if (is_plain(text, i)) {
		*end = i + 1;
		return DOT_PLAIN;
	}
	size_t sign = glyph_skip_blanks(text, i);
	g = glyph_at(text, sign);
	if (g->ch == '.')
		return read_stops(text, i, sign, end);
	if (is_ring(text, glyph_at(text, i))) {
		*end = i + 1;
		return DOT_ODD;
	}
	if (g->ch == '\n')
		return read_below(text, sign, end);
	if (is_opener(g->ch))
		return read_bracketed(text, sign, end);
	if (g->ch > 0x7F && !g->letter)
		return read_point(text, i, sign, end);
	if (!glyph_is_word(g))
		return read_ascii(text, i, sign, end);
	if (sign > i)
		return read_said(text, sign, end);
	*end = i + read_after_digit(text, i);
	return *end > i ? DOT_ODD : DOT_NONE;
}

static size_t skip_blanks_back(const struct text *text, size_t floor, size_t i)
{
	for (int n = 0; n < 2 && i > floor && glyph_is_blank(glyph_at(text, i - 1)); n++)
		i--;
	return i;
}

/* Whether the ASCII sign at `i`, which often is not a dot, is one here. */
static bool is_sign(const struct text *text, size_t i)
{
	size_t end;
	const struct glyph *before = glyph_at(text, i - 1);
	if (glyph_is_blank(before) != glyph_is_blank(glyph_at(text, i + 1)))
		return false;
	uint32_t ch = text->glyph[i].ch;
	if (ch != ',' && ch != '-' && ch != '_' &&
	    glyph_at(text, glyph_skip_blanks(text, i + 1))->letter != 'c')
		return false; /* com */
	size_t begin = skip_blanks_back(text, 0, i);
	return read_sign(text, begin, i, &end) != DOT_NONE ||
	       (begin == i && read_joined(text, i, &end) != DOT_NONE);
}

/* Whether an IPv6 address may begin after the bracket at `i`. */
static bool is_v6(const struct text *text, size_t i)
{
	for (size_t k = i + 1; k < i + 6; k++)
		if (glyph_at(text, k)->ch == ':')
			return true;
	return false;
}

/* https//, without its colon. */
static bool is_scheme(const struct text *text, size_t i)
{
	return glyph_at(text, i + 1)->ch == '/' && is_one_of(glyph_at(text, i - 1)->letter, "ps");
}

static bool is_stop(const struct text *text, size_t i)
{
	uint32_t ch = text->glyph[i].ch;
	size_t n;

	if (ch > 0x7F)
		return ch == IDEOGRAPHIC_STOP || words_is_point(ch) || words_is_ball(ch) ||
		       is_symbol(text, i, false);
	switch (ch) {
	case '.':
		n = count_stops(text, i);
		return (i == 0 || glyph_at(text, i - 1)->ch != '.') &&
		       (n == 1 || (n <= STOPS_MAX && glyph_is_word(glyph_at(text, i + n))));
	case ':':
		return true;
	case '[':
		return is_v6(text, i);
	case '%':
	case '&':
		return read_escape(text, i);
	case '=':
		return read_escape(text, i) || is_sign(text, i);
	case '/':
		return is_scheme(text, i) || is_sign(text, i);
	case ',':
	case '_':
	case '|':
	case '~':
	case '*':
	case '\'':
	case ';':
	case '!':
	case '-':
	case '+':
	case '^':
	case '#':
		return is_sign(text, i);
	}
	return false;
}

/* Whether the glyph after `i` begins a word for a dot, or a dot written without a sign, so that
 * only blanks and brackets separate it from the label before. */
static bool word_follows(const struct text *text, size_t i)
{
	const struct glyph *g = &text->glyph[i];
	enum dot dot;
	size_t end;

	if (i + 1 >= text->glyphs)
		return false;
	if (is_ring(text, g) || is_ring(text, &g[1]) ||
	    (!g[1].letter && g[1].ch > 0x7F && words_is_letter_point(g[1].ch)))
		return true;
	if (!g[1].letter || !begin(text, i + 1))
		return false;
	if (glyph_is_blank(g))
		return read_word(text, i + 1, &dot) || is_spread(text, i + 1);
	if (g->kind == GLYPH_DIGIT)
		return read_after_digit(text, i + 1);
	return is_opener(g->ch) && read_bracketed(text, i, &end) != DOT_NONE;
}

#define BLANK  (SAID | SPREAD)
#define OPENER (SAID | COM)
#define DIGIT  (CHAM | DOT)

/* What an ASCII glyph may be, or may be followed by. */
/* clang-format off */
static const uint16_t triggers[0x80] = {
	['\t'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK, ['\r'] = BLANK, [' '] = BLANK,
	['('] = OPENER, ['['] = OPENER | SIGN, ['{'] = OPENER, ['<'] = OPENER,
	['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
	['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
	['.'] = SIGN, [':'] = SIGN, ['%'] = SIGN, ['&'] = SIGN, ['='] = SIGN, ['/'] = SIGN,
	[','] = SIGN, ['_'] = SIGN, ['|'] = SIGN, ['~'] = SIGN, ['*'] = SIGN, ['\''] = SIGN,
	[';'] = SIGN, ['!'] = SIGN, ['-'] = SIGN, ['+'] = SIGN, ['^'] = SIGN, ['#'] = SIGN,
};
/* clang-format on */

/* Whether a dot may begin at glyph `g` or after it. Looks at `g` and the next three glyphs only,
 * and is true for few glyphs. Of a word, the third letter says more than the second: in most
 * Vietnamese words that begin with p or c, h is the second letter. */
static inline bool may_begin(const struct glyph *g)
{
	unsigned first = prefixes[g[1].letter][0], third = prefixes[g[3].letter][2];
	if (g->ch > 0x7F ? !g->letter &&
				   (g->ch <= WORDS_LAST_SIGN || g[1].letter || words_is_disc(g->ch))
			 : triggers[g->ch] & (SIGN | (first & third)))
		return true;
	if (g->flags & GLYPH_COMPAT)
		return true;
	return first & OTHER &&
	       ((g[1].ch > 0x7F && g[1].ch <= WORDS_LAST_SIGN) || g[1].flags & GLYPH_COMPAT);
}

/* Whether a dot begins at boundary `at` or after it, but not before `i`. Stores its place in
 * `*found`. */
static bool begins(const struct text *text, size_t i, size_t at, size_t *found)
{
	const struct glyph *g = &text->glyph[at];
	bool here = (g->kind >= GLYPH_PUNCT || g->ch > 0x7F) && at >= i && is_stop(text, at);
	*found = here ? at : at + 1;
	return here || word_follows(text, at);
}

/* Returns the first of the boundaries [at, end) where a dot may begin. The last three
 * always count as such: may_begin() reads three glyphs further.
 */
static const uint32_t *skip(const struct glyph *glyph, const uint32_t *at, const uint32_t *end)
{
	const uint32_t *last = end - at > 3 ? end - 3 : at;
	while (at < last && !may_begin(&glyph[*at]))
		at++;
	return at;
}

size_t dot_search(const struct text *text, size_t i, size_t *boundary)
{
	const uint32_t *at = text->boundary + *boundary, *end = text->boundary + text->boundaries;
	size_t found = text->glyphs;

	while (*at + 1 < i)
		at++;
	for (at = skip(text->glyph, at, end); at < end && !begins(text, i, *at, &found);)
		at = skip(text->glyph, at + 1, end);
	*boundary = (size_t)(at - text->boundary);
	return at < end ? found : text->glyphs;
}

/* Moves back over what surrounds the dot at `i` on its left: "  \  a line break */
static size_t skip_wrap_back(const struct text *text, size_t i)
{
	if (glyph_at(text, i)->ch != '.')
		return i;
	bool below = glyph_at(text, i - 1)->ch == '\n' && word_below(text, i);
	return below || is_wrapped(text, i) ? i - 1 : i;
}

size_t dot_begin(const struct text *text, size_t floor, size_t i)
{
	if (i == floor || glyph_is_word(glyph_at(text, i - 1)))
		return i;
	i = skip_blanks_back(text, floor, skip_wrap_back(text, i));
	if (i > floor && is_opener(glyph_at(text, i - 1)->ch))
		i = skip_blanks_back(text, floor, i - 1);
	return i;
}
