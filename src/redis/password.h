/* A password, read from its file and sent to Redis: never in argv or in a log. */
#ifndef DUYETD_REDIS_PASSWORD_H
#define DUYETD_REDIS_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

struct password {
	char bytes[512]; /* a password is shorter */
	size_t len;
};

/* Printed with the user of a URL when there is no password: Redis would let the connection in as
 * the user `default`, with other rights. */
#define PASSWORD_MISSING                                                                           \
	"no password for the user %s: give --redis-password-file FILE with "                       \
	"a password, or remove the user from the URL"

/* Reads the file's bytes without a byte order mark at their beginning and without line ends at
 * their end. Length 0: there is no password.
 * Returns false when the file is unreadable or too long. */
bool password_read(struct password *password, const char *path);
void password_wipe(struct password *password);

#endif
