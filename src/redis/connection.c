#include "redis/connection.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/event.h>
#include <hiredis/async.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "redis/handshake.h"
#include "redis/loop_io.h"
#include "redis/reply_arena.h"
#include "redis/background.h"
#include "redis/tls.h"

/* A command that was sent. hiredis has its own list; this one exists so that a close can complete
 * all commands at once, whatever hiredis does with its list later. */
struct pending {
	reply_fn *done;
	void *arg;
	struct connection *connection; /* NULL: completed already */
	struct pending *next;
	bool dropped; /* hiredis has dropped it: complete_all() frees it */
};

/* Open from the beginning; closed by the owner, and then free_timer frees it. */
enum state { OPEN, LOST, CLOSED };

struct connection {
	struct connection_options options;
	struct handshake handshake;
	struct event_base *base;
	struct dns_lookup *lookup; /* while a name is looked up */
	struct addrinfo *addresses, *next_address;
	redisAsyncContext *context; /* NULL before and after */
	struct ssl_st *tls;	    /* the context's; NULL for none */
	struct reply_arena *replies;
	struct event *deadline, *free_timer;
	struct pending *first, **last;
	size_t progress; /* what the buffers held when the deadline was set */
	enum state state;
	char refusal[256]; /* the error of the last address tried */
	char why[256];
};

static void connect_next(struct connection *connection);

/* Loss. hiredis frees a context during its own callbacks in some cases and not in others. So
 * nothing is freed in a callback of hiredis: free_timer does it when the loop turns. */

static void fail(struct connection *connection, const char *why)
{
	if (connection->state != OPEN)
		return;
	connection->state = LOST;
	snprintf(connection->why, sizeof connection->why, "%s", why);
	event_active(connection->free_timer, EV_TIMEOUT, 0);
}

static void complete_all(struct connection *connection)
{
	struct pending *pending;

	/* `done` may close the connection, which calls this again for the rest. */
	while ((pending = connection->first)) {
		connection->first = pending->next;
		if (!connection->first)
			connection->last = &connection->first;
		pending->connection = NULL; /* hiredis still holds it, and frees it by on_reply() */
		pending->done(pending->arg, NULL);
		if (pending->dropped)
			free(pending);
	}
}

static void release(struct connection *connection)
{
	if (connection->addresses)
		freeaddrinfo(connection->addresses);
	if (connection->deadline)
		event_free(connection->deadline);
	if (connection->free_timer)
		event_free(connection->free_timer);
	reply_arena_free(connection->replies);
	free(connection);
}

/* Tells the owner first: it knows of the loss before pending commands complete with NULL. */
static void on_free_time(evutil_socket_t unused, short what, void *arg)
{
	struct connection *connection = arg;
	redisAsyncContext *context = connection->context;

	(void)unused, (void)what;
	event_del(connection->deadline);
	connection->context = NULL;
	if (connection->lookup)
		dns_lookup_cancel(connection->lookup);
	connection->lookup = NULL;
	if (connection->state == LOST)
		connection->options.lost(connection->options.arg, connection->why);
	assert(connection->state == CLOSED);
	if (context)
		redisAsyncFree(context);
	release(connection);
}

void connection_close(struct connection *connection)
{
	if (!connection)
		return;
	connection->state = CLOSED;
	complete_all(connection);
	event_active(connection->free_timer, EV_TIMEOUT, 0);
}

/* The deadline runs while a reply is awaited, and starts again with each that comes. */

static size_t buffered(const struct connection *connection)
{
	const redisContext *c = connection->context ? &connection->context->c : NULL;

	return c ? c->reader->len + sdslen(c->obuf) : 0;
}

static void set_deadline(struct connection *connection)
{
	const struct timeval timeout = clock_timeval(connection->options.timeout_ms);

	connection->progress = buffered(connection);
	event_add(connection->deadline, &timeout);
}

/* Redis without TLS takes the first message of TLS for the beginning of a command: it seldom
 * replies. */
static bool awaits_tls(const struct connection *connection)
{
	return connection->context && connection->context->c.flags & REDIS_CONNECTED &&
	       tls_is_in_handshake(connection->tls);
}

