#include "command/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "command/decisions.h"
#include "redis/blocking.h"

/* The entries as JSON Lines. */

enum { PAGE = 500 }; /* entries asked for at once */

struct reading {
	const struct stream_source *source;
	struct blocking blocking;
	struct decisions *decisions; /* NULL: rows are written as they are */
	struct buf lines;
	size_t entries; /* read of the stream itself */
	bool abandoned; /* the command stopped reading, and has said why */
	char from[64];	/* where the next page begins */
};

/* Returns the names and values of an entry, in turn, or NULL when it has another form. */
static const redisReply *fields_of(const redisReply *entry)
{
	const redisReply *fields;

	if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
	    entry->element[0]->type != REDIS_REPLY_STRING ||
	    entry->element[1]->type != REDIS_REPLY_ARRAY)
		return NULL;
	fields = entry->element[1];
	for (size_t i = 0; i < fields->elements; i++)
		if (fields->element[i]->type != REDIS_REPLY_STRING)
			return NULL;
	return fields;
}

static void write_fields(struct buf *lines, const redisReply *fields)
{
	buf_add_char(lines, '{');
	for (size_t i = 0; i < fields->elements; i++) {
		if (i)
			buf_add_char(lines, i % 2 ? ':' : ',');
		json_add_string(lines, fields->element[i]->str, fields->element[i]->len);
	}
	buf_add_string(lines, "}\n");
}

/* Adds an entry as one JSON object, without its id. */
static bool add_entry(struct reading *reading, const redisReply *fields)
{
	reading->entries++;
	if (!(reading->decisions && decisions_write(reading->decisions, &reading->lines, fields)))
		write_fields(&reading->lines, fields);
	return !reading->lines.failed;
}

