#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/escape.h"

/* Set once by log_open(), read by all threads. */
static enum log_level most = LOG_INFO;
static bool journal;

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

void log_open(enum log_level level)
{
	most = level;
	journal = stderr_is_journal();
}

/* Appends the next character of `bytes`, escaped if need be; how many bytes it took. */
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
	/* One write, so that lines of several threads do not mix. A log that cannot be
	 * written must not stop the work. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}