static void on_deadline(evutil_socket_t unused, short what, void *arg)
{
	struct connection *connection = arg;
	char why[64];

	(void)unused, (void)what;
	if (connection->progress != buffered(connection)) { /* a large reply, on its way */
		set_deadline(connection);
		return;
	}
	snprintf(why, sizeof why,
		 awaits_tls(connection) ? "no TLS reply for %lld ms" : "no reply for %lld ms",
		 (long long)connection->options.timeout_ms);
	fail(connection, why);
}

/* Commands. */

static void on_reply(redisAsyncContext *context, void *reply, void *arg)
{
	struct pending *pending = arg;
	struct connection *connection = pending->connection;

	(void)context;
	if (connection && reply) {
		connection->first = pending->next;
		if (connection->first) {
			set_deadline(connection);
		} else {
			connection->last = &connection->first;
			event_del(connection->deadline);
		}
		pending->done(pending->arg, reply);
	} else if (connection) {
		/* on_disconnect() comes next, and on_free_time() completes it. */
		pending->dropped = true;
		return;
	}
	free(pending);
}

/* hiredis 0.14 reports no error when it is out of memory for the callback of a command. The
 * following replies would then be passed to the wrong callbacks. */
static bool has_callback(const struct connection *connection, const struct pending *pending)
{
	const redisCallback *last = connection->context->replies.tail;

	return last && last->privdata == pending;
}

bool connection_send(struct connection *connection, struct resp *command, reply_fn *done, void *arg)
{
	struct pending *pending;
	const char *bytes;
	size_t len;

	if (connection->state != OPEN || !connection->context ||
	    !resp_finish(command, &bytes, &len))
		return false;
	pending = malloc(sizeof *pending);
	if (pending)
		*pending = (struct pending){.done = done, .arg = arg, .connection = connection};
	if (!pending ||
	    redisAsyncFormattedCommand(connection->context, on_reply, pending, bytes, len) !=
		    REDIS_OK ||
	    !has_callback(connection, pending)) {
		free(pending);
		fail(connection, "out of memory");
		return false;
	}
	if (!connection->first)
		set_deadline(connection);
	*connection->last = pending;
	connection->last = &pending->next;
	return true;
}

const char *connection_loss(const struct connection *connection)
{
	return connection->state == OPEN ? NULL : connection->why;
}

/* hiredis frees what it has sent without wiping it. So the command is sent here, all at once (a new
 * connection has room for it), and wiped. */
bool connection_send_secret(struct connection *connection, struct resp *command, reply_fn *done,
			    void *arg)
{
	redisContext *c;
	size_t len;

	if (!connection_send(connection, command, done, arg))
		return false;
	c = &connection->context->c;
	len = sdslen(c->obuf);
	if (connection->tls ? tls_send(c)
			    : send(c->fd, c->obuf, len, MSG_NOSIGNAL) == (ssize_t)len) {
		explicit_bzero(c->obuf, len);
		sdssetlen(c->obuf, 0);
	}
	return true;
}

/* The handshake. */

static void advance_handshake(struct connection *connection, const redisReply *reply);

static void on_handshake(void *arg, const redisReply *reply)
{
	if (reply)
		advance_handshake(arg, reply);
}

static bool send_step(struct connection *connection, enum handshake_step step, struct resp *command)
{
	bool sent;

	if (step == HANDSHAKE_SEND)
		return connection_send(connection, command, on_handshake, connection);
	sent = connection_send_secret(connection, command, on_handshake, connection);
	explicit_bzero(command->buf.data, command->buf.size);
	return sent;
}

static void advance_handshake(struct connection *connection, const redisReply *reply)
{
	struct resp command = {0};
	enum handshake_step step = handshake_next(&connection->handshake, reply, &command);

	if (step == HANDSHAKE_FAILED) {
		fail(connection, connection->handshake.why);
	} else if (step != HANDSHAKE_DONE) {
		if (!send_step(connection, step, &command))
			fail(connection, "out of memory");
	} else if (connection->state == OPEN) {
		connection->options.timeout_ms += connection->options.block_ms;
		connection->options.ready(connection->options.arg);
	}
	resp_free(&command);
}

/* Connecting: a thread looks up the addresses of the host, then each address is tried in turn. */

