#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "text/link_tld.h"
#include "text/syllable.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* All tables in order, for bsearch(). */
static const char *const strong[] = {
	"biz", "com", "edu", "gov", "info", "io", "mil", "mobi", "net", "org", "xyz",
};

/* By use in Vietnam, and the generic ones that spam lives under. */
static const char *const familiar[] = {
	"app", "asia", "bet", "cc", "club", "cn", "co", "eu", "fr", "fun", "gg", "jp",
	"kr", "link", "live", "ltd", "me", "online", "page", "pro", "ru", "shop", "site", "store",
	"studio", "today", "tools", "top", "tv", "tw", "uk", "us", "vip", "wiki", "win", "work",
	"world", "ws",
};

/* Second levels that registries keep: com.vn, co.uk, ac.jp. */
static const char *const second[] = {
	"ac", "biz", "co", "com", "edu", "go", "gov", "health", "info", "int", "mil", "name",
	"ne", "net", "nom", "or", "org", "pro",
};

/* Hosts whose last label is a word, and which stand for links all the same. */
static const char *const famous[] = {
	"adf.ly", "amzn.to", "bit.do", "bit.ly", "bitly.com.vn", "bom.so", "cutt.ly", "discord.gg",
	"fb.gg", "fb.me", "fb.watch", "forms.gle", "goo.gl", "hoo.be", "is.gd", "j.mp",
	"lin.ee", "line.me", "linktr.ee", "lnkd.in", "m.me", "ouo.io", "ow.ly", "qr.ae",
	"rb.gy", "s.id", "shope.ee", "shorten.asia", "shorturl.at", "shp.ee", "t.co", "t.ly", "t.me",
	"telegra.ph", "telegram.me", "ti.ki", "tiny.cc", "tinyurl.com", "v.gd", "wa.me", "we.tl",
	"youtu.be", "zalo.me",
};

static int compare(const void *word, const void *entry)
{
	return strcmp(word, *(const char *const *)entry);
}

static bool is_in(const char *const *table, size_t count, const char *word)
{
	return bsearch(word, table, count, sizeof *table, compare);
}

enum tld tld_look(const struct text *text, const struct label *label)
{
	char word[LABEL_MAX + 1];

	if (label->count < 2 || !(label->flags & LABEL_LETTER) ||
	    label->flags & (LABEL_MARK | LABEL_SIGN))
		return TLD_NONE;
	if (!label_copy(text, label, word))
		return TLD_STRONG; /* .みんな .рф: nobody's word behind a full stop here */
	if (!strncmp(word, "xn--", 4))
		return TLD_STRONG;
	if (label->flags & (LABEL_DIGIT | LABEL_HYPHEN))
		return TLD_NONE;
	if (!strcmp(word, "vn"))
		return TLD_NATION;
	if (is_in(strong, COUNT(strong), word))
		return TLD_STRONG;
	if (is_in(familiar, COUNT(familiar), word))
		return TLD_FAMILIAR;
	if (label->count == 2 || label_is_common(word) ||
	    syllable_read(&text->glyph[label->first], label->count, NULL))
		return TLD_WORDLIKE;
	return TLD_FAMILIAR;
}

/* Appends the label in small letters as UTF-8; 0 when it does not fit. */
static size_t append(const struct text *text, const struct label *label, char *out, size_t len,
		     size_t size)
{
	for (size_t i = label->first; i < label->first + label->count; i++) {
		const struct glyph *g = &text->glyph[i];
		bool latin = g->letter && !(g->flags & GLYPH_FOREIGN);
		uint32_t ch = latin ? g->letter : (uint32_t)u_tolower((UChar32)g->ch);
		if (len + U8_MAX_LENGTH >= size)
			return 0;
		U8_APPEND_UNSAFE((uint8_t *)out, len, ch);
	}
	out[len] = '\0';
	return len;
}

static bool is_suffix(const char *suffix)
{
	return psl_is_public_suffix2(psl_builtin(), suffix,
				     PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool tld_is_known(const struct text *text, const struct label *label)
{
	char suffix[LABEL_MAX * 2];
	return append(text, label, suffix, 0, sizeof suffix) && is_suffix(suffix);
}

static bool join(const struct text *text, const struct label *a, const struct label *b,
		 char *out, size_t size)
{
	size_t len = append(text, a, out, 0, size);
	if (!len)
		return false;
	out[len++] = '.';
	return append(text, b, out, len, size);
}

bool tld_is_pair(const struct text *text, const struct label *before, const struct label *label)
{
	char suffix[32], word[LABEL_MAX + 1];
	return label->count == 2 && label_copy(text, before, word) &&
	       is_in(second, COUNT(second), word) && !(label->flags & LABEL_MARK) &&
	       join(text, before, label, suffix, sizeof suffix) && is_suffix(suffix);
}

bool tld_is_famous(const struct text *text, const struct label *host, const struct label *label)
{
	char name[32];
	return host->count <= 12 && label->count <= 5 &&
	       !((host->flags | label->flags) & (LABEL_MARK | LABEL_FOREIGN)) &&
	       join(text, host, label, name, sizeof name) && is_in(famous, COUNT(famous), name);
}
