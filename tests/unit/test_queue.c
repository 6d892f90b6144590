/* The parts of the queue that decide by what Redis replies: reading, reclaiming, rewriting the
 * append-only file. The session is a fake that keeps each command until the test replies to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "queue/aof_rewrite.h"
#include "queue/dead_letter.h"
#include "queue/reader.h"
#include "queue/reclaim.h"
#include "fake_session.h"

static struct batch *given; /* the batch that the handler has, the last one */

static void on_batch(void *arg, struct batch *batch)
{
	(void)arg;
	given = batch;
}

static int begin(void **state)
{
	(void)state;
	begin_queue(KEY_SUBMITTED);
	queue.handler = (struct handler){on_batch, NULL, NULL};
	given = NULL;
	return 0;
}

/* [[id, [text, …]] …] of `count` entries with texts of `len` bytes. */
static void add_entries(struct buf *out, size_t count, size_t len)
{
	buf_printf(out, "*%zu\r\n", count);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "*2\r\n$3\r\n1-%zu\r\n*2\r\n$4\r\ntext\r\n$%zu\r\n", i % 10, len);
		for (size_t k = 0; k < len; k++)
			buf_add_char(out, 'a');
		buf_add_string(out, "\r\n");
	}
}

/* ---- reading -------------------------------------------------------------------------- */

static void read_entries(const char *expected, size_t count, size_t len)
{
	struct buf reply = {0};

	buf_add_string(&reply, "*1\r\n*2\r\n$11\r\np:submitted\r\n");
	add_entries(&reply, count, len);
	answer(expected, buf_string(&reply));
	buf_free(&reply);
}

/* Ends the batch in hand, and reads on as the owner of a reader does. */
static void settle(struct reader *reader)
{
	queue_done(&queue, given);
	reader_go_on(reader);
}

#define READ(count)	"XREADGROUP GROUP g me COUNT " #count " STREAMS p:submitted >"
#define WAIT_FOR(count) "XREADGROUP GROUP g me COUNT " #count " BLOCK 5000 STREAMS p:submitted >"

static struct event_base *loop;
static int64_t now_ns;

static int64_t read_clock(void)
{
	return now_ns;
}

static struct reader *start_reader_with(const struct reader_options *options)
{
	struct reader *reader;

	loop = event_base_new();
	reader = reader_new(loop, &queue, options);
	assert_non_null(reader);
	reader_start(reader);
	return reader;
}

static struct reader *start_reader(void)
{
	return start_reader_with(
		&(struct reader_options){.batch = 20, .in_flight = 1, .block_ms = 5000});
}

static void free_reader(struct reader *reader)
{
	reader_free(reader);
	event_base_free(loop);
}

static void a_backlog_is_soon_read_in_full_batches(void **state)
{
	struct reader *reader = start_reader();

	(void)state;
	read_entries(READ(8), 8, 1);
	nothing_is_sent(); /* the limit in_flight is reached */
	settle(reader);
	read_entries(READ(16), 16, 1);
	settle(reader);
	read_entries(READ(20), 20, 1);
	settle(reader);
	read_entries(READ(20), 3, 1); /* the end of the stream */
	settle(reader);
	read_entries(WAIT_FOR(8), 1, 1);
	settle(reader);
	answer(WAIT_FOR(8), "*-1\r\n"); /* nothing came */
	answer(WAIT_FOR(8), NULL);
	nothing_is_sent();
	free_reader(reader);
}

static void large_entries_make_the_next_reads_smaller(void **state)
{
	struct reader *reader = start_reader();

	(void)state;
	/* 320 KB: the next count is an eighth, and at least 1. */
	read_entries(READ(8), 8, 40000);
	settle(reader);
	read_entries(READ(1), 1, 1);
	settle(reader);
	read_entries(READ(2), 2, 1);
	given->work.judging_ns = 300000000; /* so does judging that takes long */
	settle(reader);
	read_entries(READ(1), 1, 1);
	queue_done(&queue, given);
	free_reader(reader);
}

