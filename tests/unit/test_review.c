/* Reviews, and the search for the verdict on a comment that has no record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/loop.h"
#include "fake_session.h"
#include "queue/dead_letter.h"
#include "queue/review.h"
#include "queue/verdict_search.h"

static struct event_base *loop;

static int begin(void **state)
{
	(void)state;
	begin_queue(KEY_REVIEW);
	loop = event_base_new();
	log_open(LOG_ERROR);
	return event_base_priority_init(loop, LOOP_PRIORITIES);
}

static int end(void **state)
{
	(void)state;
	event_base_free(loop);
	return 0;
}

/* ---- the search ----------------------------------------------------------------------- */

static unsigned done, lost;

static void on_done(void *arg, bool is_lost)
{
	(void)arg;
	done++;
	lost += is_lost;
}

static struct verdict_search search;

static const struct field id = {.value = "c1", .value_len = 2};

/* Starts a search for the verdict on the comment c1. `entry`: its entry, or NULL if unknown. */
static void start(const char *entry)
{
	const struct field about = {.value = entry, .value_len = entry ? strlen(entry) : 0};

	done = lost = 0;
	search = (struct verdict_search){.queue = &queue, .done = on_done};
	assert_true(verdict_search_init(&search, loop));
	verdict_search_start(&search, &id, entry ? &about : NULL);
}

static void value_is(size_t i, const char *expected)
{
	assert_int_equal(search.values[i].len, strlen(expected));
	assert_memory_equal(buf_string(&search.values[i]), expected, strlen(expected));
}

/* A row of the stream: its id, the comment's id, and who decided. */
#define ROW(entry, comment, by)                                                                    \
	"*2\r\n$3\r\n" entry "\r\n*6\r\n$2\r\nid\r\n$2\r\n" comment                                \
	"\r\n$7\r\nverdict\r\n$7\r\napprove\r\n$2\r\nby\r\n$3\r\n" by "\r\n"

static void the_newest_verdict_is_found(void **state)
{
	(void)state;
	start(NULL);
	answer("XREVRANGE p:verdicts + - COUNT 200",
	       "*3\r\n" ROW("9-1", "c2", "lan") ROW("8-1", "c1", "lan") ROW("7-1", "c1", "old"));
	assert_int_equal(done, 1);
	assert_int_equal(lost, 0);
	assert_true(search.found);
	assert_string_equal(search.at, "8-1");
	assert_string_equal(search.since, "9-1");
	value_is(0, "approve");
	value_is(1, ""); /* it has no rules */
	value_is(5, "lan");
	/* What came since. */
	verdict_search_again(&search);
	answer("XREVRANGE p:verdicts + (9-1 COUNT 200", "*0\r\n");
	assert_string_equal(search.since, "9-1");
	assert_string_equal(search.at, "8-1");
	verdict_search_again(&search);
	answer("XREVRANGE p:verdicts + (9-1 COUNT 200", "*1\r\n" ROW("9-2", "c1", "ann"));
	assert_string_equal(search.at, "9-2");
	value_is(5, "ann");
	assert_int_equal(done, 3);
	/* Another search forgets it. */
	verdict_search_start(&search, &id, NULL);
	answer("XREVRANGE p:verdicts + - COUNT 200", "*0\r\n");
	assert_int_equal(done, 4);
	assert_false(search.found);
	assert_string_equal(search.since, "0-0");
	nothing_is_sent();
	verdict_search_free(&search);
}

/* 200 verdicts on another comment, the last of which has the id 5-1. */
static void answer_full_page(const char *expected)
{
	struct buf page = {0};

	buf_add_string(&page, "*200\r\n");
	for (int i = 0; i < 199; i++)
		buf_add_string(&page, ROW("6-1", "c2", "lan"));
	buf_add_string(&page, ROW("5-1", "c2", "lan"));
	answer(expected, buf_string(&page));
	buf_free(&page);
}

static void after_a_full_page_and_a_pause_it_goes_on(void **state)
{
	(void)state;
	start(NULL);
	answer_full_page("XREVRANGE p:verdicts + - COUNT 200");
	nothing_is_sent();
	event_base_loop(loop, EVLOOP_ONCE);
	answer("XREVRANGE p:verdicts (5-1 - COUNT 200", "*1\r\n" ROW("4-1", "c3", "lan"));
	assert_int_equal(done, 1);
	assert_false(search.found);
	assert_string_equal(search.since, "6-1");
	verdict_search_free(&search);
}

