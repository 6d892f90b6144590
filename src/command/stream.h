/* A Redis stream in the place of a file: a thread writes its entries into a pipe. */
#ifndef DUYETD_COMMAND_STREAM_H
#define DUYETD_COMMAND_STREAM_H

#include <stdbool.h>
#include "redis/export.h"

struct stream;

/* Begins to read. NULL, with a line on stderr, where that cannot be. */
struct stream *stream_open(const char *command, const struct export_source *source);

/* The name of the pipe's end, to be opened like a file's. */
char *stream_name(struct stream *stream);

/* Ends it, read or not. False, with a line on stderr, where not all could be read. */
bool stream_close(struct stream *stream);

#endif
