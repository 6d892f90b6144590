/* The words by which links are weighed, in ASCII small letters. */
#ifndef DUYETD_LINK_WORDS_H
#define DUYETD_LINK_WORDS_H

#include <stdbool.h>

enum words {
	WORDS_COMMON,	  /* size, order, zip: end or begin sentences in comments */
	WORDS_BRANDS,	  /* shopee, zalo */
	WORDS_STRONG,	  /* top-level domains: com, net */
	WORDS_FAMILIAR,	  /* top-level domains: shop, me, co */
	WORDS_BETTING,	  /* top-level domains: bet, vip */
	WORDS_SECOND,	  /* levels below a country: com, co, ac */
	WORDS_FAMOUS,	  /* hosts: t.me, bit.ly */
	WORDS_SCHEMES,	  /* https, hxxp, zalo */
	WORDS_UNITS,	  /* what a number may be of: k, kg, h */
	WORDS_TECHNOLOGY, /* asp.net, socket.io */
	WORDS_STEMS,	  /* source files: main, util */
	WORDS_ENDINGS,	  /* of source files: rs, cc */
	WORDS_CAMPAIGN,	  /* parameters of a query: ref, source */
	WORDS_COMMA,	  /* top-level domains before which a comma is a dot: com */
};

bool words_have(enum words words, const char *word);

#endif
