/*
 * Comments into Redis, as a web tier sends them.
 *
 *	bench-load SOCKET PREFIX fill COMMENTS COUNT
 *		COUNT of them at once.
 *	bench-load SOCKET PREFIX verdicts|echo COMMENTS RATE SECONDS
 *		RATE a second, and how long each takes to come out again: of the verdicts, or of
 *		the submitted stream itself, which is a bare XADD -> XREAD round trip.
 *
 * COMMENTS has a comment a line. An entry is sent at its time whether or not earlier ones are
 * answered, and is measured from that time, so that a stall is not hidden. Prints on one line, with
 * times in ms: p50 p99 p99.9 max answered missing.
 */
#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

enum { LINES = 1 << 20, PIPELINE = 500 };

struct load {
	redisContext *in, *out;
	char submitted[256], read[256];
	char **line;
	size_t lines;
	bool echo;
	char last[64]; /* id of the entry read last */
	int64_t *due;  /* of each entry, ns */
	double *took;  /* ms; < 0: not answered yet */
	size_t sent, acked, answered, count;
	bool reading;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-load: %s\n", what);
	exit(3);
}

static void read_comments(struct load *load, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	load->line = calloc(LINES, sizeof *load->line);
	if (!file || !load->line)
		die(path);
	while (load->lines < LINES && (len = getline(&line, &room, file)) > 0) {
		line[len - 1] = '\0';
		load->line[load->lines++] = line;
		line = NULL;
		room = 0;
	}
	free(line);
	fclose(file);
	if (!load->lines)
		die("no comments");
}

static void add(struct load *load, unsigned long i)
{
	redisAppendCommand(load->in, "XADD %s * id c%lu text %s author u%lu page /bai/%lu",
			   load->submitted, i, load->line[i % load->lines], i % 1000, i % 50);
}

