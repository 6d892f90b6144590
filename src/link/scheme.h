/* What stands before a host: a scheme, in any disguise. */
#ifndef DUYETD_LINK_SCHEME_H
#define DUYETD_LINK_SCHEME_H

#include "text/text.h"

struct scheme {
	size_t first, end; /* glyphs, the slashes behind it included */
	bool sure;	   /* one that we know, written as it should be: any host will do */
	bool mail;	   /* mailto: */
};

/* Reads the scheme around the colon at glyph `i`, not reaching back over `floor`. */
bool scheme_read(const struct text *text, size_t floor, size_t i, struct scheme *scheme);

#endif
