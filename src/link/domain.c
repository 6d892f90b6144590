#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "link/domain.h"
#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/spelling.h"
#include "link/tail.h"
#include "link/words.h"
#include "text/text.h"
#include "text/syllable.h"

/* Names with a dot that are not hosts: of programs, ASP.NET  main.rs  df.info(), and of the team
 * U23.VN. */
enum {
	ARGUMENT_MAX = 60,   /* glyphs in brackets */
	PROGRAM_TLD_MAX = 4, /* the longest after the dot, here and in words.c: info */
};

/* U23.VN: the national team of those under 23. */
static bool is_team(const char *host, const char *tld, const struct label *label)
{
	return host[0] == 'u' && strspn(host + 1, "0123456789") == 2 && !host[3] &&
	       !strcmp(tld, "vn") && label->flags & LABEL_UPPER;
}

static bool is_technology(char *host, const char *tld)
{
	char name[2 * (LABEL_MAX + 1)];
	if (words_have(WORDS_ENDINGS, tld) && words_have(WORDS_STEMS, host))
		return true;
	if (tld[0] != 'i' && tld[0] != 'n')
		return false; /* .info .io .net */
	snprintf(name, sizeof name, "%s.%s", host, tld);
	return words_have(WORDS_TECHNOLOGY, name);
}

/* Whether `(x, y=1)` is at glyph `i`: arguments without marks and without two words side by side.
 */
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

/* Whether `name.tld` is a site and not a call, whatever follows in brackets. */
static bool is_site(const char *tld)
{
	return words_have(WORDS_COMMON_TLD, tld) || words_have(WORDS_BETTING, tld) ||
	       !strcmp(tld, "org");
}

/* Whether `host` and `tld`, with a plain dot between them, name a program and not a site. */
static bool names_program(const struct text *text, const struct label *host,
			  const struct label *tld)
{
	char name[LABEL_MAX + 1], end[LABEL_MAX + 1];
	bool called = glyph_at(text, tld->first + tld->count)->ch == '(';
	if ((tld->count > PROGRAM_TLD_MAX && !called) || !label_copy(text, tld, end) ||
	    !label_copy(text, host, name))
		return false;
	return is_technology(name, end) || is_team(name, end, tld) ||
	       (called && !is_site(end) && is_call(text, host, tld));
}

/* The last three labels of a chain, and the dots between them. */
struct chain {
	const struct text *text;
	struct label before, host, tld;
	enum dot dot_before, dot;
	enum tld look;	/* of `tld` */
	size_t floor;	/* where the link before it ends */
	size_t first;	/* where the host begins, if there is one */
	size_t spelled; /* end of the separated letters that were read last */
	bool beside;	/* begins directly after another link */
};

/* Whether a word is a digit: tám, tam. */
static bool is_digit_word(const struct text *text, const struct label *label)
{
	static const char *const words[] = {"khong", "mot", "hai", "ba",  "bon",
					    "nam",   "sau", "bay", "tam", "chin"};
	uint8_t letter = text->glyph[label->first].letter;
	if (label->count < 2 || label->count > 5)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (letter == (uint8_t)words[i][0] &&
		    glyph_spells(text, label->first, words[i]) == label->count)
			return true;
	return false;
}

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
 * The label before the last dot is a host if it has one of these looks, which depend on the kind of
 * that dot and on the top-level domain. The first table is for a host that stands alone, the second
 * for one followed by a path or directly after a link. accepts() has the exceptions.
 */
