/* Host names behind a scheme, where there is no doubt that one is meant. */
#ifndef DUYETD_LINK_AUTHORITY_H
#define DUYETD_LINK_AUTHORITY_H

#include "link/domain.h"

/*
 * Reads the host behind `//` at glyph `i`, past any user:password@. Disguised dots count
 * as long as the host is not complete; a single label must be plain ASCII.
 */
bool authority_read(const struct text *text, size_t i, struct host *host);

#endif
