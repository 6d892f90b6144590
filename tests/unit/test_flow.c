/* The life cycle of a flow: from no connection to its end. The session is a fake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include "fake_session.h"
#include "queue/flow.h"

static struct event_base *loop;
static struct flow *flow;
static struct batch *given; /* the batch that the handler has, the last one */
static unsigned drops, changes, ends;

static void on_batch(void *arg, struct batch *batch)
{
	(void)arg;
	given = batch;
}

/* As a handler does: gives up what it has. */
static void on_drop(void *arg)
{
	struct queue *of_flow = arg;

	drops++;
	while (of_flow->batches)
		queue_done(of_flow, of_flow->batches);
}

static void on_changed(void *arg)
{
	(void)arg;
	changes++;
}

static void on_ended(void *arg)
{
	(void)arg;
	ends++;
}

static int begin(void **state)
{
	struct flow_options options = {.batch = 20,
				       .in_flight = 1,
				       .claim_after_ms = 30000,
				       .max_deliveries = 5,
				       .changed = on_changed,
				       .ended = on_ended};

	(void)state;
	begin_queue(KEY_SUBMITTED);
	up = false;
	options.queue = queue;
	drops = changes = ends = 0;
	loop = event_base_new();
	flow = flow_new(loop, &options);
	assert_non_null(flow);
	flow_queue(flow)->handler = (struct handler){on_batch, on_drop, flow_queue(flow)};
	return 0;
}

static int end(void **state)
{
	(void)state;
	flow_disconnect(flow);
	assert_int_equal(flow_queue(flow)->in_hand, 0);
	flow_free(flow);
	event_base_free(loop);
	return 0;
}

#define OWN   "XPENDING p:submitted g - + 100 me"
#define READ  "XREADGROUP GROUP g me COUNT 8 STREAMS p:submitted >"
#define WAIT  "XREADGROUP GROUP g me COUNT 8 BLOCK 5000 STREAMS p:submitted >"
#define LEAVE "EVALSHA 1 p:submitted g me"
#define NONE  "*-1\r\n"
#define ENTRY                                                                                      \
	"*1\r\n*2\r\n$11\r\np:submitted\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$2\r\nid\r\n$1\r\na\r\n"

static void connect_it(void)
{
	up = true;
	opened.up(opened.arg);
}

static void lose_it(void)
{
	up = false;
	fail_all();
	opened.down(opened.arg);
}

static void start_working(void)
{
	connect_it();
	answer(OWN, "*0\r\n");
}

static void unfinished_entries_come_before_new_ones(void **state)
{
	(void)state;
	nothing_is_sent();
	assert_int_equal(changes, 0);
	connect_it();
	assert_int_equal(changes, 1);
	assert_int_equal(sent_count, 1);
	answer(OWN, "*1\r\n*4\r\n$3\r\n1-0\r\n$2\r\nme\r\n:1\r\n:1\r\n");
	answer("XCLAIM p:submitted g me 0 1-0",
	       "*1\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$2\r\nid\r\n$1\r\nz\r\n");
	nothing_is_sent(); /* it is in hand */
	queue_done(flow_queue(flow), given);
	answer(READ, ENTRY);
	nothing_is_sent();
	queue_done(flow_queue(flow), given); /* reads on */
	assert_string_equal(sent[0].command, WAIT);
	/* The search for entries that other consumers left begins at once, and is repeated. */
	event_base_loop(loop, EVLOOP_ONCE);
	assert_int_equal(sent_count, 2);
	assert_string_equal(sent[1].command, "EVALSHA 2 p:submitted p:verdicts g - ");
	assert_int_equal(event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED), 1);
}

static void after_a_lost_connection_it_recovers_again(void **state)
{
	(void)state;
	connect_it();
	lose_it(); /* while it recovers */
	nothing_is_sent();
	start_working();
	answer(READ, ENTRY);
	assert_int_equal(flow_queue(flow)->in_hand, 1);
	lose_it();
	assert_int_equal(drops, 2);
	assert_int_equal(flow_queue(flow)->in_hand, 0);
	nothing_is_sent();
	event_base_loop(loop, EVLOOP_NONBLOCK); /* claims nothing meanwhile */
	nothing_is_sent();
	opened.failed(opened.arg);
	assert_int_equal(changes, 3);
	start_working();
	assert_string_equal(sent[0].command, READ);
	assert_int_equal(ends, 0);
}

static void it_ends_after_settling_all_and_leaving_the_group(void **state)
{
	(void)state;
	start_working();
	answer(READ, ENTRY);
	flow_stop(flow);
	assert_true(flow_queue(flow)->stopping);
	nothing_is_sent();
	queue_done(flow_queue(flow), given);
	answer(OWN, "*0\r\n"); /* what came while the read was cut */
	assert_int_equal(ends, 0);
	answer(LEAVE, "-ERR\r\n");
	assert_int_equal(ends, 1);
	nothing_is_sent();
	assert_int_equal(drops, 0);
}

static void a_read_under_way_ends_first(void **state)
{
	(void)state;
	start_working();
	answer(READ, NONE);
	flow_stop(flow);
	assert_int_equal(reads_cut, 1);
	assert_int_equal(sent_count, 1);
	answer(WAIT, NULL);
	answer(OWN, "*0\r\n");
	answer(LEAVE, ":1\r\n");
	assert_int_equal(ends, 1);
}

static void a_claim_under_way_ends_first(void **state)
{
	(void)state;
	connect_it();
	flow_stop(flow);
	assert_int_equal(ends, 0);
	answer(OWN, "*0\r\n");
	answer(OWN, "*0\r\n"); /* of sweep_when_idle() */
	answer(LEAVE, ":1\r\n");
	assert_int_equal(ends, 1);
	nothing_is_sent(); /* in particular no read */
}

static void it_ends_at_once_without_redis(void **state)
{
	(void)state;
	flow_stop(flow);
	assert_int_equal(ends, 1);
	connect_it();
	nothing_is_sent();
	lose_it();
	assert_int_equal(ends, 1);
}

static void it_ends_when_redis_is_lost_meanwhile(void **state)
{
	(void)state;
	start_working();
	answer(READ, ENTRY);
	flow_stop(flow);
	lose_it();
	assert_int_equal(drops, 1);
	assert_int_equal(ends, 1);
}

static void what_the_handler_left_is_not_claimed_again(void **state)
{
	(void)state;
	start_working();
	answer(READ, ENTRY);
	flow_stop(flow);
	flow_queue(flow)->left_pending = true;
	queue_done(flow_queue(flow), given);
	nothing_is_sent();
	assert_int_equal(ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unfinished_entries_come_before_new_ones, begin,
						end),
		cmocka_unit_test_setup_teardown(after_a_lost_connection_it_recovers_again, begin,
						end),
		cmocka_unit_test_setup_teardown(it_ends_after_settling_all_and_leaving_the_group,
						begin, end),
		cmocka_unit_test_setup_teardown(a_read_under_way_ends_first, begin, end),
		cmocka_unit_test_setup_teardown(a_claim_under_way_ends_first, begin, end),
		cmocka_unit_test_setup_teardown(it_ends_at_once_without_redis, begin, end),
		cmocka_unit_test_setup_teardown(it_ends_when_redis_is_lost_meanwhile, begin, end),
		cmocka_unit_test_setup_teardown(what_the_handler_left_is_not_claimed_again, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
