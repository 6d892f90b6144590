/* Work that is due after a time: held comments are settled, streams are trimmed. The session is a
 * fake; timers are triggered by the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <sys/time.h>
#include "base/log.h"
#include "fake_session.h"
#include "queue/expiry.h"

static struct event_base *loop;

static int begin(void **state)
{
	(void)state;
	begin_queue(KEY_SUBMITTED);
	log_open(LOG_ERROR);
	loop = event_base_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	event_base_free(loop);
	return 0;
}

static int keep_timer(const struct event_base *base, const struct event *event, void *arg)
{
	const struct event **timer = arg;

	(void)base;
	if (event_pending(event, EV_TIMEOUT, NULL)) {
		assert_null(*timer); /* no other timer is set */
		*timer = event;
	}
	return 0;
}

/* The timer that is set, or NULL. */
static struct event *timer_set(void)
{
	const struct event *timer = NULL;

	event_base_foreach_event(loop, keep_timer, &timer);
	return (struct event *)(uintptr_t)timer;
}

/* When the timer is due, in ms, of gettimeofday(). */
static int64_t due(void)
{
	struct timeval at;

	assert_true(event_pending(timer_set(), EV_TIMEOUT, &at));
	return (int64_t)at.tv_sec * 1000 + at.tv_usec / 1000;
}

static int64_t now_ms(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (int64_t)now.tv_sec * 1000 + now.tv_usec / 1000;
}

static void let_time_pass(void)
{
	struct event *timer = timer_set();

	assert_non_null(timer);
	event_active(timer, EV_TIMEOUT, 0);
	event_base_loop(loop, EVLOOP_NONBLOCK);
}

/* ---- held comments -------------------------------------------------------------------- */

#define EXPIRE "EVALSHA 4 p:held p:verdicts p:rejected p:stats 8000 reject 100 2000 p:approved"

static void held_comments_expire_in_portions(void **state)
{
	static const struct settle_options options = {.keep_stats = 2000, .keep_approved = 1};
	struct hold_expiry *expiry = hold_expiry_new(loop, &queue, 8000, "reject", &options);
	int64_t before;

	(void)state;
	nothing_is_sent();
	let_time_pass();
	assert_null(timer_set());
	answer(EXPIRE, ":100\r\n"); /* there may be more */
	before = now_ms();
	answer(EXPIRE, ":99\r\n");
	nothing_is_sent();
	/* A quarter of --hold-for: no sooner than half of that, and no later than twice. */
	assert_in_range(due(), before + 1000, now_ms() + 4000);
	let_time_pass();
	answer(EXPIRE, NULL); /* lost: tried again later */
	nothing_is_sent();
	assert_non_null(timer_set());
	hold_expiry_free(expiry);
	assert_null(timer_set());
}

static void the_time_between_checks_is_bounded(void **state)
{
	static const struct settle_options options = {.keep_stats = 2000};
	int64_t before = now_ms();
	struct hold_expiry *expiry = hold_expiry_new(loop, &queue, 1, "approve", &options);

	(void)state;
	assert_true(due() >= before + 125);
	let_time_pass();
	answer("EVALSHA 4 p:held p:verdicts p:rejected p:stats 1 approve 100 2000 ", ":0\r\n");
	hold_expiry_free(expiry);
	expiry = hold_expiry_new(loop, &queue, INT64_C(30) * 86400000, "approve", &options);
	assert_true(due() <= now_ms() + 120000);
	hold_expiry_free(expiry);
}

/* ---- streams -------------------------------------------------------------------------- */

static void answer_trims(const char *reply)
{
	answer("EVALSHA 1 p:verdicts 7000", reply);
	answer("EVALSHA 1 p:rejected 8000", ":0\r\n");
	answer("EVALSHA 1 p:watched 8000", "-WRONGTYPE Operation against a key\r\n");
	answer("EVALSHA 1 p:reviewed 8000", ":0\r\n");
	assert_null(timer_set());
	answer("EVALSHA 1 p:dead 8000", ":0\r\n");
}

static void each_stream_is_trimmed_to_its_age(void **state)
{
	static const struct settle_options options = {.keep = 7000, .keep_rejected = 8000};
	struct retention *retention = retention_new(loop, &queue, &options);
	int64_t before;

	(void)state;
	let_time_pass();
	answer_trims(":3\r\n"); /* removed some: soon again */
	nothing_is_sent();
	assert_true(due() <= now_ms() + 1000);
	let_time_pass();
	before = now_ms();
	answer_trims(":0\r\n");
	assert_true(due() >= before + 2000);
	let_time_pass();
	answer_trims(NULL);
	assert_non_null(timer_set());
	retention_free(retention);
	assert_null(timer_set());
}

static void approved_comments_are_trimmed_where_they_are_kept(void **state)
{
	static const struct settle_options options = {
		.keep = 7000, .keep_rejected = 8000, .keep_approved = 9000};
	struct retention *retention = retention_new(loop, &queue, &options);

	(void)state;
	let_time_pass();
	answer_trims(":0\r\n");
	assert_null(timer_set());
	answer("EVALSHA 1 p:approved 9000", ":0\r\n");
	assert_non_null(timer_set());
	retention_free(retention);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(held_comments_expire_in_portions, begin, end),
		cmocka_unit_test_setup_teardown(the_time_between_checks_is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(each_stream_is_trimmed_to_its_age, begin, end),
		cmocka_unit_test_setup_teardown(approved_comments_are_trimmed_where_they_are_kept,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
