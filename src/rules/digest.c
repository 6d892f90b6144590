#include "rules/digest.h"

#include <stdint.h>
#include <stdio.h>

void digest_start(struct digest *digest)
{
	SHA256Init(&digest->context);
}

void digest_part(struct digest *digest, const void *bytes, size_t len)
{
	uint8_t frame[8];

	for (size_t i = 0; i < sizeof frame; i++)
		frame[i] = (uint8_t)((uint64_t)len >> (8 * i));
	SHA256Update(&digest->context, frame, sizeof frame);
	if (len)
		SHA256Update(&digest->context, bytes, len);
}

void digest_finish(struct digest *digest, char hex[DIGEST_HEX + 1])
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	SHA256Final(hash, &digest->context);
	for (size_t i = 0; i < DIGEST_HEX / 2; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}
