#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *read_all(int file, size_t most, struct buf *buf)
{
	size_t start = buf->len;

	for (;;) {
		ssize_t got;

		if (!buf_reserve(buf, 64 * 1024))
			return "out of memory";
		got = read(file, buf->data + buf->len, buf->size - buf->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return strerror(errno);
		buf->len += (size_t)got;
		buf->data[buf->len] = '\0';
		if (buf->len - start > most)
			return "the file is too long";
		if (!got)
			return NULL;
	}
}

const char *read_file(int directory, const char *path, size_t most, struct buf *buf)
{
	/* Without O_NONBLOCK, opening a FIFO would block until somebody writes to it. */
	int file = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why = NULL;
	struct stat about;

	if (file < 0)
		return strerror(errno);
	if (fstat(file, &about))
		why = strerror(errno);
	else if (!S_ISREG(about.st_mode))
		why = S_ISDIR(about.st_mode) ? "it is a directory" : "it is not a regular file";
	if (!why)
		why = read_all(file, most, buf);
	close(file);
	return why;
}
