#include "redis/password.h"

#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool password_read(struct password *password, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? -1 : read(file, password->bytes, sizeof password->bytes);

	if (file >= 0)
		close(file);
	if (len < 0 || (size_t)len == sizeof password->bytes)
		return false;
	while (len > 0 && (password->bytes[len - 1] == '\n' || password->bytes[len - 1] == '\r'))
		len--;
	if (len >= 3 && !memcmp(password->bytes, "\xEF\xBB\xBF", 3))
		memmove(password->bytes, password->bytes + 3, (size_t)(len -= 3));
	password->len = (size_t)len;
	return true;
}

void password_wipe(struct password *password)
{
	explicit_bzero(password, sizeof *password);
}
