/* URLs: the scheme in any disguise, and the host behind it. */
#ifndef DUYETD_LINK_URL_H
#define DUYETD_LINK_URL_H

#include "link/domain.h"
#include "text/text.h"

struct scheme {
	size_t first, end; /* glyphs, the slashes behind it included */
	bool sure;	   /* one that we know, written as it should be: any host will do */
	bool mail;	   /* mailto: */
};

/* Reads the scheme around the colon at glyph `i`, or before the slashes there where it is left out,
 * not reaching back over `floor`. */
bool scheme_read(const struct text *text, size_t floor, size_t i, struct scheme *scheme);

/*
 * Reads the host behind `//` at glyph `i`, past any user:password@. Disguised dots count
 * as long as the host is not complete; a single label must be plain ASCII.
 */
bool authority_read(const struct text *text, size_t i, struct host *host);

/* The same without a user before the host: takes time by the length of the host only. */
bool host_read(const struct text *text, size_t i, struct host *host);

#endif
