/* Word lists for weighing links, in ASCII small letters, and the signs that may be dots. */
#ifndef DUYETD_LINK_WORDS_H
#define DUYETD_LINK_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum words {
	WORDS_COMMON,	  /* size, order, zip: end or begin sentences in comments */
	WORDS_BRANDS,	  /* shopee, zalo */
	WORDS_STRONG,	  /* top-level domains: com, net */
	WORDS_FAMILIAR,	  /* top-level domains: shop, me, co */
	WORDS_BETTING,	  /* top-level domains: bet, vip */
	WORDS_SECOND,	  /* levels below a country: com, co, ac */
	WORDS_FAMOUS,	  /* hosts: t.me, bit.ly */
	WORDS_SCHEMES,	  /* https, hxxp, zalo */
	WORDS_UNITS,	  /* units of numbers: k, kg, h */
	WORDS_TECHNOLOGY, /* asp.net, socket.io */
	WORDS_STEMS,	  /* source files: main, util */
	WORDS_ENDINGS,	  /* of source files: rs, cc */
	WORDS_CAMPAIGN,	  /* parameters of a query: ref, source */
	WORDS_COMMON_TLD, /* top-level domains before which a comma is a dot: com */
};

bool words_have(enum words words, const char *word);

/* The last of the signs below but the discs: most emoji are beyond it. */
enum { WORDS_LAST_SIGN = 0x1F535 };

/* Round signs that people read as a dot and browsers do not. */
bool words_is_point(uint32_t ch);

/* Others that also begin list items, or follow a number. */
bool words_is_ball(uint32_t ch);

/* The balls beyond WORDS_LAST_SIGN: 🟠 🟡 🟢 🟣 🟤 */
static inline bool words_is_disc(uint32_t ch)
{
	return ch >= 0x1F7E0 && ch <= 0x1F7E4;
}

/* Letters in Unicode that look like a dot, ꓸ ᐧ, or mean one, 點. */
bool words_is_letter_point(uint32_t ch);

#endif