static void it_ends_an_hour_before_the_entry(void **state)
{
	(void)state;
	start("3600777-5");
	answer("XREVRANGE p:verdicts + 777 COUNT 200", "*1\r\n" ROW("9-1", "c2", "lan"));
	assert_int_equal(done, 1);
	verdict_search_free(&search);
	start("3600777-5"); /* after all verdicts, so the id has no valid time */
	answer("XREVRANGE p:verdicts + 777 COUNT 200", "*0\r\n");
	assert_int_equal(done, 0);
	event_base_loop(loop, EVLOOP_ONCE);
	answer("XREVRANGE p:verdicts + - COUNT 200", "*1\r\n" ROW("9-1", "c1", "lan"));
	assert_int_equal(done, 1);
	assert_true(search.found);
	verdict_search_free(&search);
	start("no-id");
	answer("XREVRANGE p:verdicts + - COUNT 200", NULL);
	assert_int_equal(lost, 1);
	verdict_search_free(&search);
}

static void a_search_ends_when_the_daemon_stops(void **state)
{
	(void)state;
	start(NULL);
	queue.stopping = true;
	answer_full_page("XREVRANGE p:verdicts + - COUNT 200");
	assert_int_equal(lost, 1);
	assert_true(queue.left_pending);
	queue.stopping = false;
	verdict_search_free(&search);
	start(NULL);
	answer_full_page("XREVRANGE p:verdicts + - COUNT 200");
	verdict_search_cancel(&search);
	event_base_loop(loop, EVLOOP_NONBLOCK);
	assert_int_equal(event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED), 0);
	assert_int_equal(done, 0);
	verdict_search_free(&search);
}

/* ---- reviews -------------------------------------------------------------------------- */

static unsigned batches_done;

static void on_batch_done(void *arg, struct batch *batch)
{
	(void)arg, (void)batch;
	batches_done++;
}

static struct reviews *start_reviews(void)
{
	static const struct settle_options options = {.keep_rejected = 1000, .keep_stats = 2000};
	struct reviews *reviews = reviews_new(loop, &queue, &options);

	assert_non_null(reviews);
	queue.handler = (struct handler){reviews_add, reviews_drop, reviews};
	batches_done = 0;
	return reviews;
}

static void add_word(struct buf *out, const char *word)
{
	buf_printf(out, "$%zu\r\n%s\r\n", strlen(word), word);
}

/* Adds a batch of two entries, 9-1 and 9-2, with the id c1 and these fields. */
static void submit(const char *verdict, const char *by, const char *name, const char *value)
{
	struct buf out = {0};
	const char *words[] = {"id", "c1", "verdict", verdict, "by", by, name, value};
	redisReply *reply;
	struct batch *batch;

	buf_add_string(&out, "*2\r\n");
	for (int entry = 1; entry <= 2; entry++) {
		buf_printf(&out, "*2\r\n$3\r\n9-%d\r\n*8\r\n", entry);
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			add_word(&out, words[i]);
	}
	reply = parse(buf_string(&out), out.len);
	batch = batch_read(reply);
	assert_non_null(batch);
	batch->done = on_batch_done;
	queue_dispatch(&queue, batch);
	freeReplyObject(reply);
	buf_free(&out);
}

/* The script for an approval by lan, with a note. */
#define DECIDE(entry, rest)                                                                        \
	"EVALSHA 6 p:review p:verdicts p:rejected p:held p:reviewed p:stats g " entry              \
	" c1 approve lan ok      1000 2000  " rest

static void reviews_are_decided_one_after_another(void **state)
{
	struct reviews *reviews = start_reviews();

	(void)state;
	submit("approve", "lan", "note", "ok");
	answer(DECIDE("9-1", ""), "$4\r\nDONE\r\n");
	assert_int_equal(batches_done, 0);
	answer(DECIDE("9-2", ""), "$4\r\nSAME\r\n");
	assert_int_equal(metrics.reviews, 1);
	assert_int_equal(batches_done, 1);
	assert_int_equal(progresses, 1);
	nothing_is_sent();
	reviews_free(reviews);
}

static void a_comment_without_a_record_is_looked_up(void **state)
{
	struct reviews *reviews = start_reviews();

	(void)state;
	submit("approve", "lan", "note", "ok");
	answer(DECIDE("9-1", ""), "$4\r\nLOOK\r\n");
	answer("XREVRANGE p:verdicts + - COUNT 200", "*1\r\n" ROW("8-1", "c1", "bot"));
	answer(DECIDE("9-1", "8-1 8-1 approve     bot"), "$4\r\nLOOK\r\n");
	answer("XREVRANGE p:verdicts + (8-1 COUNT 200", "*0\r\n");
	answer(DECIDE("9-1", "8-1 8-1 approve     bot"), "$4\r\nDONE\r\n");
	answer(DECIDE("9-2", ""), NULL); /* the next review begins without what was found */
	assert_int_equal(metrics.reviews, 1);
	assert_int_equal(batches_done, 1);
	reviews_free(reviews);
}

