#include <limits.h>

#include "link/domain.h"
#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/tail.h"
#include "text/glyph_at.h"
#include "text/syllable.h"

/* The last three labels of a chain, and the dots between them. */
struct chain {
	const struct text *text;
	struct label before, host, tld;
	enum dot dot_before, dot;
	size_t first; /* of the host name as far as it goes */
	bool beside;  /* begins just behind another link */
};

#define BIT(look) (1u << (look))
enum {
	CODE = BIT(LABEL_CODE),
	NAME = BIT(LABEL_NAME) | CODE,
	BRAND = BIT(LABEL_BRAND) | NAME,
	WORD = BIT(LABEL_WORD) | BRAND,
	UNACCENTED = BIT(LABEL_UNACCENTED) | WORD,
	SYLLABLE = BIT(LABEL_SYLLABLE) | UNACCENTED,
	NUMBER = BIT(LABEL_NUMBER),
	ANY = SYLLABLE | NUMBER,
};

/*
 * What the label before the last dot has to look like, by that dot and by what follows it.
 * The weighing of the whole finder is in these two tables: the first for a host that
 * stands alone, the second for one with a path behind it or a link right before it.
 */
/* clang-format off */
static const uint8_t accepted[2][DOT_AFTER + 1][TLD_STRONG + 1] = {{
	/*	none  wordlike  familiar  betting  nation  strong */
	[DOT_PLAIN] =
		{0,	CODE,	NAME,	NAME | NUMBER,	UNACCENTED,	ANY},
	[DOT_HIDDEN] =
		{0,	WORD,	UNACCENTED,	UNACCENTED | NUMBER,	ANY,	ANY},
	[DOT_SAID] =
		{0,	0,	NAME,	NAME,	SYLLABLE,	UNACCENTED | NUMBER},
	[DOT_MAYBE] =
		{0,	0,	NAME,	NAME,	WORD,	WORD},
	[DOT_LOOSE] =
		{0,	0,	NAME,	NAME,	WORD,	WORD},
	[DOT_AFTER] =
		{0,	0,	0,	0,	0,	BRAND},
}, {
	[DOT_PLAIN] =
		{0,	ANY,	ANY,	ANY,	ANY,	ANY},
	[DOT_HIDDEN] =
		{0,	ANY,	ANY,	ANY,	ANY,	ANY},
	[DOT_SAID] =
		{0,	NAME,	WORD,	WORD,	ANY,	ANY},
	[DOT_MAYBE] =
		{0,	NAME,	WORD,	WORD,	WORD,	UNACCENTED},
	[DOT_LOOSE] =
		{0,	CODE,	BRAND,	BRAND,	WORD,	UNACCENTED},
	[DOT_AFTER] =
		{0,	0,	CODE,	CODE,	BRAND,	WORD},
}};
/* clang-format on */

/*
 * Tiki.VN, GARENA.VN, Amazon.Com, VnExpress.Net and TINTUC.cOm are written so; hay.Com and
 * nhanh.SHOP are not. And a proper name before .co or .me ends a sentence of someone who
 * types without marks.
 */
