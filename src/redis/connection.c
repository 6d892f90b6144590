#include "redis/connection.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/adapters/libevent.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "redis/handshake.h"
#include "redis/reply_arena.h"
#include "redis/dns.h"
#include "redis/tls.h"

/* A command on its way. The list is ours and not hiredis's, so that a close can answer all
 * of it at once, whatever hiredis does with its own later. */
struct pending {
	redis_answer_fn *answer;
	void *arg;
	struct redis *redis; /* NULL: answered already */
	struct pending *next;
	bool dropped; /* by hiredis: nobody else will free it */
};

/* Open from its beginning on; closed once the owner has let go, and then burial frees it. */
enum state { OPEN, LOST, CLOSED };

struct redis {
	struct redis_options options;
	struct handshake handshake;
	struct event_base *base;
	struct resolve *resolve; /* while a name is looked up */
	struct addrinfo *addresses, *next_address;
	redisAsyncContext *context; /* NULL before and after */
	struct ssl_st *tls;	    /* the context's; NULL for none */
	struct replies *replies;
	struct event *deadline, *burial;
	struct pending *first, **last;
	size_t progress; /* what the buffers held when the deadline was set */
	enum state state;
	char refusal[256]; /* by the last address that was tried */
	char why[256];
};

static void connect_next(struct redis *redis);

/* Losing. hiredis frees a context under its own callbacks' feet in some cases and not in
 * others, so nothing is torn down in one: burial comes when the loop turns. */

static void fail(struct redis *redis, const char *why)
{
	if (redis->state != OPEN)
		return;
	redis->state = LOST;
	snprintf(redis->why, sizeof redis->why, "%s", why);
	event_active(redis->burial, EV_TIMEOUT, 0);
}

static void answer_all(struct redis *redis)
{
	struct pending *pending;

	/* An answer may close us, and so come here again for those that are left. */
	while ((pending = redis->first)) {
		redis->first = pending->next;
		if (!redis->first)
			redis->last = &redis->first;
		pending->redis = NULL; /* hiredis still holds it, and frees it by on_reply() */
		pending->answer(pending->arg, NULL);
		if (pending->dropped)
			free(pending);
	}
}

static void release(struct redis *redis)
{
	if (redis->addresses)
		freeaddrinfo(redis->addresses);
	if (redis->deadline)
		event_free(redis->deadline);
	if (redis->burial)
		event_free(redis->burial);
	replies_free(redis->replies);
	free(redis);
}

/* The owner hears of it first: while answers get their NULL, the rest of us knows already. */
static void bury(evutil_socket_t unused, short what, void *arg)
{
	struct redis *redis = arg;
	redisAsyncContext *context = redis->context;

	(void)unused, (void)what;
	event_del(redis->deadline);
	redis->context = NULL;
	if (redis->resolve)
		resolve_cancel(redis->resolve);
	redis->resolve = NULL;
	if (redis->state == LOST)
		redis->options.lost(redis->options.arg, redis->why);
	assert(redis->state == CLOSED);
	if (context)
		redisAsyncFree(context);
	release(redis);
}

void redis_close(struct redis *redis)
{
	if (!redis)
		return;
	redis->state = CLOSED;
	answer_all(redis);
	event_active(redis->burial, EV_TIMEOUT, 0);
}

/* The deadline runs while an answer is awaited, and starts again with each that comes. */

static size_t buffered(const struct redis *redis)
{
	const redisContext *c = redis->context ? &redis->context->c : NULL;

	return c ? c->reader->len + sdslen(c->obuf) : 0;
}

static void set_deadline(struct redis *redis)
{
	const struct timeval patience = clock_timeval(redis->options.patience);

	redis->progress = buffered(redis);
	event_add(redis->deadline, &patience);
}

static void on_deadline(evutil_socket_t unused, short what, void *arg)
{
	struct redis *redis = arg;
	char why[64];

	(void)unused, (void)what;
	if (redis->progress != buffered(redis)) { /* a large answer, on its way */
		set_deadline(redis);
		return;
	}
	snprintf(why, sizeof why, "no answer for %lld ms", (long long)redis->options.patience);
	fail(redis, why);
}

/* Commands. */

static void on_reply(redisAsyncContext *context, void *reply, void *arg)
{
	struct pending *pending = arg;
	struct redis *redis = pending->redis;

	(void)context;
	if (redis && reply) {
		redis->first = pending->next;
		if (redis->first) {
			set_deadline(redis);
		} else {
			redis->last = &redis->first;
			event_del(redis->deadline);
		}
		pending->answer(pending->arg, reply);
	} else if (redis) {
		pending->dropped = true; /* on_disconnect() comes next, and bury() answers */
		return;
	}
	free(pending);
}

/* hiredis 0.14 does not say so when it has no memory to note whose answer it will be. It would
 * take the next command's answer for this one's, and so on. */
static bool is_noted(const struct redis *redis, const struct pending *pending)
{
	const redisCallback *last = redis->context->replies.tail;

	return last && last->privdata == pending;
}

bool redis_send(struct redis *redis, struct resp *command, redis_answer_fn *answer, void *arg)
{
	struct pending *pending;
	const char *bytes;
	size_t len;

	if (redis->state != OPEN || !redis->context || !resp_finish(command, &bytes, &len))
		return false;
	pending = malloc(sizeof *pending);
	if (pending)
		*pending = (struct pending){.answer = answer, .arg = arg, .redis = redis};
	if (!pending ||
	    redisAsyncFormattedCommand(redis->context, on_reply, pending, bytes, len) != REDIS_OK ||
	    !is_noted(redis, pending)) {
		free(pending);
		fail(redis, "out of memory");
		return false;
	}
	if (!redis->first)
		set_deadline(redis);
	*redis->last = pending;
	redis->last = &pending->next;
	return true;
}

