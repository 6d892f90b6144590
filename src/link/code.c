#include <string.h>

#include "link/code.h"
#include "link/words.h"
#include "text/glyph_at.h"

enum {
	ARGUMENT_MAX = 60, /* glyphs in brackets */
	LISTED_MAX = 4,	   /* letters of the top-level domains in WORDS_TECHNOLOGY */
};

/* U23.VN: the national team of those under 23. */
static bool is_team(const char *host, const char *tld, const struct label *label)
{
	return host[0] == 'u' && strspn(host + 1, "0123456789") == 2 && !host[3] &&
	       !strcmp(tld, "vn") && label->flags & LABEL_UPPER;
}

static bool is_listed(char *host, const char *tld)
{
	char name[2 * (LABEL_MAX + 1)];
	if (words_have(WORDS_ENDINGS, tld) && words_have(WORDS_STEMS, host))
		return true;
	if (tld[0] != 'i' && tld[0] != 'n')
		return false; /* .info .io .net */
	strcpy(name, host);
	strcat(name, ".");
	strcat(name, tld);
	return words_have(WORDS_TECHNOLOGY, name);
}

/* `(x, y=1)` at glyph `i`: an argument, without marks and without two words side by side. */
static bool is_argument(const struct text *text, size_t i)
{
	if (glyph_at(text, i)->ch != '(')
		return false;
	for (size_t n = 1; n < ARGUMENT_MAX; n++) {
		const struct glyph *g = glyph_at(text, i + n);
		if (g->ch == ')')
			return true;
		if (g->marks || g->ch == '\n')
			return false;
		if (glyph_is_blank(g) && glyph_is_word(glyph_at(text, i + n - 1)) &&
		    glyph_is_word(glyph_at(text, i + n + 1)))
			return false;
	}
	return false;
}

/* name.method(), in small letters. */
static bool is_call(const struct text *text, const struct label *host, const struct label *tld)
{
	return !((host->flags | tld->flags) & (LABEL_UPPER | LABEL_DIGIT | LABEL_MARK)) &&
	       label_look(text, host) < LABEL_CODE && is_argument(text, tld->first + tld->count);
}

/* Under these there are sites with whatever stands in brackets behind them. */
static bool is_site(const char *tld)
{
	return words_have(WORDS_COMMA, tld) || words_have(WORDS_BETTING, tld) ||
	       !strcmp(tld, "org");
}

bool code_is_name(const struct text *text, const struct label *host, const struct label *tld)
{
	char name[LABEL_MAX + 1], end[LABEL_MAX + 1];
	bool called = glyph_at(text, tld->first + tld->count)->ch == '(';
	if ((tld->count > LISTED_MAX && !called) || !label_copy(text, tld, end) ||
	    !label_copy(text, host, name))
		return false;
	return is_listed(name, end) || is_team(name, end, tld) ||
	       (called && !is_site(end) && is_call(text, host, tld));
}
