/*
 * The last label of a host: whether the root knows it (libpsl), and how far it is a word
 * that merely follows a full stop without its space.
 */
#ifndef DUYETD_LINK_TLD_H
#define DUYETD_LINK_TLD_H

#include "link/label.h"

enum tld {
	TLD_NONE,     /* not a top-level domain */
	TLD_WORDLIKE, /* .ai .la .do .mn .vote: Vietnamese, teencode or a loanword to a reader */
	TLD_FAMILIAR, /* .shop .club .co: a word too, but domains are common under it */
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
