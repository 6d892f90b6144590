/*
 * Finds the links in a text: what a browser opens and what a reader can retype, but not a sentence
 * break without its space.
 *
 * This folder knows the glyphs of a text, host names and the public suffix list. It knows no words
 * of a text (text/word.h), no rules and no network.
 */
#ifndef DUYETD_LINK_LINK_H
#define DUYETD_LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum link_kind {
	LINK_URL,    /* scheme://..., www. ... */
	LINK_DOMAIN, /* abc.com, abc.com/x, abc chấm com, t.me/x, xn--... */
	LINK_IP,     /* 1.2.3.4/x, [::1] in a URL */
	LINK_EMAIL,  /* never counted as a link unless asked */
};

struct link {
	uint32_t first, count;		 /* glyphs of the whole link */
	uint32_t host_first, host_count; /* glyphs of its host, with its disguise */
	uint8_t kind;			 /* enum link_kind */
};

/*
 * Finds the links in text->glyph[0..glyphs) and fills text->link; called by text_read()
 * before words are split, since a link is not a word. Linear in the number of glyphs.
 * Returns false when out of memory.
 */
bool link_find(struct text *text);

/*
 * The link's host as a browser would look it up, in ASCII lower case with plain dots and
 * IDN labels in UTF-8: `VNEXPRESS [.] net` is `vnexpress.net`. Writes at most `size` bytes
 * with the terminating NUL and returns the length, or 0 when it does not fit.
 */
size_t link_host(const struct text *text, const struct link *link, char *host, size_t size);

#endif