/* If memory runs out for the fields of the verdict that was found, the review is not sent: Redis
 * would refuse it, or publish it with a field missing. */
static void a_verdict_that_memory_cannot_hold_decides_nothing(void **state)
{
	static const char row[] = "*1\r\n" ROW("8-1", "c1", "bot");
	struct reviews *reviews = start_reviews();
	redisReply *page = parse(row, sizeof row - 1);

	(void)state;
	submit("approve", "lan", "note", "ok");
	answer(DECIDE("9-1", ""), "$4\r\nLOOK\r\n");
	page->element[0]->element[1]->element[5]->len = SIZE_MAX / 2;
	answer_reply("XREVRANGE p:verdicts + - COUNT 200", page);
	nothing_is_sent();
	assert_int_equal(restarts, 1);
	assert_int_equal(batches_done, 1);
	assert_int_equal(metrics.reviews, 0);
	reviews_free(reviews);
}

#define DEAD(entry, why) "EVALSHA 3 p:review p:dead p:stats g " entry " " why " 1"

static void what_cannot_be_decided_is_a_dead_letter(void **state)
{
	static const struct {
		const char *verdict, *by, *name, *value, *why;
	} rows[] = {
		{"hold", "lan", "note", "", "the field verdict must be approve or reject"},
		{"reject", "", "note", "", "the field by must say who decided"},
		{"reject", "duyetd", "note", "",
		 "the field by must name a person: duyetd is the daemon"},
		{"reject", "lan", "only-if", "lan", "the field only-if must be duyetd"},
	};
	struct reviews *reviews = start_reviews();
	char expected[256];

	(void)state;
	queue.dead_log = dead_log_new(loop);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		submit(rows[i].verdict, rows[i].by, rows[i].name, rows[i].value);
		for (int entry = 1; entry <= 2; entry++) {
			snprintf(expected, sizeof expected, DEAD("9-%d", "%s"), entry, rows[i].why);
			answer(expected, ":1\r\n");
		}
		assert_int_equal(batches_done, i + 1);
	}
	submit("approve", "lan", "note", "ok");
	answer(DECIDE("9-1", ""), "$7\r\nUNKNOWN\r\n");
	answer(DEAD("9-1", "no comment with this id is known: it is neither among the rejected nor "
			   "among the verdicts that are kept"),
	       ":1\r\n");
	answer(DECIDE("9-2", ""), "$4\r\nDONE\r\n");
	assert_int_equal(metrics.dead, 9);
	dead_log_free(queue.dead_log);
	reviews_free(reviews);
}

static void a_lost_session_leaves_all_reviews_pending(void **state)
{
	struct reviews *reviews = start_reviews();

	(void)state;
	submit("approve", "lan", "note", "ok");
	submit("approve", "lan", "note", "ok");
	sent[0].refused(sent[0].arg); /* the refusal does not count as a delivery */
	assert_string_equal(sent[1].command, "XCLAIM p:review g me 0 9-1 9-2 RETRYCOUNT 1 JUSTID");
	answer(DECIDE("9-1", ""), "+OTHER\r\n");
	assert_int_equal(restarts, 1);
	assert_int_equal(batches_done, 0);
	queue.handler.drop(reviews); /* as after the loss */
	assert_int_equal(batches_done, 2);
	assert_int_equal(queue.in_hand, 0);
	reviews_free(reviews);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_newest_verdict_is_found, begin, end),
		cmocka_unit_test_setup_teardown(after_a_full_page_and_a_pause_it_goes_on, begin,
						end),
		cmocka_unit_test_setup_teardown(it_ends_an_hour_before_the_entry, begin, end),
		cmocka_unit_test_setup_teardown(a_search_ends_when_the_daemon_stops, begin, end),
		cmocka_unit_test_setup_teardown(reviews_are_decided_one_after_another, begin, end),
		cmocka_unit_test_setup_teardown(a_comment_without_a_record_is_looked_up, begin,
						end),
		cmocka_unit_test_setup_teardown(a_verdict_that_memory_cannot_hold_decides_nothing,
						begin, end),
		cmocka_unit_test_setup_teardown(what_cannot_be_decided_is_a_dead_letter, begin,
						end),
		cmocka_unit_test_setup_teardown(a_lost_session_leaves_all_reviews_pending, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
