/*
 * A label is the part between two dots of a host name. This module decides whether it reads as a
 * registered name or as a word that ends a sentence. The last label of a host is its top-level
 * domain (tld).
 */
#ifndef DUYETD_LINK_LABEL_H
#define DUYETD_LINK_LABEL_H

#include "text/text.h"

enum { LABEL_MAX = 63 }; /* octets, RFC 1035 section 2.3.4 */

enum label_flag {
	LABEL_LETTER = 1 << 0,
	LABEL_DIGIT = 1 << 1,
	LABEL_HYPHEN = 1 << 2,
	LABEL_MARK = 1 << 3,	/* a Vietnamese mark */
	LABEL_FOREIGN = 1 << 4, /* a letter that is not Latin, or has a mark of another language */
	LABEL_UPPER = 1 << 5,	/* has a capital */
	LABEL_LOWER = 1 << 6,	/* has a small letter */
	LABEL_TITLE = 1 << 7,	/* a capital followed by small letters */
	LABEL_SIGN = 1 << 8,	/* an emoji or another symbol */
};

struct label {
	size_t first, count; /* glyphs; empty when there is no label */
	uint16_t flags;
};

/*
 * Reads the label that begins at glyph `i`, without hyphens at its ends. It ends where a script
 * without spaces meets one with spaces (`example.comこれは`), unless `whole`. `whole` also allows
 * symbols in it.
 */
struct label label_read(const struct text *text, size_t i, bool whole);

/* The same for the label that ends before `i` and begins at `floor` or later. */
struct label label_before(const struct text *text, size_t floor, size_t i);

/* The label in [first, end), hyphens at either end left out. */
struct label label_part(const struct text *text, size_t first, size_t end);

/* Whether it may be part of a host: no symbol, not too long. */
bool label_is_host(const struct label *label);

/* How a label reads, from certainly not a domain name to certainly one. */
enum label_look {
	LABEL_ACCENTED,	  /* đẹp: has marks */
	LABEL_SYLLABLE,	  /* hay, xong: a written Vietnamese syllable */
	LABEL_UNACCENTED, /* dep, nhac: a syllable that lacks its marks */
	LABEL_NUMBER,	  /* 2021 */
	LABEL_WORD,	  /* ok, kkk, 100k, size: frequent in comments */
	LABEL_BRAND,	  /* shopee, zalo: brands that are also sites */
	LABEL_NAME,	  /* garena, dan-tri */
	LABEL_CODE,	  /* fun88, nhacaiuytin: only names are written so */
};
enum label_look label_look(const struct text *text, const struct label *label);

/* Copies the label into `word` in ASCII small letters; false when it is not all ASCII. */
bool label_copy(const struct text *text, const struct label *label, char word[LABEL_MAX + 1]);

/*
 * The last label of a host: whether it is a top-level domain (libpsl), and how likely it is only a
 * word after a full stop without a space.
 */

enum tld {
	TLD_NONE,     /* not a top-level domain */
	TLD_MISSPELT, /* c0m, còm, ċom: written only to hide a link */
	TLD_WORDLIKE, /* any other: .ai .la .do .mn .vote are also words, teencode or loanwords */
	TLD_FAMILIAR, /* .shop .me .co: words too, but with many domains */
	TLD_BETTING,  /* .bet .vip .club: the same; here a number alone is a name */
	TLD_NATION,   /* .vn: also the country; a sentence may begin with it */
	TLD_STRONG,   /* .com .net .org: no sentence begins so */
};

/* What `label` looks like, before libpsl is asked: TLD_NONE only when it cannot be one. */
enum tld tld_look(const struct text *text, const struct label *label);

/* Whether a label that looks like `look` is a top-level domain: it is misspelt, in a list of
 * words.c (libpsl is then not asked), or a public suffix of the ICANN section. */
bool tld_is_known(const struct text *text, const struct label *label, enum tld look);

/* Whether the two labels together are such a public suffix: com.vn. */
bool tld_is_pair(const struct text *text, const struct label *before, const struct label *label);

/* Whether `host` and `label` are a well-known chat host or shortener: t.me, bit.ly. */
bool tld_is_famous(const struct text *text, const struct label *host, const struct label *label);

#endif