static void a_blocked_read_is_ended_and_an_answered_one_is_awaited(void **state)
{
	struct reader *reader = start_reader();

	(void)state;
	reader_stop(reader);
	assert_int_equal(reads_cut, 0); /* it is answered at once */
	assert_true(reader_is_reading(reader));
	assert_int_equal(progresses, 0);
	read_entries(READ(8), 1, 1);
	assert_non_null(given); /* it belongs to this consumer */
	assert_false(reader_is_reading(reader));
	assert_int_equal(progresses, 1);
	queue_done(&queue, given);
	reader_go_on(reader);
	nothing_is_sent();
	reader_start(reader);
	answer(READ(8), "*-1\r\n");
	reader_stop(reader);
	assert_int_equal(reads_cut, 1);
	answer(WAIT_FOR(8), NULL);
	assert_false(reader_is_reading(reader));
	free_reader(reader);
}

/* Reads `times` entries one by one, one every `gap_ns`. */
static void read_at_rate(struct reader *reader, size_t times, int64_t gap_ns)
{
	while (times--) {
		now_ns += gap_ns;
		read_entries(WAIT_FOR(8), 1, 1);
		settle(reader);
	}
}

static struct reader *start_lingering(void)
{
	const struct reader_options options = {.batch = 256,
					       .in_flight = 1,
					       .block_ms = 5000,
					       .linger_ms = 1,
					       .now_ns = read_clock};
	struct reader *reader;

	now_ns = 1;
	reader = start_reader_with(&options);
	read_entries(READ(8), 1, 1);
	settle(reader);
	read_at_rate(reader, 300, LINGER_SLOWEST_NS + 1000);
	for (int i = 0; sent_count && i < 300; i++)
		read_at_rate(reader, 1, LINGER_SLOWEST_NS / 2);
	nothing_is_sent();
	return reader;
}

static void entries_at_a_medium_rate_are_read_after_a_pause(void **state)
{
	struct reader *reader = start_lingering();

	(void)state;
	reader_go_on(reader);
	nothing_is_sent();
	event_base_loop(loop, EVLOOP_ONCE);
	read_entries(WAIT_FOR(16), 16, 1); /* as many as it asked for: no pause */
	settle(reader);
	now_ns += INT64_C(5000000000);
	answer(READ(32), "*-1\r\n");
	read_entries(WAIT_FOR(32), 1, 1); /* after 5 s: no pause */
	settle(reader);
	read_at_rate(reader, 100, LINGER_SLOWEST_NS + 1000);
	answer(WAIT_FOR(8), NULL);
	free_reader(reader);
}

static void a_pause_ends_with_reading(void **state)
{
	struct reader *reader = start_lingering();

	(void)state;
	reader_stop(reader);
	assert_false(reader_is_reading(reader));
	event_base_loop(loop, EVLOOP_NONBLOCK);
	nothing_is_sent();
	reader_start(reader); /* as after a connection */
	answer(READ(16), NULL);
	free_reader(reader);
}

static void the_gap_between_entries_is_smoothed(void **state)
{
	struct arrivals arrivals = {0};
	int64_t now = 1;

	(void)state;
	for (size_t i = 0; i < 100; i++) /* two together now and then are no high rate */
		arrivals_count(&arrivals, i % 2 + 1, now += 1000000);
	assert_false(arrivals_linger(&arrivals));
	for (int i = 0; i < 500; i++)
		arrivals_count(&arrivals, 1, now += 100000);
	assert_in_range(arrivals.gap_ns, 99000, 101000);
	assert_true(arrivals_linger(&arrivals));
	for (int i = 0; i < 50; i++) /* the same in batches */
		arrivals_count(&arrivals, 10, now += 1000000);
	assert_in_range(arrivals.gap_ns, 99000, 101000);
	arrivals_count(&arrivals, 1, now += 100000000); /* a pause ends it at once */
	assert_false(arrivals_linger(&arrivals));
	for (int i = 0; i < 1000; i++)
		arrivals_count(&arrivals, 256, now += 256 * 5000);
	assert_in_range(arrivals.gap_ns, 4900, 5100);
	assert_false(arrivals_linger(&arrivals));		      /* too fast to need it */
	arrivals_count(&arrivals, 0, now += INT64_C(86400000000000)); /* nothing for a day */
	assert_false(arrivals_linger(&arrivals));
}

/* ---- reclaiming ----------------------------------------------------------------------- */

static unsigned rounds;

