/*
 * How hiredis reads and writes on a loop of libevent. hiredis's own adapter changes epoll's set
 * four times a command. Here it does not change: the socket is always watched for reading, and a
 * command is written when the loop turns. Bytes for which the socket has no room are written when
 * it is writable again.
 */
#ifndef DUYETD_REDIS_LOOP_IO_H
#define DUYETD_REDIS_LOOP_IO_H

#include <stdbool.h>

struct event_base;
struct redisAsyncContext;

/* Called once for each context, before its callbacks are set. Returns false when out of memory.
 * What it made is freed with the context, in either case. */
bool loop_io_attach(struct redisAsyncContext *context, struct event_base *base);

#endif
