#include "link/spelling.h"

#include <string.h>
#include "link/dot.h"
#include "link/words.h"
#include "text/text.h"
#include "text/syllable.h"

/* The separator of letters at a glyph: a blank, or one of . - _ ; 0 for anything else. */
static uint32_t separator(const struct glyph *g)
{
	if (glyph_is_blank(g))
		return ' ';
	return g->ch == '.' || g->ch == '-' || g->ch == '_' ? g->ch : 0;
}

static bool is_plain(const struct glyph *g)
{
	return g->letter && glyph_is_word(g) && !g->marks;
}

static bool is_tld(const char *word)
{
	return words_have(WORDS_STRONG, word) || words_have(WORDS_BETTING, word) ||
	       words_have(WORDS_FAMILIAR, word) || words_have(WORDS_COMMON_TLD, word);
}

/* One letter or two at glyph `i`, and no third; how many, else 0. */
static size_t read_piece(const struct text *text, size_t i)
{
	size_t n = 0;
	while (n < 3 && is_plain(glyph_at(text, i + n)))
		n++;
	return n < 3 && !glyph_is_word(glyph_at(text, i + n)) ? n : 0;
}

/* cờ o mờ, vê en: the names of the letters. */
static size_t read_called(const struct text *text, size_t i)
{
	static const char *const names[] = {"co o mo", "en e te", "no e to", "o ro go",
					    "ve en",   "vi en",	  "vo no"};
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if (dot_words(text, i, names[k]))
			return i + strlen(names[k]);
	return 0;
}

/* Pieces of a word with the same sign between them. */
struct pieces {
	char word[LETTERS_MAX + 1];
	size_t count;
	/* After each piece: the length of `word`, and the glyph where the piece ends. */
	size_t len[LETTERS_MAX], end[LETTERS_MAX];
	uint32_t between;
};

static void read_pieces(const struct text *text, size_t i, struct pieces *p)
{
	size_t n, len = 0;
	while ((n = read_piece(text, i)) && len + n <= LETTERS_MAX) {
		for (size_t k = 0; k < n; k++)
			p->word[len++] = (char)glyph_at(text, i + k)->letter;
		i += n;
		p->len[p->count] = len;
		p->end[p->count++] = i;
		uint32_t sign = separator(glyph_at(text, i++));
		if (!sign || (p->count > 1 && sign != p->between))
			return;
		p->between = sign;
	}
}

size_t spelled_read(const struct text *text, size_t i, char word[SPELLED_MAX + 1])
{
	size_t end = read_called(text, i);
	if (end && !glyph_is_word(glyph_at(text, end)))
		return end;
	struct pieces p = {.count = 0};
	read_pieces(text, i, &p);
	for (; p.count > 1; p.count--) {
		size_t len = p.len[p.count - 1];
		memcpy(word, p.word, len);
		word[len] = '\0';
		if (p.count * 2 > len && is_tld(word))
			return p.end[p.count - 1];
		if (p.between != ' ')
			break;
	}
	return 0;
}

/* One letter or two at glyph `i`, with marks or without, and no third; how many, else 0. */
static size_t any_piece(const struct text *text, size_t i)
{
	size_t n = 0;
	while (n < 3 && glyph_is_word(glyph_at(text, i + n)))
		n++;
	return n < 3 ? n : 0;
}

size_t spelled_end(const struct text *text, size_t i)
{
	size_t n = any_piece(text, i), next;
	uint32_t between = separator(glyph_at(text, i + n));
	if (!n || !between || between == ' ')
		return i;
	while (n < SPELLED_RUN && glyph_at(text, i + n)->ch == between &&
	       (next = any_piece(text, i + n + 1)))
		n += 1 + next;
	return i + n;
}

size_t spelled_before(const struct text *text, size_t floor, size_t end, char word[SPELLED_MAX + 1])
{
	char back[SPELLED_MAX];
	size_t len = 0, first = end;
	uint32_t between = 0;
	while (len < SPELLED_MAX && first > floor && is_plain(glyph_at(text, first - 1)) &&
	       (first - 1 == floor || !glyph_is_word(glyph_at(text, first - 2)))) {
		back[len++] = (char)glyph_at(text, --first)->letter;
		uint32_t sign = first > floor ? separator(glyph_at(text, first - 1)) : 0;
		if (!sign || (len > 1 && sign != between) || first < floor + 2 ||
		    !is_plain(glyph_at(text, first - 2)) ||
		    (first > floor + 2 && glyph_is_word(glyph_at(text, first - 3))))
			break;
		between = sign;
		first--;
	}
	for (size_t k = 0; k < len; k++)
		word[k] = back[len - 1 - k];
	word[len] = '\0';
	return first;
}

