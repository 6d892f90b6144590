/*
 * SHA-256 over a list of parts. Each part is preceded by its length, so that different lists have
 * different digests. Uses libmd, which is small and on every Debian, since dpkg needs it.
 */
#ifndef DUYETD_RULES_DIGEST_H
#define DUYETD_RULES_DIGEST_H

#include <stddef.h>
#include <sys/types.h>
#include <sha2.h>

enum { DIGEST_HEX = 12 }; /* digits shown: 48 bits are enough for the rule sets of one site */

struct digest {
	SHA2_CTX context;
};

void digest_start(struct digest *digest);
void digest_part(struct digest *digest, const void *bytes, size_t len);

/* The first DIGEST_HEX hex digits, and a NUL. */
void digest_finish(struct digest *digest, char hex[DIGEST_HEX + 1]);

#endif
