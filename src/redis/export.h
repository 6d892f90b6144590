/*
 * Writes the entries of a stream as JSON Lines, for replay. Blocks while it waits for Redis.
 * Invalid UTF-8 in values is left out.
 */
#ifndef DUYETD_REDIS_EXPORT_H
#define DUYETD_REDIS_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "redis/endpoint.h"

struct export_source {
	const struct endpoint *endpoint;
	const char *password_file; /* NULL for none */
	const char *stream;	   /* its key, with the prefix */
	int64_t since;		   /* ms since 1970: only entries from then on; 0: all */
};

/* Writes one object a line to `file`: the fields of an entry. Returns false on an error, and `why`
 * is then the reason. */
bool export_stream(const struct export_source *source, int file, char *why, size_t size);

#endif
