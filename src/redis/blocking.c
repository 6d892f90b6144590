#include "redis/blocking.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include "redis/handshake.h"
#include "redis/tls.h"

enum { TIMEOUT_S = 10 }; /* for a reply */

/* Sets `why` and returns false. */
bool blocking_fail(struct blocking *blocking, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(blocking->why, sizeof blocking->why, format, arguments);
	va_end(arguments);
	return false;
}

bool blocking_is_good(struct blocking *blocking, const redisReply *reply)
{
	const redisContext *redis = blocking->redis;

	if (reply && reply->type == REDIS_REPLY_ERROR)
		return blocking_fail(blocking, "%s", reply->str);
	if (reply)
		return true;
	return blocking_fail(blocking, "%s",
			     redis->err == REDIS_ERR_IO && errno == EAGAIN ? "no reply from Redis"
									   : redis->errstr);
}

/* Takes ownership of the reply. */
static bool finish(struct blocking *blocking, redisReply *reply)
{
	bool good = blocking_is_good(blocking, reply);

	freeReplyObject(reply);
	return good;
}

static bool log_in(struct blocking *blocking)
{
	const char *user = blocking->endpoint->user;
	struct password password = {0};
	redisReply *reply;

	if (blocking->password_file && !password_read(&password, blocking->password_file))
		return blocking_fail(blocking, "cannot read the password from %s",
				     blocking->password_file);
	if (!password.len)
		return !*user || blocking_fail(blocking, PASSWORD_MISSING, user);
	reply = *user ? redisCommand(blocking->redis, "AUTH %s %b", user, password.bytes,
				     password.len)
		      : redisCommand(blocking->redis, "AUTH %b", password.bytes, password.len);
	password_wipe(&password);
	return finish(blocking, reply);
}

static redisContext *connect_to(const struct endpoint *endpoint, const struct address *server)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_S};

	return endpoint->seed_count ? redisConnectWithTimeout(server->host, server->port, timeout)
				    : redisConnectUnixWithTimeout(endpoint->path, timeout);
}

static bool is_connected(struct blocking *blocking)
{
	if (!blocking->redis)
		return blocking_fail(blocking, "out of memory");
	return !blocking->redis->err || blocking_fail(blocking, "%s", blocking->redis->errstr);
}

/* Connects to the first host that accepts; `*server` is that one. */
static bool connect_to_any(struct blocking *blocking, struct address *server)
{
	const struct endpoint *endpoint = blocking->endpoint;
	size_t seed = 0;

	blocking->redis = connect_to(endpoint, &endpoint->seeds[seed]);
	while (blocking->redis && blocking->redis->err && ++seed < endpoint->seed_count) {
		redisFree(blocking->redis);
		blocking->redis = connect_to(endpoint, &endpoint->seeds[seed]);
	}
	*server = endpoint->seeds[seed < endpoint->seed_count ? seed : 0];
	return is_connected(blocking);
}

static bool set_up(struct blocking *blocking, const struct address *server)
{
	const struct endpoint *endpoint = blocking->endpoint;

	redisSetTimeout(blocking->redis, (struct timeval){.tv_sec = TIMEOUT_S});
	if (endpoint->tls &&
	    !tls_begin(blocking->redis, server->host, blocking->why, sizeof blocking->why))
		return false;
	if (!log_in(blocking))
		return false;
	return !endpoint->db || finish(blocking, redisCommand(blocking->redis, "SELECT %lld",
							      (long long)endpoint->db));
}

/* Whether another node of the Cluster has the key; `*server` is then that node. Asks by XLEN: each
 * user of the shipped ACL who may read the key may run it. Other errors do not matter. */
static bool is_on_other_node(struct blocking *blocking, struct address *server)
{
	redisReply *reply = redisCommand(blocking->redis, "XLEN %s", blocking->key);
	bool moved = reply && reply->type == REDIS_REPLY_ERROR && blocking->endpoint->seed_count &&
		     address_moved(server, reply->str);

	freeReplyObject(reply);
	return moved;
}

bool blocking_open(struct blocking *blocking)
{
	struct address server;

	blocking->redis = NULL;
	if (*blocking->endpoint->master)
		return blocking_fail(
			blocking,
			"a command goes to one server: give its own URL, not the sentinels'");
	if (!connect_to_any(blocking, &server) || !set_up(blocking, &server))
		return false;
	if (!is_on_other_node(blocking, &server))
		return true;
	redisFree(blocking->redis);
	blocking->redis = connect_to(blocking->endpoint, &server);
	return is_connected(blocking) && set_up(blocking, &server);
}

void blocking_close(struct blocking *blocking)
{
	if (blocking->redis)
		redisFree(blocking->redis);
}
