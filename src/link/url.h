/* What stands before a host: a scheme, in any disguise. */
#ifndef DUYETD_LINK_URL_H
#define DUYETD_LINK_URL_H

#include "link/domain.h"
#include "text/text.h"

struct scheme {
	size_t first, end; /* glyphs, the slashes behind it included */
	bool sure;	   /* one that we know, written as it should be: any host will do */
	bool mail;	   /* mailto: */
};

/* Reads the scheme around the colon at glyph `i`, not reaching back over `floor`. */
bool scheme_read(const struct text *text, size_t floor, size_t i, struct scheme *scheme);

/* Host names behind a scheme, where there is no doubt that one is meant. */

/*
 * Reads the host behind `//` at glyph `i`, past any user:password@. Disguised dots count
 * as long as the host is not complete; a single label must be plain ASCII.
 */
bool authority_read(const struct text *text, size_t i, struct host *host);

#endif