/* Names that are joined to words. */

enum { TLD_LEAST = 2, CODA = 3 }; /* letters */

/* The first glyph from `i` on for which `is` returns true; `end` when there is none. */
static size_t first_that(const struct text *text, size_t i, size_t end,
			 bool (*is)(const struct text *, size_t))
{
	while (i < end && !is(text, i))
		i++;
	return i;
}

static bool is_hyphen(const struct text *text, size_t i)
{
	return is_one_of(glyph_at(text, i)->ch, "-_");
}

static bool is_marked(const struct text *text, size_t i)
{
	return glyph_at(text, i)->marks;
}

/* Where a word begins with a capital after small letters: comVao */
static bool is_inner_capital(const struct text *text, size_t i)
{
	return glyph_at(text, i)->flags & GLYPH_UPPER &&
	       !(glyph_at(text, i - 1)->flags & GLYPH_UPPER);
}

/* Whether a syllable begins at glyph `i` and ends at `marked` or later. */
static bool is_syllable(const struct text *text, size_t i, size_t marked, size_t end)
{
	for (size_t n = marked + 1 - i; n <= SYLLABLE_LETTERS && i + n <= end; n++)
		if (syllable_read(&text->glyph[i], n, NULL))
			return true;
	return false;
}

static bool cut(const struct text *text, const struct label *label, size_t end, enum tld least,
		struct label *tld, enum tld *look)
{
	*tld = label_part(text, label->first, end);
	*look = tld_look(text, tld);
	return *look >= least;
}

/* VN-Index is a share index, not a site. */
static bool is_index(const struct text *text, size_t i)
{
	return glyph_spells(text, i, "vn") && glyph_spells(text, i + 3, "index");
}

bool split_after_tld(const struct text *text, const struct label *label, struct label *tld,
		     enum tld *look)
{
	size_t first = label->first + TLD_LEAST, end = label->first + label->count;
	if (label->count <= TLD_LEAST || glyph_spells(text, label->first, "xn"))
		return false;
	if (label->flags & LABEL_HYPHEN) {
		size_t hyphen = first_that(text, first, end, is_hyphen);
		if (hyphen < end && cut(text, label, hyphen, TLD_WORDLIKE, tld, look))
			return !is_index(text, label->first);
		end = hyphen;
	}
	size_t inner_capital =
		label->flags & LABEL_UPPER ? first_that(text, first, end, is_inner_capital) : end;
	if (inner_capital < end && cut(text, label, inner_capital, TLD_BETTING, tld, look))
		return true;
	bool marks = label->flags & (LABEL_MARK | LABEL_FOREIGN);
	size_t marked = marks ? first_that(text, first, end, is_marked) : end;
	for (size_t i = marked; marked < end && i >= first; i--)
		if (is_syllable(text, i, marked, end) &&
		    cut(text, label, i, TLD_FAMILIAR, tld, look))
			return true;
	return false;
}

/* The last glyph of `label` that has a mark. */
static size_t last_marked(const struct text *text, const struct label *label)
{
	size_t i = label->first + label->count - 1;
	while (i > label->first && !is_marked(text, i))
		i--;
	return i;
}

/* Whether a syllable that contains glyph `marked` ends before glyph `end`. */
static bool ends_syllable(const struct text *text, size_t first, size_t marked, size_t end)
{
	for (size_t i = marked; end - i <= SYLLABLE_LETTERS; i--) {
		if (syllable_read(&text->glyph[i], end - i, NULL))
			return true;
		if (i == first)
			break;
	}
	return false;
}

bool split_before_name(const struct text *text, const struct label *label, size_t *cut,
		       struct label *name)
{
	size_t end = label->first + label->count, marked = last_marked(text, label);
	size_t i = *cut ? *cut - 1 : marked + 1 + CODA;
	for (i = i < end ? i : end - 1; i > marked; i--) {
		if (!ends_syllable(text, label->first, marked, i))
			continue;
		*name = label_part(text, i, end);
		*cut = i;
		return name->count;
	}
	return false;
}