/* clang-format off */
static const uint8_t accepted[2][DOT_ODD + 1][TLD_STRONG + 1] = {{
	/*	none  misspelt  wordlike  familiar  betting  nation  strong */
	[DOT_PLAIN] =
		{0,	NAME,	CODE,	NAME,	NAME | NUMBER,	UNACCENTED,	ANY},
	[DOT_HIDDEN] =
		{0,	NAME,	WORD,	UNACCENTED,	UNACCENTED | NUMBER,	ANY,	ANY},
	[DOT_SAID] =
		{0,	CODE,	0,	NAME,	NAME,	SYLLABLE,	UNACCENTED | NUMBER},
	[DOT_MAYBE] =
		{0,	CODE,	0,	NAME,	NAME,	WORD,	WORD},
	[DOT_LOOSE] =
		{0,	CODE,	0,	NAME,	NAME,	WORD,	WORD},
	[DOT_AFTER] =
		{0,	0,	0,	0,	0,	0,	BRAND},
	[DOT_ODD] =
		{0,	0,	0,	CODE,	CODE,	CODE,	CODE},
}, {
	[DOT_PLAIN] =
		{0,	NAME,	ANY,	ANY,	ANY,	ANY,	ANY},
	[DOT_HIDDEN] =
		{0,	NAME,	ANY,	ANY,	ANY,	ANY,	ANY},
	[DOT_SAID] =
		{0,	CODE,	NAME,	WORD,	WORD,	ANY,	ANY},
	[DOT_MAYBE] =
		{0,	CODE,	NAME,	WORD,	WORD,	WORD,	UNACCENTED},
	[DOT_LOOSE] =
		{0,	CODE,	CODE,	BRAND,	BRAND,	WORD,	UNACCENTED},
	[DOT_AFTER] =
		{0,	0,	0,	CODE,	CODE,	BRAND,	WORD},
	[DOT_ODD] =
		{0,	CODE,	CODE,	CODE,	CODE,	CODE,	CODE},
}};
/* clang-format on */

/*
 * Whether the capitals are those of a site: Tiki.VN, GARENA.VN, Amazon.Com, VnExpress.Net and
 * TINTUC.cOm are sites; hay.Com and nhanh.SHOP are not. A name with a capital before .co or .me is
 * not a site either: `Lan.co` ends a sentence in a text without marks.
 */
