/*
 * A label: what stands between two dots of a host name, and whether it reads as a name
 * that someone registered or as a word that ends a sentence. The last label of a host is its
 * top-level domain (tld).
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
	LABEL_FOREIGN = 1 << 4, /* a letter beyond ASCII, or one with a mark of another language */
	LABEL_UPPER = 1 << 5,	/* has a capital */
	LABEL_LOWER = 1 << 6,	/* has a small letter */
	LABEL_TITLE = 1 << 7,	/* begins with a capital and goes on in small letters */
	LABEL_SIGN = 1 << 8,	/* an emoji or another symbol */
};

struct label {
	size_t first, count; /* glyphs; none when it is no label */
	uint16_t flags;
};

/*
 * The label that begins at glyph `i`, hyphens at either end left out. Where a script
 * without spaces meets one with them it ends, unless it is to be read `whole`:
 * `example.comこれは`. `whole` also lets symbols be part of it.
 */
struct label label_read(const struct text *text, size_t i, bool whole);

/* The same for the label that ends just before `i`, not reaching back over `floor`. */
struct label label_before(const struct text *text, size_t floor, size_t i);

/* The label in [first, end), hyphens at either end left out. */
struct label label_part(const struct text *text, size_t first, size_t end);

/* Whether a host may have it: no symbol, not too long. */
bool label_is_host(const struct label *label);

/* How a label reads, from what no domain name looks like to what only one does. */
enum label_look {
	LABEL_ACCENTED,	  /* đẹp: bears marks */
	LABEL_SYLLABLE,	  /* hay, xong: a written Vietnamese syllable */
	LABEL_UNACCENTED, /* dep, nhac: such a syllable without the marks that it must have */
	LABEL_NUMBER,	  /* 2021 */
	LABEL_WORD,	  /* ok, kkk, 100k, size: what comments are full of */
	LABEL_BRAND,	  /* shopee, zalo: talked about, and sites as well */
	LABEL_NAME,	  /* garena, dan-tri */
	LABEL_CODE,	  /* fun88, nhacaiuytin: nothing but a name is written so */
};
enum label_look label_look(const struct text *text, const struct label *label);

/* Copies the label into `word` in ASCII small letters; false when it is not all ASCII. */
bool label_copy(const struct text *text, const struct label *label, char word[LABEL_MAX + 1]);

/*
 * The last label of a host: whether the root knows it (libpsl), and how far it is a word
 * that merely follows a full stop without its space.
 */

enum tld {
	TLD_NONE,     /* not a top-level domain */
	TLD_MISSPELT, /* c0m, còm, ċom: only who hides a link writes so */
	TLD_WORDLIKE, /* .ai .la .do .mn .vote: Vietnamese, teencode or a loanword to a reader */
	TLD_FAMILIAR, /* .shop .me .co: a word too, but domains are common under it */
	TLD_BETTING,  /* .bet .vip .club: the same, but a number alone is a name under them */
	TLD_NATION,   /* .vn: also the country, with which a sentence may begin */
	TLD_STRONG,   /* .com .net .org: no comment goes on so after a full stop */
};

/* What `label` looks like, before the root is asked: TLD_NONE only when it can't be one. */
enum tld tld_look(const struct text *text, const struct label *label);

/* Whether it is a public suffix of the ICANN section, alone or behind `before` (com.vn). */
bool tld_is_known(const struct text *text, const struct label *label, enum tld look);
bool tld_is_pair(const struct text *text, const struct label *before, const struct label *label);

/* Whether `host` and `label` are a well-known chat host or shortener: t.me, bit.ly. */
bool tld_is_famous(const struct text *text, const struct label *host, const struct label *label);

#endif
