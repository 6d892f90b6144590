/*
 * SHA-256 over parts, each framed by its length, so that no two lists of parts that
 * differ hash alike. By libmd: its libmd0 is on every Debian, since dpkg itself needs it,
 * and it does nothing but digests.
 */
#ifndef DUYETD_RULES_DIGEST_H
#define DUYETD_RULES_DIGEST_H

#include <stddef.h>
#include <sys/types.h>
#include <sha2.h>

enum { DIGEST_HEX = 12 }; /* digits shown: 48 bits tell a site's rule sets apart */

struct digest {
	SHA2_CTX context;
};

void digest_start(struct digest *digest);
void digest_part(struct digest *digest, const void *bytes, size_t len);

/* The first DIGEST_HEX hex digits, and a NUL. */
void digest_finish(struct digest *digest, char hex[DIGEST_HEX + 1]);

#endif
