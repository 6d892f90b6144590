#include "redis/password.h"

#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool secret_read(struct secret *secret, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? -1 : read(file, secret->bytes, sizeof secret->bytes);

	if (file >= 0)
		close(file);
	if (len < 0 || (size_t)len == sizeof secret->bytes)
		return false;
	while (len > 0 && (secret->bytes[len - 1] == '\n' || secret->bytes[len - 1] == '\r'))
		len--;
	secret->len = (size_t)len;
	return true;
}

void secret_wipe(struct secret *secret)
{
	explicit_bzero(secret, sizeof *secret);
}
