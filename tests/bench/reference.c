/*
 * A consumer that does not judge: it shows the limit that Redis sets. It reads with the daemon's
 * reader and settles with the daemon's script.
 *
 *	bench-reference SOCKET PREFIX approve|tenth|bare [BATCH [IN-FLIGHT]]
 *
 * approve: everything. tenth: one in ten is rejected, which costs Redis a record. bare: all
 * are acknowledged and published, no more: the upper limit.
 *
 * Runs until TERM.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "queue/queue.h"
#include "queue/reader.h"
#include "monitor/metrics.h"
#include "queue/settle.h"

/* Publishes the fields of a verdict as settle.lua does, without its checks: the limit. */
static const char bare_script[] =
	"local a = ARGV "
	"redis.call('XACK', KEYS[1], a[1], unpack(a, 4, 3 + a[3])) "
	"for i = 4, 3 + a[3] do redis.call('XADD', KEYS[2], '*', 'id', a[i + a[3]], 'verdict', "
	"'approve',"
	" 'rules', '', 'reason', '', 'entry', a[i], 'ruleset', a[2], 'by', 'duyetd') end";

struct reference {
	struct event_base *base;
	struct queue queue;
	struct reader *reader;
	struct metrics metrics;
	struct settle settle;
	size_t seen;
	bool bare, tenth;
};

static void on_settled(void *arg, const struct redisReply *reply)
{
	struct batch *batch = arg;
	struct reference *reference = batch->work.handler;

	if (reply)
		settle_checked(&reference->settle, 0);
	queue_done(&reference->queue, batch);
}

static void send_bare(struct reference *reference, struct batch *batch)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "EVAL");
	resp_string(&command, bare_script);
	resp_string(&command, "2");
	resp_string(&command, queue_key(&reference->queue, KEY_SUBMITTED));
	resp_string(&command, queue_key(&reference->queue, KEY_VERDICTS));
	resp_string(&command, reference->queue.group);
	resp_string(&command, "000000000000");
	resp_number(&command, (int64_t)reference->settle.count);
	resp_join(&command, &reference->settle.entries);
	resp_join(&command, &reference->settle.comments);
	session_call(reference->queue.session, LANE_WORK, &command, on_settled, batch);
}

static void send_whole(struct reference *reference, struct batch *batch)
{
	char successor[ENTRY_ID_SIZE] = "";

	batch_successor(batch, successor);
	settle_send(&reference->settle, &reference->queue, "000000000000", successor, on_settled,
		    NULL, batch);
}

static void add(void *arg, struct batch *batch)
{
	static const struct verdict approved = {.decision = DECISION_APPROVE, .reason = ""};
	static const struct verdict rejected = {
		.decision = DECISION_REJECT,
		.reason = "Bình luận cần tối thiểu 10 chữ, mới có 3 chữ."};
	struct reference *reference = arg;

	batch->work.handler = reference;
	settle_begin(&reference->settle);
	for (size_t i = 0; i < batch->count; i++) {
		const struct field *id = comment_field(&batch->entries[i].fields, "id");

		settle_add(&reference->settle, &batch->entries[i], id,
			   reference->tenth && reference->seen++ % 10 == 0 ? &rejected : &approved);
	}
	(reference->bare ? send_bare : send_whole)(reference, batch);
}

static void on_progress(void *arg)
{
	reader_go_on(((struct reference *)arg)->reader);
}

static void on_up(void *arg)
{
	reader_start(((struct reference *)arg)->reader);
}

static void on_over(void *arg)
{
	event_base_loopbreak(((struct reference *)arg)->base);
}

static void on_term(evutil_socket_t signal, short what, void *arg)
{
	(void)signal, (void)what;
	on_over(arg);
}

int main(int argc, char **argv)
{
	static const struct settle_options settle = {.keep = 7 * 86400000ll,
						     .keep_rejected = 30 * 86400000ll,
						     .keep_stats = 90 * 86400000ll};
	struct reference r = {.base = event_base_new(), .settle.options = &settle};
	struct session_options session = {.about = "redis",
					  .timeout_ms = 5000,
					  .block_ms = 5000,
					  .counters = &r.metrics.redis,
					  .up = on_up,
					  .down = on_over,
					  .arg = &r};
	struct reader_options reader = {.block_ms = 5000};
	char url[4096];

	if (argc < 4) {
		fprintf(stderr, "usage: bench-reference SOCKET PREFIX approve|tenth|bare [BATCH "
				"[IN-FLIGHT]]\n");
		return 2;
	}
	snprintf(url, sizeof url, "unix://%s", argv[1]);
	if (endpoint_parse(url, &session.endpoint) || keys_make(&r.queue.keys, argv[2]))
		return 2;
	log_open(LOG_ERROR);
	metrics_init(&r.metrics);
	r.bare = !strcmp(argv[3], "bare");
	r.tenth = !strcmp(argv[3], "tenth");
	reader.batch = argc > 4 ? strtoul(argv[4], NULL, 10) : 256;
	reader.in_flight = argc > 5 ? strtoul(argv[5], NULL, 10) : 4;
	r.queue.group = "duyetd";
	r.queue.consumer = "reference";
	r.queue.metrics = &r.metrics;
	r.queue.handler = (struct handler){.add = add, .arg = &r};
	r.queue.progress = on_progress;
	r.queue.arg = &r;
	session.setup = queue_setup(&r.queue);
	r.queue.session = session_open(r.base, &session);
	r.reader = reader_new(r.base, &r.queue, &reader);
	event_add(evsignal_new(r.base, SIGTERM, on_term, &r), NULL);
	event_base_dispatch(r.base);
	return 0;
}