static bool is_cased_alike(const struct chain *c, enum label_look look, enum tld tld)
{
	bool named = look >= LABEL_WORD;
	if (look == LABEL_CODE && tld >= TLD_FAMILIAR)
		return true;
	if (!(c->tld.flags & LABEL_UPPER))
		return tld != TLD_FAMILIAR || c->tld.count > 2 || !(c->host.flags & LABEL_TITLE) ||
		       !syllable_read(&c->text->glyph[c->tld.first], c->tld.count, NULL);
	if (look == LABEL_NUMBER && tld < TLD_BETTING)
		return false; /* 3475.GD/2021: the number of a document */
	if (!(c->tld.flags & LABEL_LOWER))
		return !(c->host.flags & LABEL_LOWER) || (named && tld >= TLD_NATION);
	bool begins =
		!(c->tld.flags & LABEL_TITLE) || c->text->glyph[c->host.first].flags & GLYPH_UPPER;
	return named && tld >= TLD_NATION && begins;
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

static bool is_famous(const struct chain *c, enum path path)
{
	bool told = c->host.count > 2 || path;
	return told && (c->dot <= DOT_SAID || path) && !(c->tld.flags & LABEL_TITLE) &&
	       tld_is_famous(c->text, &c->host, &c->tld);
}

static bool is_www(const struct chain *c)
{
	return c->first < c->host.first && !glyph_spells(c->text, c->tld.first, "www") &&
	       glyph_spells(c->text, c->first, "www") && glyph_at(c->text, c->first + 3)->ch == '.';
}

/* t.co, a.ws: one letter before the dot, and nothing else on its line. */
static bool is_alone(const struct chain *c, enum tld tld)
{
	size_t end = c->tld.first + c->tld.count;
	return c->host.count == 1 && tld >= TLD_FAMILIAR && c->dot == DOT_PLAIN &&
	       (c->first == 0 || glyph_at(c->text, c->first - 1)->ch == '\n') &&
	       glyph_at(c->text, end)->ch == '\n';
}

/* `Chấm 10.vip`, `100.win`: a mark out of ten. */
static bool is_full_mark(const struct chain *c, enum label_look look, enum path path)
{
	size_t i = c->host.first;
	return look == LABEL_NUMBER && !path && c->host.count <= 3 &&
	       (glyph_spells(c->text, i, "10") == c->host.count ||
		glyph_spells(c->text, i, "100") == c->host.count);
}

static bool accepts(const struct chain *c)
{
	enum tld tld = tld_look(c->text, &c->tld);
	if (tld == TLD_NONE || !label_is_host(&c->host) || is_foreign_stop(c))
		return false;
	enum path path = path_look(c->text, c->tld.first + c->tld.count);
	if (is_famous(c, path))
		return true;
	bool sure = path == PATH_SURE || (path && tld >= TLD_BETTING) ||
		    (c->beside && c->dot == DOT_PLAIN);
	unsigned looks = accepted[sure][c->dot][tld];
	if (is_www(c) || is_alone(c, tld))
		looks = UINT_MAX;
	if (!looks)
		return false;
	enum label_look look = label_look(c->text, &c->host);
	return looks & BIT(look) && is_cased_alike(c, look, tld) && !is_idiom(c) &&
	       !(tld == TLD_BETTING && is_full_mark(c, look, path)) &&
	       tld_is_known(c->text, &c->tld, tld);
}

/* abc . com . vn: two known labels in a row are no sentence. The host begins before them. */
static bool accepts_pair(struct chain *c)
{
	if (c->tld.count != 2 || !label_is_host(&c->before) || c->before.flags & LABEL_MARK ||
	    c->dot_before == DOT_AFTER || c->dot == DOT_AFTER ||
	    !tld_is_pair(c->text, &c->host, &c->tld))
		return false;
	if (c->before.first < c->first)
		c->first = c->before.first;
	return true;
}

/* Whether the last dot ends a sentence, so that a host may only begin behind it. */
static bool breaks_off(const struct chain *c)
{
	return c->dot > DOT_HIDDEN || !label_is_host(&c->host) || c->host.flags & LABEL_MARK ||
	       is_foreign_stop(c);
}

/* Goes on to the next dot and label; false at the end of the chain. */
static bool read_next(struct chain *c)
{
	size_t next;
	enum dot dot = dot_read(c->text, c->tld.first + c->tld.count, &next);
	if (dot == DOT_NONE || (dot > DOT_HIDDEN && c->tld.flags & LABEL_MARK))
		return false;
	struct label label = label_read(c->text, next, false);
	if (!label.count || label.first != next ||
	    glyph_at(c->text, label.first + label.count)->ch == '@')
		return false;
	c->before = c->host;
	c->host = c->tld;
	c->tld = label;
	c->dot_before = c->dot;
	c->dot = dot;
	return true;
}

static bool read_chain(struct chain *c, struct host *host)
{
	bool found = false;
	while (read_next(c)) {
		if (accepts_pair(c) || accepts(c)) {
			host->first = c->first;
			host->end = c->tld.first + c->tld.count;
			found = true;
		} else if (found && (c->dot != DOT_PLAIN || c->tld.flags & LABEL_MARK)) {
			break;
		} else if (breaks_off(c)) {
			c->first = c->tld.first;
		}
	}
	return found;
}

bool domain_read(const struct text *text, struct label label, bool beside, struct host *host,
		 size_t *seen)
{
	struct chain c = {.text = text, .first = label.first, .tld = label, .beside = beside};

	*host = (struct host){.first = label.first, .known = true};
	host->ip = ip_read(text, label.first, &host->end);
	bool found = host->ip || read_chain(&c, host);
	*seen = host->ip ? host->end : c.tld.first + c.tld.count;
	return found;
}
