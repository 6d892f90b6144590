/* A Redis stream that is read like a file: a thread writes its entries to a pipe. */
#ifndef DUYETD_COMMAND_STREAM_H
#define DUYETD_COMMAND_STREAM_H

#include <stdbool.h>
#include "redis/export.h"

struct stream;

/* Begins to read. Returns NULL, after an error message, when out of memory, files or threads. */
struct stream *stream_open(const char *command, const struct export_source *source);

/* The file name of the pipe, to be opened once. */
char *stream_name(struct stream *stream);

/* Ends it. Returns false, after an error message, when not all of the stream could be read. */
bool stream_close(struct stream *stream);

#endif
