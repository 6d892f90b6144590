/* IP addresses as hosts of links. */
#ifndef DUYETD_LINK_IP_H
#define DUYETD_LINK_IP_H

#include "text/text.h"

/*
 * Reads 93.184.216.34 or [2001:db8::1] at glyph `i` and sets `*end` after it. Four valid octets and
 * no fifth, no leading zeros, dots plain or disguised. A word with Vietnamese marks may follow
 * directly or after a hyphen.
 */
bool ip_read(const struct text *text, size_t i, size_t *end);

/* Whether an IPv6 address in brackets begins at glyph `i`, with a gap (::) or all of its groups: no
 * scheme is needed. Sets `*end` after it. */
bool ip_is_v6(const struct text *text, size_t i, size_t *end);

/* Whether the address at [first, end), with no path after it, is probably one of a site: not a
 * version, a score, an amount of money or a local address. */
bool ip_is_public(const struct text *text, size_t first, size_t end);

#endif