static void take_reply(redisContext *c)
{
	redisReply *reply;

	if (redisGetReply(c, (void **)&reply) != REDIS_OK)
		die(c->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		die(reply->str);
	freeReplyObject(reply);
}

static void fill(struct load *load, size_t count)
{
	for (size_t i = 0; i < count;) {
		size_t some = count - i < PIPELINE ? count - i : PIPELINE;

		for (size_t k = 0; k < some; k++)
			add(load, i++);
		for (size_t k = 0; k < some; k++)
			take_reply(load->in);
	}
}

/* ---- at a rate ------------------------------------------------------------------------ */

static void flush(redisContext *c)
{
	int done = 0;

	while (!done)
		if (redisBufferWrite(c, &done) != REDIS_OK)
			die(c->errstr);
}

static void send_due(struct load *load)
{
	size_t before = load->sent;

	/* A limit, so that replies are read even when sending cannot keep up with the rate. */
	while (load->sent < load->count && load->sent < before + PIPELINE &&
	       load->due[load->sent] <= now())
		add(load, load->sent++);
	if (load->sent > before)
		flush(load->in);
}

static void ask(struct load *load)
{
	redisAppendCommand(load->out, "XREAD COUNT 1000 BLOCK 100 STREAMS %s %s", load->read,
			   load->last);
	flush(load->out);
	load->reading = true;
}

static void note(struct load *load, const redisReply *entry, int64_t at)
{
	const redisReply *fields = entry->element[1];

	for (size_t k = 0; k + 1 < fields->elements; k += 2) {
		size_t i;

		if (strcmp(fields->element[k]->str, "id"))
			continue;
		i = strtoul(fields->element[k + 1]->str + 1, NULL, 10);
		if (i >= load->count || load->took[i] >= 0)
			continue;
		load->took[i] = (double)(at - load->due[i]) / 1e6;
		load->answered++;
	}
}

static void take_answers(struct load *load, const redisReply *reply)
{
	int64_t at = now();
	const redisReply *entries;

	load->reading = false;
	if (reply->type == REDIS_REPLY_ERROR)
		die(reply->str);
	if (reply->type != REDIS_REPLY_ARRAY)
		return;
	entries = reply->element[0]->element[1];
	for (size_t i = 0; i < entries->elements; i++)
		note(load, entries->element[i], at);
	snprintf(load->last, sizeof load->last, "%s",
		 entries->element[entries->elements - 1]->element[0]->str);
}

/* The replies received on a connection. */
static void drain(struct load *load, redisContext *c)
{
	redisReply *reply;

	if (redisBufferRead(c) != REDIS_OK)
		die(c->errstr);
	while (redisGetReplyFromReader(c, (void **)&reply) == REDIS_OK && reply) {
		if (c == load->out)
			take_answers(load, reply);
		else
			load->acked++;
		freeReplyObject(reply);
	}
}

static void wait_some(struct load *load, int64_t until)
{
	struct pollfd fds[] = {{load->in->fd, POLLIN, 0}, {load->out->fd, POLLIN, 0}};
	int64_t left = until - now();
	struct timespec patience = {left / 1000000000, left % 1000000000};

	if (left < 0)
		patience = (struct timespec){0, 0};
	if (ppoll(fds, 2, &patience, NULL) < 0 && errno != EINTR)
		die("poll");
	if (fds[0].revents)
		drain(load, load->in);
	if (fds[1].revents)
		drain(load, load->out);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(struct load *load)
{
	size_t missing = load->count - load->answered, n = load->answered;
	const double *took = load->took + missing; /* the missing are below 0 */

	qsort(load->took, load->count, sizeof *load->took, by_size);
	if (!n)
		die("nothing came out");
	printf("%.3f %.3f %.3f %.3f %zu %zu\n", took[n / 2], took[n * 99 / 100],
	       took[n * 999 / 1000], took[n - 1], n, missing);
}

/* When to stop: one second after the last entry was due, or one minute while no answer has come at
 * all. */
static int64_t end_of(const struct load *load)
{
	int64_t second = 1000000000;

	return load->due[load->count - 1] + (load->answered ? second : 60 * second);
}

static void at_rate(struct load *load, double rate, double seconds)
{
	int64_t start;

	load->count = (size_t)(rate * seconds);
	load->due = calloc(load->count, sizeof *load->due);
	load->took = calloc(load->count, sizeof *load->took);
	if (!load->count)
		die("no comments: the rate times the seconds is below 1");
	if (!load->due || !load->took)
		die("out of memory");
	prctl(PR_SET_TIMERSLACK, 1ul, 0, 0, 0);
	start = now() + 10000000;
	for (size_t i = 0; i < load->count; i++) {
		load->due[i] = start + (int64_t)((double)i / rate * 1e9);
		load->took[i] = -1;
	}
	while (now() < end_of(load) &&
	       (load->answered < load->count || load->acked < load->count)) {
		if (!load->reading)
			ask(load);
		send_due(load);
		wait_some(load, load->sent < load->count ? load->due[load->sent] : end_of(load));
	}
	report(load);
}

static redisContext *join(const char *socket)
{
	redisContext *c = redisConnectUnix(socket);

	if (!c || c->err)
		die(c ? c->errstr : "out of memory");
	return c;
}

/* The current end of the stream: later entries are from this program. */
static void find_end(struct load *load)
{
	redisReply *reply = redisCommand(load->out, "XREVRANGE %s + - COUNT 1", load->read);

	if (!reply || reply->type == REDIS_REPLY_ERROR)
		die("XREVRANGE");
	snprintf(load->last, sizeof load->last, "%s",
		 reply->elements ? reply->element[0]->element[0]->str : "0-0");
	freeReplyObject(reply);
}

static void free_load(struct load *load)
{
	for (size_t i = 0; i < load->lines; i++)
		free(load->line[i]);
	free(load->line);
	free(load->due);
	free(load->took);
	redisFree(load->in);
	redisFree(load->out);
}

int main(int argc, char **argv)
{
	struct load load = {0};
	bool filling = argc == 6 && !strcmp(argv[3], "fill");

	if (!filling && argc != 7) {
		fprintf(stderr,
			"usage: bench-load SOCKET PREFIX fill COMMENTS COUNT\n"
			"       bench-load SOCKET PREFIX verdicts|echo COMMENTS RATE SECONDS\n");
		return 2;
	}
	load.echo = !strcmp(argv[3], "echo");
	snprintf(load.submitted, sizeof load.submitted, "%s:submitted", argv[2]);
	snprintf(load.read, sizeof load.read, "%s:%s", argv[2],
		 load.echo ? "submitted" : "verdicts");
	read_comments(&load, argv[4]);
	load.in = join(argv[1]);
	if (filling) {
		fill(&load, strtoul(argv[5], NULL, 10));
	} else {
		load.out = join(argv[1]);
		find_end(&load);
		at_rate(&load, strtod(argv[5], NULL), strtod(argv[6], NULL));
	}
	free_load(&load);
	return 0;
}
