#include "redis/export.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include "base/json.h"
#include "redis/handshake.h"
#include "redis/tls.h"

enum { TIMEOUT_S = 10, PAGE = 500 }; /* seconds for an answer; entries asked for at once */

struct reading {
	const struct export_source *source;
	redisContext *redis;
	struct buf lines;
	char from[64]; /* where the next page begins */
	char *why;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reading *reading, const char *format,
						       ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reading->why, reading->size, format, arguments);
	va_end(arguments);
	return false;
}

/* Returns whether the reply is no error. Takes ownership of it. */
static bool is_well(struct reading *reading, redisReply *reply)
{
	bool well = reply && reply->type != REDIS_REPLY_ERROR;

	if (!reply)
		fail(reading, "%s",
		     reading->redis->err == REDIS_ERR_IO && errno == EAGAIN
			     ? "Redis does not answer"
			     : reading->redis->errstr);
	else if (!well)
		fail(reading, "%s", reply->str);
	freeReplyObject(reply);
	return well;
}

static bool log_in(struct reading *reading)
{
	const char *user = reading->source->endpoint->user;
	struct password password = {0};
	redisReply *reply;

	if (reading->source->password_file &&
	    !password_read(&password, reading->source->password_file))
		return fail(reading, "cannot read the password from %s",
			    reading->source->password_file);
	if (!password.len)
		return !*user || fail(reading, PASSWORD_MISSING, user);
	reply = *user ? redisCommand(reading->redis, "AUTH %s %b", user, password.bytes,
				     password.len)
		      : redisCommand(reading->redis, "AUTH %b", password.bytes, password.len);
	password_wipe(&password);
	return is_well(reading, reply);
}

static redisContext *dial(const struct endpoint *endpoint, const struct address *server)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_S};

	return endpoint->seed_count ? redisConnectWithTimeout(server->host, server->port, timeout)
				    : redisConnectUnixWithTimeout(endpoint->path, timeout);
}

/* Connects to the first host that accepts. */
static bool connect_to(struct reading *reading)
{
	const struct endpoint *endpoint = reading->source->endpoint;
	const struct address *server = endpoint->seeds;

	if (*endpoint->master)
		return fail(reading,
			    "reading goes to one server: give its own URL, not the sentinels'");
	reading->redis = dial(endpoint, server);
	while (reading->redis && reading->redis->err &&
	       ++server < endpoint->seeds + endpoint->seed_count) {
		redisFree(reading->redis);
		reading->redis = dial(endpoint, server);
	}
	if (!reading->redis)
		return fail(reading, "out of memory");
	if (reading->redis->err)
		return fail(reading, "%s", reading->redis->errstr);
	redisSetTimeout(reading->redis, (struct timeval){.tv_sec = TIMEOUT_S});
	if (endpoint->tls && !tls_begin(reading->redis, server->host, reading->why, reading->size))
		return false;
	if (!log_in(reading))
		return false;
	return !endpoint->db || is_well(reading, redisCommand(reading->redis, "SELECT %lld",
							      (long long)endpoint->db));
}

/* One entry: its id, then names and values in turn. */
static bool add_entry(struct buf *lines, const redisReply *entry)
{
	const redisReply *fields;

	if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
	    entry->element[0]->type != REDIS_REPLY_STRING ||
	    entry->element[1]->type != REDIS_REPLY_ARRAY)
		return false;
	fields = entry->element[1];
	buf_add_char(lines, '{');
	for (size_t i = 0; i < fields->elements; i++) {
		if (fields->element[i]->type != REDIS_REPLY_STRING)
			return false;
		if (i)
			buf_add_char(lines, i % 2 ? ':' : ',');
		json_add_string(lines, fields->element[i]->str, fields->element[i]->len);
	}
	buf_add_string(lines, "}\n");
	return !lines->failed;
}

static bool write_all(struct reading *reading, int file)
{
	for (size_t at = 0; at < reading->lines.len;) {
		ssize_t done = write(file, reading->lines.data + at, reading->lines.len - at);

		if (done < 0 && errno != EINTR)
			return fail(reading, "%s", strerror(errno));
		at += done > 0 ? (size_t)done : 0;
	}
	return true;
}

static bool write_page(struct reading *reading, const redisReply *page, int file)
{
	const redisReply *last = page->elements ? page->element[page->elements - 1] : NULL;

	buf_empty(&reading->lines);
	for (size_t i = 0; i < page->elements; i++)
		if (!add_entry(&reading->lines, page->element[i]))
			return fail(reading, "an entry cannot be read");
	if (last)
		snprintf(reading->from, sizeof reading->from, "(%s", last->element[0]->str);
	return write_all(reading, file);
}

/* Reads pages until one is not full. */
static bool write_pages(struct reading *reading, int file)
{
	size_t count = PAGE;

	while (count == PAGE) {
		redisReply *page = redisCommand(reading->redis, "XRANGE %s %s + COUNT %d",
						reading->source->stream, reading->from, PAGE);
		bool good;

		if (!page || page->type != REDIS_REPLY_ARRAY)
			return is_well(reading, page) && fail(reading, "a strange answer");
		count = page->elements;
		good = write_page(reading, page, file);
		freeReplyObject(page);
		if (!good)
			return false;
	}
	return true;
}

bool export_stream(const struct export_source *source, int file, char *why, size_t size)
{
	struct reading reading = {.source = source, .from = "-", .why = why, .size = size};
	bool done = connect_to(&reading) && write_pages(&reading, file);

	if (reading.redis)
		redisFree(reading.redis);
	buf_free(&reading.lines);
	return done;
}
