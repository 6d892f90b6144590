/*
 * A stream from its first entry to its last, written out as JSON Lines: what replay reads.
 *
 * The one place that waits for Redis instead of turning a loop, since whoever asks has
 * nothing else to do. Values that are not UTF-8 lose what is not.
 */
#ifndef DUYETD_REDIS_EXPORT_H
#define DUYETD_REDIS_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "redis/endpoint.h"

struct export_source {
	const struct endpoint *endpoint;
	const char *password_file; /* NULL for none */
	const char *stream;	   /* its key, whole */
};

/* Writes an object a line to `file`: `id` and what else the entry's fields are. False where
 * it cannot go on, and `why` says why. */
bool export_stream(const struct export_source *source, int file, char *why, size_t size);

#endif
