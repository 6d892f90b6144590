/* A password, from its file to Redis and nowhere else: not in argv, not in a log. */
#ifndef DUYETD_REDIS_PASSWORD_H
#define DUYETD_REDIS_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
	char bytes[512]; /* as long as a password may be */
	size_t len;
};

/* The file's bytes without a line end at their end; none at all means no password. False:
 * unreadable or too long. */
bool secret_read(struct secret *secret, const char *path);
void secret_wipe(struct secret *secret);

#endif
