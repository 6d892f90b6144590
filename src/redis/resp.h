/*
 * Builds a Redis command in the wire protocol, argument by argument; binary safe. A finished
 * command can be sent again as it is.
 *
 * The functions that add report no error. Out of memory is remembered, and resp_finish() returns
 * false.
 */
#ifndef DUYETD_REDIS_RESP_H
#define DUYETD_REDIS_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

struct resp {
	struct buf buf;
	size_t count; /* arguments so far */
};

/* Begins a command, and forgets the one before. The struct must be zeroed before the first. */
void resp_begin(struct resp *resp);
void resp_free(struct resp *resp);

void resp_add(struct resp *resp, const void *bytes, size_t len);
void resp_string(struct resp *resp, const char *string);
void resp_number(struct resp *resp, int64_t number);
void resp_buf(struct resp *resp, const struct buf *buf); /* if it failed, resp_finish() does too */

/* Adds each word of `words`, which are separated by single spaces. */
void resp_words(struct resp *resp, const char *words);

/* Adds the arguments of `other`, which was begun by resp_begin() too. */
void resp_join(struct resp *resp, const struct resp *other);

/* The whole command, valid until it is changed. Returns false when out of memory at any point since
 * resp_begin(). */
bool resp_finish(struct resp *resp, const char **bytes, size_t *len);

#endif
