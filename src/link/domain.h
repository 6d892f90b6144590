/*
 * Host names in a sentence, without a scheme: a chain of labels and dots, in which each dot may
 * also be the end of the sentence.
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
 * Reads the chain that begins with `label`, after the link that ends at `floor`. `beside`: it
 * begins directly after that link, where a host is more likely. Returns true if part of it is a
 * host. `*seen` is the end of the chain: nothing before it needs to be read again.
 */
bool domain_read(const struct text *text, size_t floor, struct label label, bool beside,
		 struct host *host, size_t *seen);

#endif