static bool write_all(struct reading *reading, int file)
{
	for (size_t at = 0; at < reading->lines.len;) {
		ssize_t done = write(file, reading->lines.data + at, reading->lines.len - at);

		reading->abandoned = done < 0 && errno == EPIPE;
		if (done < 0 && errno != EINTR)
			return blocking_fail(&reading->blocking, "%s", strerror(errno));
		at += done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* Gets the fields of an entry. What it appends to `lines` is written after each page. Returns false
 * when out of memory. */
typedef bool take_fn(struct reading *reading, const redisReply *fields);

static bool take_entries(struct reading *reading, const redisReply *page, take_fn *take, int file)
{
	const redisReply *last = page->elements ? page->element[page->elements - 1] : NULL;

	buf_empty(&reading->lines);
	for (size_t i = 0; i < page->elements; i++) {
		const redisReply *fields = fields_of(page->element[i]);

		if (!fields || !take(reading, fields))
			return blocking_fail(&reading->blocking,
					     fields ? "out of memory" : "an entry cannot be read");
	}
	if (last)
		snprintf(reading->from, sizeof reading->from, "(%s", last->element[0]->str);
	return write_all(reading, file);
}

static bool take_page(struct reading *reading, const redisReply *page, take_fn *take, int file)
{
	if (!blocking_is_good(&reading->blocking, page))
		return false;
	if (page->type != REDIS_REPLY_ARRAY)
		return blocking_fail(&reading->blocking, "an unexpected reply to XRANGE");
	return take_entries(reading, page, take, file);
}

/* Reads pages until one is not full. */
static bool read_pages(struct reading *reading, const char *key, take_fn *take, int file)
{
	size_t count = PAGE;

	snprintf(reading->from, sizeof reading->from, "-");
	if (reading->source->since)
		snprintf(reading->from, sizeof reading->from, "%lld",
			 (long long)reading->source->since);
	while (count == PAGE) {
		redisReply *page = redisCommand(reading->blocking.redis, "XRANGE %s %s + COUNT %d",
						key, reading->from, PAGE);
		bool good = take_page(reading, page, take, file);

		count = good ? page->elements : 0;
		freeReplyObject(page);
		if (!good)
			return false;
	}
	return true;
}

static bool add_decision(struct reading *reading, const redisReply *fields)
{
	return decisions_add(reading->decisions, fields);
}

/* Appends PREFIX:reviewed to `reviewed` if the rows of the stream may lack people's last decisions.
 * Returns false for another stream. */
static bool name_reviewed(const char *stream, struct buf *reviewed)
{
	static const char *const streams[] = {":reviewed", ":rejected", ":approved"};
	const char *end = strrchr(stream, ':');

	for (size_t i = 0; end && i < sizeof streams / sizeof streams[0]; i++)
		if (!strcmp(end, streams[i])) {
			buf_add(reviewed, stream, (size_t)(end - stream));
			buf_add_string(reviewed, streams[0]);
			return true;
		}
	return false;
}

static bool read_decisions(struct reading *reading)
{
	struct buf reviewed = {0};
	bool done = true;

	if (reading->source->decisions && name_reviewed(reading->source->stream, &reviewed)) {
		reading->decisions = decisions_new();
		done = reading->decisions && !reviewed.failed
			       ? read_pages(reading, buf_string(&reviewed), add_decision, -1)
			       : blocking_fail(&reading->blocking, "out of memory");
	}
	buf_free(&reviewed);
	return done;
}

/* Whether the stream has no entry of any age. Redis does not distinguish an empty stream from a
 * missing one when it is read. */
static bool is_empty(const struct reading *reading)
{
	redisReply *reply;
	bool empty;

	if (reading->entries || !reading->source->since)
		return !reading->entries;
	reply = redisCommand(reading->blocking.redis, "XLEN %s", reading->source->stream);
	empty = reply && reply->type == REDIS_REPLY_INTEGER && !reply->integer;
	freeReplyObject(reply);
	return empty;
}

/* The thread that writes them. */

struct stream {
	const char *command;
	struct stream_source source;
	pthread_t thread;
	int ends[2];
	char name[32], why[256];
	bool complete, abandoned, empty; /* `empty`: an error, since entries are expected */
};

/* Writes one object a line: the fields of an entry. Sets `complete`, or `why`. */
static void write_lines(struct stream *stream)
{
	const struct stream_source *source = &stream->source;
	struct reading reading = {
		.source = source,
		.blocking = {source->endpoint, source->password_file, source->stream},
	};

	stream->complete = blocking_open(&reading.blocking) && read_decisions(&reading) &&
			   read_pages(&reading, source->stream, add_entry, stream->ends[1]);
	if (!stream->complete)
		snprintf(stream->why, sizeof stream->why, "%s", reading.blocking.why);
	else
		stream->empty = source->expected && is_empty(&reading);
	stream->abandoned = reading.abandoned;
	blocking_close(&reading.blocking);
	decisions_free(reading.decisions);
	buf_free(&reading.lines);
}

static void *write_stream(void *argument)
{
	struct stream *stream = argument;

	write_lines(stream);
	close(stream->ends[1]); /* the end of the file */
	return NULL;
}

static bool start_thread(struct stream *stream)
{
	if (pipe2(stream->ends, O_CLOEXEC))
		return false;
	if (!pthread_create(&stream->thread, NULL, write_stream, stream))
		return true;
	close(stream->ends[0]);
	close(stream->ends[1]);
	return false;
}

struct stream *stream_open(const char *command, const struct stream_source *source)
{
	struct stream *stream = calloc(1, sizeof *stream);

	/* When reading stops early, writing must fail and not end the process. */
	signal(SIGPIPE, SIG_IGN);
	if (stream) {
		stream->command = command;
		stream->source = *source;
		if (start_thread(stream)) {
			snprintf(stream->name, sizeof stream->name, "/dev/fd/%d", stream->ends[0]);
			return stream;
		}
	}
	fprintf(stderr, "duyetd %s: out of memory, files or threads to read %s\n", command,
		source->stream);
	free(stream);
	return NULL;
}

char *stream_name(struct stream *stream)
{
	return stream->name;
}

bool stream_close(struct stream *stream)
{
	bool good;

	close(stream->ends[0]);
	pthread_join(stream->thread, NULL);
	good = stream->complete && !stream->empty;
	if (!stream->complete && !stream->abandoned)
		fprintf(stderr, "duyetd %s: cannot read %s from %s: %s\n", stream->command,
			stream->source.stream, stream->source.endpoint->url, stream->why);
	else if (stream->empty)
		fprintf(stderr, "duyetd %s: %s is empty or does not exist: expected %s\n",
			stream->command, stream->source.stream, stream->source.expected);
	free(stream);
	return good;
}
