/*
 * A Redis stream that is read like a file of JSON Lines: a thread writes its entries to a pipe. The
 * thread blocks while it waits for Redis. Invalid UTF-8 becomes U+FFFD.
 */
#ifndef DUYETD_COMMAND_STREAM_H
#define DUYETD_COMMAND_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include "redis/endpoint.h"

struct stream;

struct stream_source {
	const struct endpoint *endpoint;
	const char *password_file; /* NULL for none */
	const char *stream;	   /* its key, with the prefix */
	const char *expected;	   /* for the error when it is empty; NULL: it may be empty */
	int64_t since;		   /* ms since 1970: only entries from then on; 0: all */
	bool decisions;		   /* with people's last decisions, and each comment once */
};

/* Begins to read. Returns NULL, after an error message, when out of memory, files or threads. */
struct stream *stream_open(const char *command, const struct stream_source *source);

/* The file name of the pipe, to be opened once. */
char *stream_name(struct stream *stream);

/* Ends the thread and frees the stream. Returns false, after an error message, when not all of the
 * stream could be read, or when it is empty and must not be. */
bool stream_close(struct stream *stream);

#endif
