#include "redis/loop_io.h"

#include <event2/event.h>
#include <hiredis/async.h>
#include <stdlib.h>

struct io {
	redisAsyncContext *context;
	struct event *readable, *writable;
	bool is_full; /* the socket may have no room for more bytes */
};

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct io *io = arg;

	(void)fd, (void)what;
	redisAsyncHandleRead(io->context);
}

/* hiredis then calls stop_writing() if it has written everything, else write_soon(). */
static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct io *io = arg;

	(void)fd, (void)what;
	io->is_full = true;
	redisAsyncHandleWrite(io->context);
}

static void start_reading(void *arg)
{
	struct io *io = arg;

	event_add(io->readable, NULL);
}

static void stop_reading(void *arg)
{
	struct io *io = arg;

	event_del(io->readable);
}

static void write_soon(void *arg)
{
	struct io *io = arg;

	if (io->is_full || !(io->context->c.flags & REDIS_CONNECTED))
		event_add(io->writable, NULL);
	else
		event_active(io->writable, EV_WRITE, 0);
}

static void stop_writing(void *arg)
{
	struct io *io = arg;

	io->is_full = false;
	event_del(io->writable);
}

static void free_io(void *arg)
{
	struct io *io = arg;

	if (io->readable)
		event_free(io->readable);
	if (io->writable)
		event_free(io->writable);
	free(io);
}

bool loop_io_attach(redisAsyncContext *context, struct event_base *base)
{
	struct io *io = calloc(1, sizeof *io);

	if (!io)
		return false;
	io->context = context;
	context->ev.data = io;
	context->ev.cleanup = free_io;
	io->readable = event_new(base, context->c.fd, EV_READ | EV_PERSIST, on_readable, io);
	io->writable = event_new(base, context->c.fd, EV_WRITE, on_writable, io);
	if (!io->readable || !io->writable)
		return false;
	context->ev.addRead = start_reading;
	context->ev.delRead = stop_reading;
	context->ev.addWrite = write_soon;
	context->ev.delWrite = stop_writing;
	return event_add(io->readable, NULL) == 0 && event_add(io->writable, NULL) == 0;
}