static void on_round(void *arg)
{
	(void)arg;
	rounds++;
}

static struct reclaim *new_reclaim(void)
{
	const struct reclaim_options options = {
		.claim_after_ms = 30000, .max_deliveries = 5, .finished = on_round};

	rounds = 0;
	return reclaim_new(&queue, &options);
}

static void claim_entries(const char *expected, size_t count)
{
	struct buf reply = {0};

	add_entries(&reply, count, 1);
	answer(expected, buf_string(&reply));
	buf_free(&reply);
	assert_int_equal(given->count, count);
	queue_done(&queue, given);
}

#define PENDING(id, who, times) "*4\r\n$3\r\n" id "\r\n$2\r\n" who "\r\n:1\r\n:" times "\r\n"

/* What killed a consumer may kill the next: only entries delivered once are claimed together. */
static void an_entry_delivered_twice_is_claimed_alone(void **state)
{
	struct reclaim *reclaim = new_reclaim();

	(void)state;
	reclaim_round(reclaim, RECLAIM_OWN);
	reclaim_round(reclaim, RECLAIM_IDLE); /* one round at a time */
	answer("XPENDING p:submitted g - + 100 me",
	       "*4\r\n" PENDING("1-1", "me", "2") PENDING("1-2", "me", "1")
		       PENDING("1-3", "me", "4") PENDING("1-4", "me", "1"));
	claim_entries("XCLAIM p:submitted g me 0 1-2 1-4", 2);
	claim_entries("XCLAIM p:submitted g me 0 1-1", 1);
	assert_int_equal(rounds, 0);
	claim_entries("XCLAIM p:submitted g me 0 1-3", 1);
	assert_int_equal(rounds, 1);
	assert_false(reclaim_is_busy(reclaim));
	reclaim_free(reclaim);
}

static void an_entry_delivered_too_often_is_a_dead_letter(void **state)
{
	struct event_base *base = event_base_new();
	struct reclaim *reclaim = new_reclaim();

	(void)state;
	queue.dead_log = dead_log_new(base);
	metrics.dead = 0;
	reclaim_round(reclaim, RECLAIM_OWN);
	answer("XPENDING p:submitted g - + 100 me", "*1\r\n" PENDING("1-1", "me", "5"));
	answer("EVALSHA 3 p:submitted p:dead p:stats g 1-1 delivered 5 times without a verdict 5",
	       ":1\r\n");
	assert_int_equal(metrics.dead, 1);
	assert_int_equal(rounds, 1);
	dead_log_free(queue.dead_log);
	event_base_free(base);
	reclaim_free(reclaim);
}

/* Others' idle entries are claimed after a look for orphans, and our own unless they are in hand.
 * XCLAIM has the idle time again, as another consumer may be faster. */
static void idle_entries_are_claimed_but_not_those_in_hand(void **state)
{
	struct reclaim *reclaim = new_reclaim();
	struct reader *reader = start_reader();

	(void)state;
	read_entries(READ(8), 2, 1); /* 1-0 and 1-1 are in hand */
	reclaim_round(reclaim, RECLAIM_IDLE);
	answer("EVALSHA 2 p:submitted p:verdicts g - ", "*3\r\n$0\r\n\r\n$0\r\n\r\n:0\r\n");
	answer("XPENDING p:submitted g IDLE 30000 - + 100",
	       "*3\r\n" PENDING("1-1", "me", "1") PENDING("1-5", "me", "1")
		       PENDING("1-7", "he", "1"));
	reclaim_stop(reclaim); /* what is under way goes on to the end of its batch */
	queue_done(&queue, given);
	claim_entries("XCLAIM p:submitted g me 30000 1-5 1-7", 2);
	assert_int_equal(rounds, 1);
	nothing_is_sent();
	free_reader(reader);
	reclaim_free(reclaim);
}

/* ---- the append-only file ------------------------------------------------------------- */

#define INFO "INFO server persistence"

static void answer_info(const char *lines)
{
	struct buf reply = {0};

	buf_printf(&reply, "$%zu\r\n%s\r\n", strlen(lines), lines);
	answer(INFO, buf_string(&reply));
	buf_free(&reply);
}

/* What INFO says of the file since Redis started: not rewritten yet, being rewritten, the rewrite
 * failed. */