static void on_connect(const redisAsyncContext *context, int status)
{
	struct connection *connection = context->data;

	if (!connection)
		return;
	if (status != REDIS_OK) {
		snprintf(connection->refusal, sizeof connection->refusal, "%s", context->c.errstr);
		connection->context = NULL; /* hiredis frees it after this */
		connect_next(connection);
	} else if (connection->state != OPEN) {
		return;
	} else if (connection->options.is_sentinel) {
		connection->options.ready(connection->options.arg);
	} else {
		advance_handshake(connection, NULL);
	}
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
	struct connection *connection = context->data;
	char why[256];

	(void)status;
	if (!connection || connection->context != context)
		return;
	snprintf(why, sizeof why, "%s", context->err ? context->errstr : "closed");
	if (connection->tls)
		tls_explain(connection->tls, why, sizeof why);
	connection->context = NULL; /* hiredis frees it after this */
	fail(connection, why);
}

/* Begins TLS on the context if it is asked for. Returns false on an error; `refusal` is then the
 * reason. */
static bool make_usable(struct connection *connection, redisAsyncContext *context)
{
	if (context->err) {
		snprintf(connection->refusal, sizeof connection->refusal, "%s", context->errstr);
		return false;
	}
	if (!connection->options.endpoint->tls)
		return true;
	connection->tls = tls_begin(&context->c, connection->options.server->host,
				    connection->refusal, sizeof connection->refusal);
	return connection->tls;
}

/* Takes ownership of the context that a connect function of hiredis returned. It is NULL only when
 * out of memory; after another failure it has an error. */
static void use_context(struct connection *connection, redisAsyncContext *context)
{
	if (!context) {
		fail(connection, "out of memory");
		return;
	}
	if (!make_usable(connection, context)) {
		redisAsyncFree(context);
		connect_next(connection);
		return;
	}
	context->data = connection;
	if (!loop_io_attach(context, connection->base) ||
	    redisAsyncSetConnectCallback(context, on_connect) != REDIS_OK ||
	    redisAsyncSetDisconnectCallback(context, on_disconnect) != REDIS_OK) {
		context->data = NULL;
		redisAsyncFree(context);
		fail(connection, "out of memory");
		return;
	}
	reply_arena_attach(connection->replies, context->c.reader);
	connection->context = context;
	set_deadline(connection);
}

static void connect_next(struct connection *connection)
{
	struct addrinfo *address = connection->next_address;
	char host[NI_MAXHOST];

	if (connection->state != OPEN)
		return;
	if (!address) {
		fail(connection, *connection->refusal ? connection->refusal : "no address");
		return;
	}
	connection->next_address = address->ai_next;
	if (getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof host, NULL, 0,
			NI_NUMERICHOST))
		fail(connection, "an address of no known kind");
	else
		use_context(connection, redisAsyncConnect(host, connection->options.server->port));
}

static void on_resolved(void *arg, struct addrinfo *addresses, int error)
{
	struct connection *connection = arg;

	connection->lookup = NULL;
	connection->addresses = connection->next_address = addresses;
	if (error)
		fail(connection, gai_strerror(error));
	else
		connect_next(connection);
}

struct connection *connection_open(struct event_base *base,
				   const struct connection_options *options)
{
	struct connection *connection = calloc(1, sizeof *connection);

	if (!connection)
		return NULL;
	connection->options = *options;
	connection->base = base;
	connection->last = &connection->first;
	connection->deadline = evtimer_new(base, on_deadline, connection);
	connection->free_timer = evtimer_new(base, on_free_time, connection);
	connection->replies = reply_arena_new();
	if (!connection->deadline || !connection->free_timer || !connection->replies) {
		release(connection);
		return NULL;
	}
	connection->handshake = (struct handshake){.endpoint = options->endpoint,
						   .password_file = options->password_file};
	set_deadline(connection);
	if (!options->server)
		use_context(connection, redisAsyncConnectUnix(options->endpoint->path));
	else if (!(connection->lookup =
			   dns_lookup_start(base, options->server->host, options->server->port,
					    on_resolved, connection)))
		fail(connection, "no thread to look its name up");
	return connection;
}
