/*
 * Host names: a chain of labels and dots that stands free in a sentence, where each dot
 * may as well end it, or the authority behind a scheme, where there is no doubt.
 */
#ifndef DUYETD_TEXT_LINK_DOMAIN_H
#define DUYETD_TEXT_LINK_DOMAIN_H

#include "text/link_label.h"

struct host {
	size_t first, end; /* glyphs */
	bool ip;
	bool known; /* an IP address, or under a public suffix */
};

/*
 * Reads the chain that begins with `label`. True when some of it is a host.
 * `*seen` is where the chain ends: nothing before it needs to be looked at again.
 */
bool domain_read(const struct text *text, struct label label, struct host *host, size_t *seen);

/* Reads the host behind `//`, past any user:password@. */
bool authority_read(const struct text *text, size_t i, struct host *host);

#endif