const char *redis_loss(const struct redis *redis)
{
	return redis->state == OPEN ? NULL : redis->why;
}

/* hiredis frees what it has written as it is, and somebody else gets that memory. So it is
 * written here, all at once (a new connection has room for it), and wiped. */
bool redis_send_secret(struct redis *redis, struct resp *command, redis_answer_fn *answer,
		       void *arg)
{
	redisContext *c;
	size_t len;

	if (!redis_send(redis, command, answer, arg))
		return false;
	c = &redis->context->c;
	len = sdslen(c->obuf);
	if (redis->tls ? tls_send(c) : send(c->fd, c->obuf, len, MSG_NOSIGNAL) == (ssize_t)len) {
		explicit_bzero(c->obuf, len);
		sdssetlen(c->obuf, 0);
	}
	return true;
}

static void on_handshake(void *arg, const char *why)
{
	struct redis *redis = arg;

	if (why) {
		fail(redis, why);
	} else if (redis->state == OPEN) {
		redis->options.patience += redis->options.block;
		redis->options.ready(redis->options.arg);
	}
}

/* Connecting: names to addresses off the loop, then each address in turn. */

static void on_connect(const redisAsyncContext *context, int status)
{
	struct redis *redis = context->data;

	if (!redis)
		return;
	if (status != REDIS_OK) {
		snprintf(redis->refusal, sizeof redis->refusal, "%s", context->c.errstr);
		redis->context = NULL; /* hiredis frees it after this */
		connect_next(redis);
	} else if (redis->state != OPEN) {
		return;
	} else if (redis->options.bare) {
		redis->options.ready(redis->options.arg);
	} else {
		handshake_begin(&redis->handshake);
	}
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
	struct redis *redis = context->data;
	char why[256];

	(void)status;
	if (!redis || redis->context != context)
		return;
	snprintf(why, sizeof why, "%s", context->err ? context->errstr : "closed");
	if (redis->tls)
		tls_explain(redis->tls, why, sizeof why);
	redis->context = NULL; /* hiredis frees it after this */
	fail(redis, why);
}

/* Whether it will do so far, with TLS begun where that is asked for; else `refusal` says why. */
static bool is_fit(struct redis *redis, redisAsyncContext *context)
{
	if (context->err) {
		snprintf(redis->refusal, sizeof redis->refusal, "%s", context->errstr);
		return false;
	}
	if (!redis->options.endpoint->tls)
		return true;
	redis->tls = tls_begin(&context->c, redis->options.server->host, redis->refusal,
			       sizeof redis->refusal);
	return redis->tls;
}

/* Takes a context of hiredis's connect functions: a failed one is there, and lies. */
static void take(struct redis *redis, redisAsyncContext *context)
{
	if (!context) {
		fail(redis, "out of memory");
		return;
	}
	if (!is_fit(redis, context)) {
		redisAsyncFree(context);
		connect_next(redis);
		return;
	}
	context->data = redis;
	if (redisLibeventAttach(context, redis->base) != REDIS_OK ||
	    redisAsyncSetConnectCallback(context, on_connect) != REDIS_OK ||
	    redisAsyncSetDisconnectCallback(context, on_disconnect) != REDIS_OK) {
		context->data = NULL;
		redisAsyncFree(context);
		fail(redis, "out of memory");
		return;
	}
	replies_attach(redis->replies, context->c.reader);
	redis->context = context;
	set_deadline(redis);
}

static void connect_next(struct redis *redis)
{
	struct addrinfo *address = redis->next_address;
	char host[NI_MAXHOST];

	if (redis->state != OPEN)
		return;
	if (!address) {
		fail(redis, *redis->refusal ? redis->refusal : "no address");
		return;
	}
	redis->next_address = address->ai_next;
	if (getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof host, NULL, 0,
			NI_NUMERICHOST))
		fail(redis, "an address of no known kind");
	else
		take(redis, redisAsyncConnect(host, redis->options.server->port));
}

static void on_resolved(void *arg, struct addrinfo *addresses, int error)
{
	struct redis *redis = arg;

	redis->resolve = NULL;
	redis->addresses = redis->next_address = addresses;
	if (error)
		fail(redis, gai_strerror(error));
	else
		connect_next(redis);
}

struct redis *redis_open(struct event_base *base, const struct redis_options *options)
{
	struct redis *redis = calloc(1, sizeof *redis);

	if (!redis)
		return NULL;
	redis->options = *options;
	redis->base = base;
	redis->last = &redis->first;
	redis->deadline = evtimer_new(base, on_deadline, redis);
	redis->burial = evtimer_new(base, bury, redis);
	redis->replies = replies_new();
	if (!redis->deadline || !redis->burial || !redis->replies) {
		release(redis);
		return NULL;
	}
	redis->handshake = (struct handshake){redis, options->endpoint, options->password_file,
					      on_handshake, redis};
	set_deadline(redis);
	if (!options->server)
		take(redis, redisAsyncConnectUnix(options->endpoint->path));
	else if (!(redis->resolve = resolve_start(base, options->server->host,
						  options->server->port, on_resolved, redis)))
		fail(redis, "no thread to look its name up");
	return redis;
}