#define SERVER	  "# Server\r\nrun_id:0123456789abcdef0123456789abcdef01234567\r\n"
#define BEGUN	  SERVER "aof_enabled:1\r\naof_rewrite_in_progress:0\r\naof_rewrites:0\r\n"
#define UNDER_WAY SERVER "aof_enabled:1\r\naof_rewrite_in_progress:1\r\naof_rewrites:0\r\n"
#define FAILED	  SERVER "aof_enabled:1\r\naof_rewrites:1\r\naof_last_bgrewrite_status:err\r\n"

static void the_file_is_rewritten_once_after_a_start(void **state)
{
	static const struct {
		const char *info;
		bool rewrites;
	} rows[] = {
		{BEGUN, true},
		{FAILED, true},
		{SERVER "aof_enabled:0\r\naof_rewrites:0\r\n", false},
		{SERVER "aof_enabled:1\r\naof_rewrites:1\r\naof_last_bgrewrite_status:ok\r\n",
		 false},
		{UNDER_WAY, false}, /* and a timer waits for its end */
	};
	struct event_base *base = event_base_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct aof_rewrite *rewrite = aof_rewrite_new(base, NULL);

		aof_rewrite_check(rewrite);
		answer_info(rows[i].info);
		assert_int_equal(sent_count, rows[i].rewrites);
		if (sent_count)
			answer("BGREWRITEAOF", "+Background rewriting started\r\n");
		/* A timer looks whether it has ended. */
		assert_int_equal(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED),
				 rows[i].rewrites || rows[i].info == rows[4].info);
		aof_rewrite_free(rewrite);
	}
	event_base_free(base);
}

static void a_rewrite_is_watched_to_its_end(void **state)
{
	struct event_base *base = event_base_new();
	struct aof_rewrite *rewrite = aof_rewrite_new(base, NULL);

	(void)state;
	aof_rewrite_check(rewrite);
	answer_info(BEGUN);
	answer("BGREWRITEAOF", "+Background rewriting started\r\n");
	event_base_loop(base, EVLOOP_ONCE); /* the timer */
	answer_info(UNDER_WAY);
	event_base_loop(base, EVLOOP_ONCE);
	answer_info(BEGUN); /* ended, though Redis does not say that it was rewritten */
	nothing_is_sent();
	assert_int_equal(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 0);
	aof_rewrite_free(rewrite);
	event_base_free(base);
}

static void without_the_right_nothing_is_tried_again(void **state)
{
	struct event_base *base = event_base_new();
	struct aof_rewrite *rewrite = aof_rewrite_new(base, NULL);

	(void)state;
	aof_rewrite_check(rewrite);
	answer(INFO, "-NOPERM this user has no permissions to run the 'info' command\r\n");
	nothing_is_sent();
	aof_rewrite_check(rewrite);
	answer_info(BEGUN);
	answer("BGREWRITEAOF", "-NOPERM this user has no permissions\r\n");
	nothing_is_sent();
	assert_int_equal(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 0);
	up = false;
	aof_rewrite_check(rewrite); /* Redis is lost again */
	nothing_is_sent();
	aof_rewrite_free(rewrite);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_backlog_is_soon_read_in_full_batches, begin),
		cmocka_unit_test_setup(large_entries_make_the_next_reads_smaller, begin),
		cmocka_unit_test_setup(entries_at_a_medium_rate_are_read_after_a_pause, begin),
		cmocka_unit_test_setup(a_pause_ends_with_reading, begin),
		cmocka_unit_test(the_gap_between_entries_is_smoothed),
		cmocka_unit_test_setup(a_blocked_read_is_ended_and_an_answered_one_is_awaited,
				       begin),
		cmocka_unit_test_setup(an_entry_delivered_twice_is_claimed_alone, begin),
		cmocka_unit_test_setup(an_entry_delivered_too_often_is_a_dead_letter, begin),
		cmocka_unit_test_setup(idle_entries_are_claimed_but_not_those_in_hand, begin),
		cmocka_unit_test_setup(the_file_is_rewritten_once_after_a_start, begin),
		cmocka_unit_test_setup(a_rewrite_is_watched_to_its_end, begin),
		cmocka_unit_test_setup(without_the_right_nothing_is_tried_again, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
