/*
 * Host names that stand free in a sentence: a chain of labels and dots, each of which may
 * as well be the dot that ends the sentence.
 */
#ifndef DUYETD_LINK_DOMAIN_H
#define DUYETD_LINK_DOMAIN_H

#include "link/label.h"

struct host {
	size_t first, end; /* glyphs */
	bool ip;
	bool known; /* an IP address, or under a public suffix */
};

/*
 * Reads the chain that begins with `label`, behind the link that ends at `floor`; `beside` another
 * link a host is likelier. True when some of it is a host.
 * `*seen` is where the chain ends: nothing before it needs to be looked at again.
 */
bool domain_read(const struct text *text, size_t floor, struct label label, bool beside,
		 struct host *host, size_t *seen);

#endif
