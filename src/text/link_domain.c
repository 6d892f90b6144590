#include <limits.h>

#include "text/link_domain.h"
#include "text/link_dot.h"
#include "text/link_ip.h"
#include "text/link_label.h"
#include "text/link_tail.h"
#include "text/link_tld.h"

/* The last three labels of a chain, and the dots between them. */
struct chain {
	const struct text *text;
	struct label before, host, tld;
	enum dot dot_before, dot;
	size_t first; /* of the host name as far as it goes */
};

#define BIT(look) (1u << (look))
enum {
	CODE = BIT(LABEL_CODE),
	NAME = BIT(LABEL_NAME) | CODE,
	BRAND = BIT(LABEL_BRAND) | NAME,
	WORD = BIT(LABEL_WORD) | BRAND,
	BARE = BIT(LABEL_BARE) | WORD,
	SYLLABLE = BIT(LABEL_SYLLABLE) | BARE,
	NUMBER = BIT(LABEL_NUMBER),
	ANY = SYLLABLE | NUMBER,
};

/*
 * What the label before the last dot has to look like, by that dot and by what follows it.
 * The weighing of the whole finder is in these two tables: the first for a host that
 * stands alone, the second for one with a path behind it.
 */
static const uint8_t accepted[2][DOT_AFTER + 1][TLD_STRONG + 1] = {
	{
		/*               none wordlike familiar  nation    strong */
		[DOT_PLAIN] = {0, 0, NAME, SYLLABLE, ANY},
		[DOT_HIDDEN] = {0, WORD, BARE, ANY, ANY},
		[DOT_SAID] = {0, 0, NAME, SYLLABLE, BARE | NUMBER},
		[DOT_BARE] = {0, 0, NAME, WORD, WORD},
		[DOT_LOOSE] = {0, 0, CODE, WORD, WORD},
		[DOT_AFTER] = {0, 0, 0, 0, BRAND},
	},
	{
		[DOT_PLAIN] = {0, BARE, SYLLABLE, ANY, ANY},
		[DOT_HIDDEN] = {0, BARE, ANY, ANY, ANY},
		[DOT_SAID] = {0, NAME, WORD, ANY, ANY},
		[DOT_BARE] = {0, NAME, WORD, WORD, BARE},
		[DOT_LOOSE] = {0, CODE, BRAND, WORD, BARE},
		[DOT_AFTER] = {0, 0, CODE, BRAND, WORD},
	},
};

/* Tiki.VN, GARENA.VN and Amazon.Com are written so; hay.Com and nhanh.SHOP are not. */
static bool is_cased_alike(const struct chain *c, enum label_look look, enum tld tld)
{
	bool named = look >= LABEL_WORD;
	if (!(c->tld.flags & LABEL_UPPER))
		return true;
	if (!(c->tld.flags & LABEL_LOWER))
		return !(c->host.flags & LABEL_LOWER) || (named && tld >= TLD_NATION);
	return named && tld >= TLD_NATION && c->host.flags & LABEL_TITLE;
}

/* です。example: the end of a Chinese or Japanese sentence. */
static bool is_foreign_stop(const struct chain *c)
{
	return c->host.flags & LABEL_FOREIGN &&
	       glyph_at(c->text, c->host.first + c->host.count)->ch == IDEOGRAPHIC_STOP;
}

/* `bó tay.com`: I give up. An idiom, not a site. */
static bool is_idiom(const struct chain *c)
{
	size_t i = c->host.first;
	return i >= 3 && c->host.count == 3 && glyph_spells(c->text, i, "tay") &&
	       (glyph_spells(c->text, i - 3, "bo") || glyph_spells(c->text, i - 3, "po"));
}

/* tênmiền.vn: several syllables glued, as nobody ends a sentence. */
static bool is_compound(const struct label *host, enum dot dot)
{
	return host->count > 7 && dot == DOT_PLAIN && !(host->flags & (LABEL_UPPER | LABEL_SIGN));
}

static bool is_famous(const struct chain *c, enum path path)
{
	bool told = c->host.count > 2 || path;
	return told && (c->dot <= DOT_SAID || path) && !(c->tld.flags & LABEL_TITLE) &&
	       tld_is_famous(c->text, &c->host, &c->tld);
}

static bool is_www(const struct chain *c)
{
	return c->first < c->host.first && glyph_spells(c->text, c->first, "www") &&
	       glyph_at(c->text, c->first + 3)->ch == '.';
}

/* t.co, a.ws: one letter before the dot, and nothing else on its line. */
static bool is_alone(const struct chain *c, enum tld tld)
{
	size_t end = c->tld.first + c->tld.count;
	return c->host.count == 1 && tld >= TLD_FAMILIAR && c->dot == DOT_PLAIN &&
	       (c->first == 0 || glyph_at(c->text, c->first - 1)->ch == '\n') &&
	       glyph_at(c->text, end)->ch == '\n';
}

