#include "queue/consumer_name.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/hash.h"

enum { MOST_INSTANCES = 1000 };

/* The NUL is included, so that "ab" "c" differs from "a" "bc". */
static uint64_t hash(uint64_t sum, const char *string)
{
	do
		sum = hash_add(sum, (unsigned char)*string);
	while (*string++);
	return sum;
}

/* The socket stays open: it is the lock. */
static bool lock(const char *name, const char *const scope[3])
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	uint64_t sum = HASH_START;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), len;

	for (int i = 0; i < 3; i++)
		sum = hash(sum, scope[i]);
	sum = hash(sum, name);
	len = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "duyetd-%016" PRIx64,
		       sum);
	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) == 0)
		return true;
	close(fd);
	return false;
}

bool consumer_name_lock(char name[CONSUMER_NAME_SIZE], const char *wanted,
			const char *const scope[3])
{
	char host[HOST_NAME_MAX + 1] = "";

	if (wanted) {
		snprintf(name, CONSUMER_NAME_SIZE, "%s", wanted);
		return lock(name, scope);
	}
	if (gethostname(host, sizeof host - 1) || !*host)
		snprintf(host, sizeof host, "duyetd");
	for (int i = 1; i <= MOST_INSTANCES; i++) {
		snprintf(name, CONSUMER_NAME_SIZE, "%s-%d", host, i);
		if (lock(name, scope))
			return true;
	}
	return false;
}