static bool has_capitals_of_site(const struct chain *c, enum label_look look, enum tld tld)
{
	bool named = look >= LABEL_WORD;
	if (tld == TLD_MISSPELT || (look == LABEL_CODE && tld >= TLD_FAMILIAR))
		return true;
	if (!(c->tld.flags & LABEL_UPPER))
		return tld != TLD_FAMILIAR || c->tld.count > 2 || !(c->host.flags & LABEL_TITLE) ||
		       !syllable_read(&c->text->glyph[c->tld.first], c->tld.count, NULL);
	if (look == LABEL_NUMBER && tld < TLD_FAMILIAR)
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

/* `bó tay.com` ("I give up") is an idiom, not a site. */
static bool is_idiom(const struct chain *c)
{
	size_t i = c->host.first;
	return i >= 3 && c->host.count == 3 && glyph_spells(c->text, i, "tay") &&
	       (glyph_spells(c->text, i - 3, "bo") || glyph_spells(c->text, i - 3, "po"));
}

/* `Microsoft .NET`: the framework. `TINTUC .NET` and `tintuc .net` are sites. */
static bool is_framework(const struct chain *c, enum label_look look)
{
	size_t i = c->tld.first;
	return c->dot == DOT_LOOSE && look != LABEL_CODE && c->host.flags & LABEL_LOWER &&
	       !(c->tld.flags & LABEL_LOWER) && glyph_at(c->text, i - 1)->ch == '.' &&
	       glyph_spells(c->text, i, "net") == c->tld.count;
}

/* Whether `label` begins after a dot that has a blank before it: ` .vn` */
static bool begins_with_dot(const struct chain *c, const struct label *label)
{
	size_t i = label->first;
	return i >= 2 && glyph_at(c->text, i - 1)->ch == '.' &&
	       glyph_is_blank(glyph_at(c->text, i - 2));
}

/* `web .vn`, `domain .com.vn`: the comment is about a top-level domain, whose first label is `tld`.
 */
static bool names_tld(const struct chain *c, const struct label *word, const struct label *tld)
{
	static const char *const words[] = {"domain", "email", "file", "link",	  "mail",
					    "site",   "trang", "url",  "website", "web"};
	if (!begins_with_dot(c, tld) || path_look(c->text, c->tld.first + c->tld.count))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (glyph_spells(c->text, word->first, words[i]) == word->count)
			return true;
	return false;
}

/* ` .gov.vn`, after any word. */
static bool is_bare_pair(const struct chain *c)
{
	return begins_with_dot(c, &c->host) && c->dot == DOT_PLAIN &&
	       tld_is_pair(c->text, &c->host, &c->tld) &&
	       !path_look(c->text, c->tld.first + c->tld.count);
}

static bool is_famous(const struct chain *c, enum path path)
{
	if (c->tld.flags & LABEL_TITLE || !tld_is_famous(c->text, &c->host, &c->tld))
		return false;
	return path || path_is_apart(c->text, c->tld.first + c->tld.count) ||
	       (c->host.count > 2 && c->dot <= DOT_SAID);
}

/* com.vidu.app: the id of a program, which is its company's domain in reverse. */
static bool is_package(const struct chain *c, enum tld tld)
{
	return c->first < c->host.first && tld < TLD_BETTING && c->dot == DOT_PLAIN &&
	       glyph_spells(c->text, c->first, "com") &&
	       glyph_at(c->text, c->first + 3)->ch == '.' &&
	       !((c->host.flags | c->tld.flags) & (LABEL_DIGIT | LABEL_UPPER));
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

/* `Số 1.vip`, `chấm 10.vip`, `100.win`: a rank, or a mark out of ten or a hundred. */
static bool is_rank_or_score(const struct chain *c, enum label_look look, enum path path)
{
	size_t i = c->host.first;
	if (look == LABEL_NUMBER && c->host.flags & LABEL_HYPHEN)
		return true; /* 3-0.vip: a score */
	return look == LABEL_NUMBER && !path && c->host.count <= 3 &&
	       (c->host.count == 1 || glyph_spells(c->text, i, "10") == c->host.count ||
		glyph_spells(c->text, i, "100") == c->host.count);
}

/* `tám tám chấm com`: two digits written as words end a name. */
static bool is_number_said(const struct chain *c, enum tld tld)
{
	if (c->dot != DOT_SAID || tld < TLD_NATION || !is_digit_word(c->text, &c->host))
		return false;
	struct label before = label_before(c->text, c->floor, c->host.first - 1);
	return before.count && before.first + before.count + 1 == c->host.first &&
	       glyph_is_blank(glyph_at(c->text, c->host.first - 1)) &&
	       is_digit_word(c->text, &before);
}

static bool accepts(const struct chain *c)
{
	enum tld tld = c->look;
	if (tld == TLD_NONE || !label_is_host(&c->host) || is_foreign_stop(c))
		return false;
	enum path path = path_look(c->text, c->tld.first + c->tld.count);
	if (is_famous(c, path) || is_number_said(c, tld))
		return true;
	bool number = !(c->host.flags & LABEL_LETTER);
	bool sure = path == PATH_SURE || (path && number && tld >= TLD_FAMILIAR) ||
		    (path && tld >= TLD_BETTING) || (c->beside && c->dot == DOT_PLAIN);
	unsigned looks = accepted[sure][c->dot][tld];
	if (is_www(c) || is_alone(c, tld))
		looks = UINT_MAX;
	if (!looks)
		return false;
	enum label_look look = label_look(c->text, &c->host);
	if (!(looks & BIT(look)))
		return false;
	if (!has_capitals_of_site(c, look, tld) || is_idiom(c) || is_framework(c, look) ||
	    names_tld(c, &c->host, &c->tld) || is_bare_pair(c) ||
	    (tld == TLD_BETTING && is_rank_or_score(c, look, path)) ||
	    !tld_is_known(c->text, &c->tld, tld))
		return false;
	return c->dot != DOT_PLAIN || path == PATH_SURE ||
	       !(is_package(c, tld) || names_program(c->text, &c->host, &c->tld));
}

/* abc . com . vn: two known labels in a row are not the end of a sentence. The host begins before
 * them. */
static bool accepts_pair(struct chain *c)
{
	if (c->tld.count != 2 || !label_is_host(&c->before) || c->before.flags & LABEL_MARK ||
	    c->dot_before == DOT_AFTER || c->dot == DOT_AFTER ||
	    !tld_is_pair(c->text, &c->host, &c->tld) || names_tld(c, &c->before, &c->host))
		return false;
	if (c->before.first < c->first)
		c->first = c->before.first;
	return true;
}

/* Whether the name after text that is joined to it is a host: `vidu88.com` in `ởvidu88.com`. */
static bool accepts_name_after_text(struct chain *c, const struct label *label)
{
	size_t cut = 0, end = c->tld.first + c->tld.count;
	enum path path = path_look(c->text, end);
	for (bool longest = true; split_before_name(c->text, label, &cut, &c->host);
	     longest = false) {
		c->first = c->host.first;
		if (longest && !accepts(c))
			continue;
		if (is_famous(c, path) || (longest && label_look(c->text, &c->host) >= LABEL_BRAND))
			return true;
	}
	return false;
}

/* Whether the chain has a host with text joined before or after it. Sets `*end` to where the host
 * ends. */
static bool accepts_joined(struct chain *c, size_t *end)
{
	if (c->dot == DOT_AFTER)
		return false;
	struct chain part = *c;
	bool text_after =
		c->dot <= DOT_HIDDEN && split_after_tld(c->text, &c->tld, &part.tld, &part.look);
	bool found = text_after && (accepts_pair(&part) || accepts(&part));
	if (!found && c->host.flags & LABEL_MARK && c->first == c->host.first &&
	    part.look != TLD_NONE)
		found = accepts_name_after_text(&part, &c->host);
	if (!found)
		return false;
	c->first = part.first;
	*end = part.tld.first + part.tld.count;
	return !text_after || c->tld.flags & LABEL_MARK || part.look >= TLD_BETTING ||
	       label_look(c->text, &part.host) == LABEL_CODE;
}

/* Whether separated letters are a name: with a digit, or longer than any abbreviation. */
static bool is_name(const char *word)
{
	size_t len = strlen(word), digits = strcspn(word, "0123456789");
	return len >= 3 && strspn(word, "0123456789") < len && (digits < len || len > 5);
}

/*
 * v i d u 8 8 . com, vidu88.c.o.m: separated letters in the name, in the top-level domain, or in
 * both. If only the top-level domain is separated, the name must clearly be a name.
 */
static bool accepts_spelled(struct chain *c, size_t *end)
{
	char name[SPELLED_MAX + 1], tld[SPELLED_MAX + 1];
	if (c->host.count > 1 && c->tld.count > 2 && !(c->tld.flags & LABEL_HYPHEN))
		return false;
	if (c->spelled <= c->tld.first + SPELLED_TLD_MAX)
		c->spelled = spelled_end(c->text, c->tld.first);
	if (c->spelled > c->tld.first + SPELLED_TLD_MAX)
		return false;
	size_t spelled = spelled_read(c->text, c->tld.first, tld);
	size_t first = c->host.first;
	if (!spelled && (c->host.count > 1 || c->look < TLD_FAMILIAR))
		return false;
	if (c->host.count == 1)
		first = spelled_before(c->text, c->floor, first + 1, name);
	bool named = spelled && (c->dot == DOT_SAID || c->host.flags & LABEL_HYPHEN);
	enum label_look least = named ? LABEL_NAME : LABEL_CODE;
	if (c->host.count == 1 ? !is_name(name) : label_look(c->text, &c->host) < least)
		return false;
	c->first = first < c->first ? first : c->first;
	*end = spelled ? spelled : c->tld.first + c->tld.count;
	return true;
}

/* Whether the last dot ends a sentence, so that a host may only begin after it. */
static bool ends_sentence(const struct chain *c)
{
	return c->dot > DOT_HIDDEN || !label_is_host(&c->host) || c->host.flags & LABEL_MARK ||
	       is_foreign_stop(c);
}

/* Moves on to the next dot and label. Returns false at the end of the chain. */
static bool read_next(struct chain *c)
{
	size_t next;
	enum dot dot = dot_read(c->text, c->tld.first + c->tld.count, &next);
	if (dot == DOT_NONE ||
	    (dot > DOT_HIDDEN && c->tld.flags & LABEL_MARK && !is_digit_word(c->text, &c->tld)))
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

static uint16_t marks_of(const struct text *text, size_t i, size_t count)
{
	uint16_t marks = 0;
	for (size_t k = i; k < i + count; k++)
		marks |= glyph_at(text, k)->marks;
	return marks;
}

/* Top-level domains as they are pronounced: `chấm nét`, `chấm lai vờ`. Sets `c->tld` to all of the
 * words. */
static enum tld read_pronounced(struct chain *c)
{
	static const struct {
		const char *words;
		uint16_t marks; /* of all of them */
		enum tld look;	/* misspelt: also a word that follows the verb `chấm` */
	} pronounced[] = {
		{"net", MARK_ACUTE, TLD_FAMILIAR},
		{"com", MARK_HORN, TLD_MISSPELT},
		{"top", MARK_CIRCUMFLEX | MARK_ACUTE, TLD_MISSPELT},
		{"sop", MARK_CIRCUMFLEX | MARK_ACUTE, TLD_MISSPELT},
		{"vip", MARK_ACUTE, TLD_MISSPELT},
		{"bet", MARK_ACUTE, TLD_MISSPELT},
		{"lai vo", MARK_HORN | MARK_GRAVE, TLD_FAMILIAR},
		{"ve no", MARK_CIRCUMFLEX | MARK_HORN | MARK_GRAVE, TLD_FAMILIAR},
	};
	size_t i = c->tld.first;
	if ((c->host.flags | c->tld.flags) & LABEL_UPPER)
		return TLD_NONE;
	for (size_t k = 0; k < sizeof pronounced / sizeof *pronounced; k++) {
		size_t n = dot_words(c->text, i, pronounced[k].words);
		if (!n || glyph_is_word(glyph_at(c->text, i + n)) ||
		    marks_of(c->text, i, n) != pronounced[k].marks)
			continue;
		c->tld.count = n;
		return pronounced[k].look;
	}
	return TLD_NONE;
}

/* Whether some host ends with the last label, or in it, at `*end`. */
static bool accepts_any(struct chain *c, size_t *end)
{
	c->look = c->dot == DOT_SAID ? read_pronounced(c) : TLD_NONE;
	if (c->look == TLD_NONE && c->tld.count > 1)
		c->look = tld_look(c->text, &c->tld);
	*end = c->tld.first + c->tld.count;
	if (c->tld.count > 1 && (accepts_pair(c) || accepts(c) || accepts_joined(c, end)))
		return true;
	return accepts_spelled(c, end);
}

static bool read_chain(struct chain *c, struct host *host)
{
	bool found = false;
	size_t end;
	while (read_next(c)) {
		if (accepts_any(c, &end)) {
			host->first = c->first;
			host->end = end;
			found = true;
		} else if (found && (c->dot != DOT_PLAIN || c->tld.flags & LABEL_MARK)) {
			break;
		} else if (ends_sentence(c)) {
			c->first = c->tld.first;
		}
	}
	return found;
}

bool domain_read(const struct text *text, size_t floor, struct label label, bool beside,
		 struct host *host, size_t *seen)
{
	struct chain c = {
		.text = text, .floor = floor, .first = label.first, .tld = label, .beside = beside};

	*host = (struct host){.first = label.first, .known = true};
	host->ip = ip_read(text, label.first, &host->end);
	bool found = host->ip || read_chain(&c, host);
	*seen = host->ip ? host->end : c.tld.first + c.tld.count;
	return found;
}