static bool accepts(const struct chain *c)
{
	enum tld tld = tld_look(c->text, &c->tld);
	if (tld == TLD_NONE || !label_is_host(&c->host) || is_foreign_stop(c))
		return false;
	enum path path = path_look(c->text, c->tld.first + c->tld.count);
	if (is_famous(c, path))
		return true;
	unsigned looks = accepted[path == PATH_SURE][c->dot][tld];
	if (tld >= TLD_NATION && is_compound(&c->host, c->dot))
		looks |= BIT(LABEL_MARKED);
	if (is_www(c) || is_alone(c, tld))
		looks = UINT_MAX;
	if (!looks)
		return false;
	enum label_look look = label_look(c->text, &c->host);
	return looks & BIT(look) && is_cased_alike(c, look, tld) && !is_idiom(c) &&
	       tld_is_known(c->text, &c->tld, tld);
}

/* abc . com . vn: two known labels in a row are no sentence. */
static bool accepts_pair(const struct chain *c)
{
	return c->tld.count == 2 && c->before.count && c->before.first >= c->first &&
	       label_is_host(&c->before) && !(c->before.flags & LABEL_MARK) &&
	       c->dot_before != DOT_AFTER && c->dot != DOT_AFTER && tld_is_pair(c->text, &c->host, &c->tld);
}

static void push(struct chain *c, struct label label, enum dot dot)
{
	c->before = c->host;
	c->host = c->tld;
	c->tld = label;
	c->dot_before = c->dot;
	c->dot = dot;
}

bool domain_read(const struct text *text, struct label label, struct host *host, size_t *seen)
{
	struct chain c = {.text = text, .first = label.first, .tld = label};
	bool found = false;

	if (ip_read(text, label.first, &host->end)) {
		host->first = label.first;
		*seen = host->end;
		return host->ip = host->known = true;
	}
	for (;;) {
		size_t end = c.tld.first + c.tld.count, next;
		*seen = end;
		enum dot dot = dot_read(text, end, &next);
		if (dot == DOT_NONE || (dot > DOT_HIDDEN && c.tld.flags & LABEL_MARK))
			break;
		label = label_read(text, next, false);
		if (!label.count || label.first != next ||
		    glyph_at(text, label.first + label.count)->ch == '@')
			break;
		push(&c, label, dot);
		if (accepts(&c) || accepts_pair(&c)) {
			*host = (struct host){.first = c.first, .end = label.first + label.count,
					      .known = true};
			found = true;
		} else if (found && (dot != DOT_PLAIN || label.flags & LABEL_MARK)) {
			break;
		} else if (dot > DOT_HIDDEN || !label_is_host(&c.host) ||
			   c.host.flags & LABEL_MARK || is_foreign_stop(&c)) {
			c.first = label.first;
		}
	}
	return found;
}

static size_t skip_userinfo(const struct text *text, size_t i)
{
	size_t at = i;
	for (size_t k = i; glyph_at(text, k)->kind != GLYPH_SPACE; k++) {
		uint32_t ch = glyph_at(text, k)->ch;
		if (ch == '/' || ch == '?' || ch == '#' || ch == '\\' || ch == '<' || ch == '"')
			break;
		if (ch == '@' && glyph_is_word(glyph_at(text, k + 1)))
			at = k + 1;
	}
	return at;
}

static bool is_known(const struct text *text, const struct label *label)
{
	enum tld tld = tld_look(text, label);
	return tld != TLD_NONE && tld_is_known(text, label, tld);
}

/* A label of an authority: where the script changes it ends only behind a known suffix. */
static struct label read_label(const struct text *text, size_t i, bool last)
{
	struct label label = label_read(text, i, false);
	if (last && is_known(text, &label))
		return label;
	return label_read(text, i, true);
}

/* Whether the next label still belongs to the host, `known` telling that it may end here. */
static bool goes_on(const struct text *text, const struct label *before,
		    const struct label *label, enum dot dot, bool known)
{
	if (!label->count)
		return false;
	if (dot <= DOT_HIDDEN)
		return !known || !(label->flags & (LABEL_MARK | LABEL_TITLE));
	if (known)
		return tld_is_pair(text, before, label);
	return tld_look(text, label) >= TLD_FAMILIAR && is_known(text, label);
}

bool authority_read(const struct text *text, size_t i, struct host *host)
{
	host->first = i = skip_userinfo(text, i);
	host->ip = host->known = ip_read(text, i, &host->end);
	if (host->ip)
		return true;
	struct label label = read_label(text, i, false);
	if (label.first != i || !label.count)
		return false;
	bool ascii = !(label.flags & (LABEL_MARK | LABEL_FOREIGN | LABEL_SIGN));
	for (;;) {
		size_t next;
		host->end = label.first + label.count;
		enum dot dot = dot_read(text, host->end, &next);
		if (dot == DOT_NONE)
			break;
		struct label before = label;
		label = read_label(text, next, true);
		if (label.first != next || !goes_on(text, &before, &label, dot, host->known))
			break;
		host->known = is_known(text, &label);
		ascii = true;
	}
	return ascii;
}
