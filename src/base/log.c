#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/escape.h"

/* How a line is written without waiting for a reader. */
enum output {
	OUTPUT_FILE,	    /* write(): a regular file never waits for a reader */
	OUTPUT_NONBLOCKING, /* write(): a pipe or terminal, opened again with O_NONBLOCK */
	OUTPUT_POLLED,	    /* write() when poll() reports room: it could not be opened again */
	OUTPUT_SOCKET,	    /* send() with MSG_DONTWAIT */
};

/* Set once by log_open(), read by all threads. */
static enum log_level most = LOG_INFO;
static bool journal;
static enum output output = OUTPUT_FILE;
static int output_fd = STDERR_FILENO;

static atomic_ullong lost;	 /* lines lost and not yet reported */
static atomic_ullong lost_total; /* lines lost since the start */

/* systemd names the device and inode of the stream that it reads: is stderr that one? */
static bool stderr_is_journal(void)
{
	const char *named = getenv("JOURNAL_STREAM");
	char stream[64];
	struct stat file;

	if (!named || fstat(STDERR_FILENO, &file))
		return false;
	snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)file.st_dev, (uintmax_t)file.st_ino);
	return !strcmp(named, stream);
}

/*
 * Pipes and terminals are opened again, since O_NONBLOCK on stderr itself would also change
 * the descriptors of other processes that share it.
 */
static void choose_output(void)
{
	struct stat file;
	int fd;

	if (fstat(STDERR_FILENO, &file))
		return;
	if (S_ISSOCK(file.st_mode)) {
		output = OUTPUT_SOCKET;
	} else if (S_ISFIFO(file.st_mode) || S_ISCHR(file.st_mode)) {
		fd = open("/proc/self/fd/2",
			  O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		output = fd < 0 ? OUTPUT_POLLED : OUTPUT_NONBLOCKING;
		output_fd = fd < 0 ? STDERR_FILENO : fd;
	}
}

void log_open(enum log_level level)
{
	most = level;
	journal = stderr_is_journal();
	choose_output();
}

unsigned long long log_lost(void)
{
	return atomic_load(&lost_total);
}

/* Writes a line at once or not at all. A line is shorter than PIPE_BUF, so a pipe takes all
 * of it in one write, and lines of several threads do not mix. */
static bool write_line(const char *line, size_t len)
{
	struct pollfd room = {.fd = output_fd, .events = POLLOUT};
	ssize_t written;

	if (output == OUTPUT_POLLED && poll(&room, 1, 0) != 1)
		return false;
	if (output == OUTPUT_SOCKET)
		written = send(output_fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		written = write(output_fd, line, len);
	return written == (ssize_t)len;
}

static void lose(unsigned long long lines)
{
	atomic_fetch_add(&lost, lines);
}

/* Reports the lines lost before this one, if any. */
static void report_lost(void)
{
	unsigned long long lines = atomic_exchange(&lost, 0);
	char line[80];

	if (!lines)
		return;
	int len = snprintf(line, sizeof line, "%slog: lost lines=%llu%s\n", journal ? "<4>" : "",
			   lines, journal ? "" : " level=warning");
	if (!write_line(line, (size_t)len))
		lose(lines);
}

/* Appends the next character of `bytes`, escaped if necessary, unless `out` is full. Returns how
 * many bytes it read. */
static size_t append(char *out, size_t size, size_t *len, const char *bytes, size_t left,
		     const char *special)
{
	char escaped[ESCAPE_SIZE];
	size_t count = escape_next(escaped, bytes, left, special);

	if (*len + strlen(escaped) < size)
		*len += (size_t)snprintf(out + *len, size - *len, "%s", escaped);
	return count;
}

const char *log_quote(char out[LOG_QUOTED], const char *bytes, size_t len)
{
	size_t at = 0, written = 0;

	out[written++] = '"';
	while (at < len && written < LOG_QUOTED - ESCAPE_SIZE - 5)
		at += append(out, LOG_QUOTED, &written, bytes + at, len - at, "\"\\");
	if (at < len)
		written += (size_t)snprintf(out + written, 4, "…");
	out[written++] = '"';
	out[written] = '\0';
	return out;
}

void log_event(enum log_level level, const char *about, const char *format, ...)
{
	static const char *const prefix[] = {"<3>", "<4>", "<6>", "<7>"};
	static const char *const suffix[] = {" level=error", " level=warning", "", " level=debug"};
	char message[LOG_LINE], line[LOG_LINE + 32];
	va_list arguments;
	size_t len = 0, at = 0, count;
	int start, wanted;

	if (level > most)
		return;
	start = snprintf(message, sizeof message, "%s: ", about);
	if (start < 0 || (size_t)start >= sizeof message)
		start = 0;
	va_start(arguments, format);
	wanted = vsnprintf(message + start, sizeof message - (size_t)start, format, arguments);
	va_end(arguments);
	if (wanted < 0)
		return;
	count = strlen(message);
	len = (size_t)snprintf(line, sizeof line, "%s", journal ? prefix[level] : "");
	while (at < count)
		at += append(line, LOG_LINE, &len, message + at, count - at, "");
	len += (size_t)snprintf(line + len, sizeof line - len, "%s\n",
				journal ? "" : suffix[level]);
	report_lost();
	if (!write_line(line, len)) {
		lose(1);
		atomic_fetch_add(&lost_total, 1);
	}
}
