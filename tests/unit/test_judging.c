/* When the settling script is told to check types and permissions. The session is a fake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/loop.h"
#include "fake_session.h"
#include "queue/judging.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

/* In place of the C library's. It stands still, so that no result depends on the speed of the
 * machine. */
static time_t now_s = 1000;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){.tv_sec = now_s};
	return 0;
}

static struct event_base *loop;
static struct judging *judging;

static struct ruleset *load_rules(void)
{
	char directory[] = "/tmp/duyetd-judging-XXXXXX", path[64];
	struct problems *problems = problems_new();
	struct ruleset *rules;
	FILE *file;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/10.yaml", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("rules:\n  - {name: short, kind: length, at-least: 1, message: m}\n", file);
	fclose(file);
	rules = ruleset_load(directory, problems);
	unlink(path);
	rmdir(directory);
	problems_free(problems);
	assert_non_null(rules);
	return rules;
}

static int begin(void **state)
{
	static const struct judging_options options = {.settle = {.keep = 1}};

	(void)state;
	log_open(LOG_ERROR);
	begin_queue(KEY_SUBMITTED);
	loop = event_base_new();
	event_base_priority_init(loop, LOOP_PRIORITIES);
	judging = judging_new(loop, &queue, &options, load_rules());
	queue.handler = (struct handler){.add = judging_add, .arg = judging};
	return judging ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	fail_all();
	judging_free(judging);
	metrics_free(&metrics);
	event_base_free(loop);
	return 0;
}

static void on_done(void *arg, struct batch *batch)
{
	(void)arg, (void)batch;
}

/* Has a batch of one comment judged, which sends it to be settled. */
static void judge_one(void)
{
	static const char bytes[] = "*1\r\n*2\r\n$3\r\n1-1\r\n*4\r\n$2\r\nid\r\n$2\r\nc1\r\n"
				    "$4\r\ntext\r\n$3\r\nHay\r\n";
	redisReply *entries = parse(bytes, sizeof bytes - 1);
	struct batch *batch = batch_read(entries);
	size_t before = sent_count;

	freeReplyObject(entries);
	assert_non_null(batch);
	batch->done = on_done;
	queue_dispatch(&queue, batch);
	while (sent_count == before)
		assert_int_equal(event_base_loop(loop, EVLOOP_ONCE), 0);
}

/* Whether the last command tells the script to check. `check` of settle.lua is the argument before
 * the day; it is 1 or empty. */
static bool checks(void)
{
	const char *day = sent[sent_count - 1].command;
	int len = 0;

	while (!len && (day = strchr(day, ' ')))
		sscanf(++day, "%*4d-%*2d-%*2d%n", &len);
	assert_non_null(day);
	return !memcmp(day - 3, " 1 ", 3);
}

static void settled(void)
{
	redisReply *one = parse(":1\r\n", 4);
	struct sent oldest = sent[0];

	memmove(sent, sent + 1, --sent_count * sizeof *sent);
	oldest.done(oldest.arg, one);
	freeReplyObject(one);
}

static void it_checks_until_a_call_has_succeeded(void **state)
{
	(void)state;
	judge_one();
	assert_true(checks());
	judge_one();
	assert_true(checks());
	settled();
	settled();
}

/* The reply to a call that was sent before shows nothing. */
static void it_checks_after_a_refusal_until_a_later_call_has_succeeded(void **state)
{
	(void)state;
	judge_one();
	judge_one();
	sent[1].refused(sent[1].arg);
	sent_count--; /* XCLAIM needs no reply */
	settled();    /* the first; the second waits */
	judge_one();
	assert_true(checks());
	settled();
	judge_one();
	assert_true(checks());
	settled();
	settled();
}

/* The reply to a call that was sent before the check was due does not put the check off. */
static void it_checks_once_a_second(void **state)
{
	(void)state;
	judge_one();
	assert_true(checks());
	settled();
	judge_one();
	assert_false(checks());
	now_s++;
	settled();
	judge_one();
	assert_true(checks());
	settled();
	judge_one();
	assert_false(checks());
	settled();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_checks_until_a_call_has_succeeded, begin, end),
		cmocka_unit_test_setup_teardown(
			it_checks_after_a_refusal_until_a_later_call_has_succeeded, begin, end),
		cmocka_unit_test_setup_teardown(it_checks_once_a_second, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
