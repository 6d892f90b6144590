#include "link/glue.h"
#include "text/glyph_at.h"
#include "text/syllable.h"

enum { TLD_LEAST = 2, CODA = 3 }; /* letters */

/* The first glyph from `i` on that `is`; `end` when there is none. */
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

/* Where a word begins with its capital behind small letters: comVao */
static bool is_hump(const struct text *text, size_t i)
{
	return glyph_at(text, i)->flags & GLYPH_UPPER &&
	       !(glyph_at(text, i - 1)->flags & GLYPH_UPPER);
}

/* Whether a syllable begins at glyph `i` and goes on to `marked` or beyond. */
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

/* VN-Index is on every share page and no site. */
static bool is_index(const struct text *text, size_t i)
{
	return glyph_spells(text, i, "vn") && glyph_spells(text, i + 3, "index");
}

bool glue_behind(const struct text *text, const struct label *label, struct label *tld,
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
	size_t hump = label->flags & LABEL_UPPER ? first_that(text, first, end, is_hump) : end;
	if (hump < end && cut(text, label, hump, TLD_BETTING, tld, look))
		return true;
	bool marks = label->flags & (LABEL_MARK | LABEL_FOREIGN);
	size_t marked = marks ? first_that(text, first, end, is_marked) : end;
	for (size_t i = marked; marked < end && i >= first; i--)
		if (is_syllable(text, i, marked, end) &&
		    cut(text, label, i, TLD_FAMILIAR, tld, look))
			return true;
	return false;
}

/* The last glyph of `label` that bears a mark. */
static size_t last_marked(const struct text *text, const struct label *label)
{
	size_t i = label->first + label->count - 1;
	while (i > label->first && !is_marked(text, i))
		i--;
	return i;
}

/* Whether a syllable with `marked` ends before glyph `end`. */
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

bool glue_before(const struct text *text, const struct label *label, size_t *cut,
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
