/*
 * A Redis command being built, in the protocol's own form, argument by argument; binary
 * safe. Built once, it can be sent again as it is.
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

/* Starts over, keeping the memory. A zeroed struct is one to start with. */
void resp_begin(struct resp *resp);
void resp_free(struct resp *resp);

void resp_add(struct resp *resp, const void *bytes, size_t len);
void resp_string(struct resp *resp, const char *string);
void resp_number(struct resp *resp, int64_t number);

/* The words of a plain command: `XGROUP CREATE`, split at spaces. */
void resp_words(struct resp *resp, const char *words);

/* The arguments of `other`, which was begun like a command. */
void resp_join(struct resp *resp, const struct resp *other);

/* The whole command, valid until it is changed. False when memory was out on the way. */
bool resp_finish(struct resp *resp, const char **bytes, size_t *len);

#endif
