/* What becomes of a command that Redis refuses, which server is chosen, replies in an arena, and a
 * host name whose look-up takes longer than the loop.
 * The connections are fakes: each keeps its last command until the test replies to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "redis/background.h"
#include "redis/call.h"
#include "redis/locate.h"
#include "redis/reply_arena.h"
#include "reply.h"

/* ---- the connections ------------------------------------------------------------------ */

enum { MOST_CONNECTIONS = 4, MOST_SENT = 8 };

struct connection {
	struct connection_options options;
	bool open;
	size_t sent;
	struct {
		char words[128];
		reply_fn *done;
		void *arg;
	} command[MOST_SENT];
};

static struct connection connections[MOST_CONNECTIONS];
static size_t opened;

struct connection *connection_open(struct event_base *base,
				   const struct connection_options *options)
{
	struct connection *connection = &connections[opened++];

	(void)base;
	assert_true(opened <= MOST_CONNECTIONS);
	*connection = (struct connection){.options = *options, .open = true};
	return connection;
}

bool connection_send(struct connection *connection, struct resp *command, reply_fn *done, void *arg)
{
	const char *bytes;
	size_t len, at = 0, i = connection->sent;
	redisReply *words;

	if (!connection->open)
		return false;
	assert_true(connection->sent++ < MOST_SENT);
	assert_true(resp_finish(command, &bytes, &len));
	words = parse(bytes, len);
	for (size_t k = 0; k < words->elements; k++)
		at += (size_t)snprintf(connection->command[i].words + at, 128 - at, "%s%s",
				       k ? " " : "", words->element[k]->str);
	freeReplyObject(words);
	connection->command[i].done = done;
	connection->command[i].arg = arg;
	return true;
}

void connection_close(struct connection *connection)
{
	if (connection)
		connection->open = false;
}

/* Replies to the first command, which must be `expected`. The reply is in the protocol; NULL: lost.
 */
static void answer(struct connection *connection, const char *expected, const char *protocol)
{
	reply_fn *done = connection->command[0].done;
	void *arg = connection->command[0].arg;
	redisReply *reply = protocol ? parse(protocol, strlen(protocol)) : NULL;

	assert_true(connection->sent);
	assert_string_equal(connection->command[0].words, expected);
	connection->sent--;
	memmove(connection->command, connection->command + 1,
		sizeof connection->command - sizeof connection->command[0]);
	done(arg, reply);
	freeReplyObject(reply);
}

/* ---- a call --------------------------------------------------------------------------- */

static struct event_base *base;
static struct redis_counters counters;
static struct calls calls;
static unsigned restarts, completed, refusals, news;
static char result[64];

static void on_restart(void *arg, const char *why)
{
	(void)arg, (void)why;
	restarts++;
	calls_give_up(&calls);
}

static void on_refusing(void *arg)
{
	(void)arg;
	news++;
}

static void on_done(void *arg, const redisReply *reply)
{
	(void)arg;
	completed++;
	snprintf(result, sizeof result, "%s", reply ? reply->str : "lost");
}

static void on_refused(void *arg)
{
	(void)arg;
	refusals++;
}

static int begin(void **state)
{
	static const struct lua_script scripts[] = {
		{"return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"}};
	static const struct setup setup = {"p:submitted", "g", scripts, 1};
	static const struct connection_options none = {0};

	(void)state;
	base = event_base_new();
	opened = 0;
	restarts = completed = refusals = news = 0;
	counters = (struct redis_counters){0};
	calls = (struct calls){.base = base,
			       .about = "redis",
			       .setup = &setup,
			       .counters = &counters,
			       .restart = on_restart,
			       .refusing = on_refusing};
	for (int lane = 0; lane < LANES; lane++)
		calls.connections[lane] = connection_open(base, &none);
	return 0;
}

static int end(void **state)
{
	(void)state;
	event_base_free(base);
	return 0;
}

static struct connection *call(const char *words)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_words(&command, words);
	assert_true(call_send(&calls, LANE_WORK, &command, on_done, on_refused, NULL));
	resp_free(&command);
	return calls.connections[LANE_WORK];
}

/* A timer waits to send a call again. */
static int waiting(void)
{
	return event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED);
}

static void a_lost_script_or_group_is_restored_before_the_next_attempt(void **state)
{
	struct connection *redis = call("EVALSHA x 0");

	(void)state;
	answer(redis, "EVALSHA x 0", "-NOSCRIPT No matching script\r\n");
	answer(redis, "SCRIPT LOAD return 1",
	       "$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n");
	answer(redis, "EVALSHA x 0", "-NOGROUP No such key\r\n");
	answer(redis, "XGROUP CREATE p:submitted g 0 MKSTREAM", "+OK\r\n");
	assert_int_equal(redis->sent, 0); /* a second time it waits */
	assert_int_equal(waiting(), 1);
	event_base_loop(base, EVLOOP_ONCE);
	assert_int_equal(completed, 0);
	answer(redis, "EVALSHA x 0", "+OK\r\n");
	assert_int_equal(completed, 1);
	assert_string_equal(result, "OK");
	assert_int_equal(counters.faults[FAULT_NOSCRIPT], 1);
	assert_int_equal(counters.faults[FAULT_NOGROUP], 1);
	assert_int_equal(restarts, 0);
}

static void why_a_group_cannot_be_created_is_logged(void **state)
{
	struct connection *redis = call("XCLAIM p:submitted");

	(void)state;
	answer(redis, "XCLAIM p:submitted", "-NOGROUP No such key\r\n");
	answer(redis, "XGROUP CREATE p:submitted g 0 MKSTREAM", "-OOM command not allowed\r\n");
	assert_string_equal(calls.refusal, "\"OOM command not allowed\"");
	assert_int_equal(counters.faults[FAULT_OOM], 1);
	answer(redis, "XCLAIM p:submitted", "-NOGROUP No such key\r\n");
	answer(redis, "XGROUP CREATE p:submitted g 0 MKSTREAM",
	       "-BUSYGROUP Consumer Group name already exists\r\n"); /* no fault */
	assert_int_equal(counters.faults[FAULT_BUSY], 0);
	event_base_loop(base, EVLOOP_ONCE);
	answer(redis, "XCLAIM p:submitted", "+OK\r\n");
	assert_int_equal(completed, 1);
	assert_string_equal(calls.refusal, "");
}

static void a_key_of_another_type_is_named(void **state)
{
	struct connection *redis = call("XCLAIM p:submitted");

	(void)state;
	answer(redis, "XCLAIM p:submitted",
	       "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
	assert_string_equal(calls.refusal, "\"WRONGTYPE Operation against a key holding the wrong "
					   "kind of value (p:submitted)\"");
	event_base_loop(base, EVLOOP_ONCE);
	answer(redis, "XCLAIM p:submitted", "-WRONGTYPE Operation (p:rejected) script: 1\r\n");
	assert_int_equal(counters.faults[FAULT_WRONGTYPE], 2);
	event_base_loop(base, EVLOOP_ONCE);
	answer(redis, "XCLAIM p:submitted", "+OK\r\n");
}

static void a_refused_call_is_repeated_and_others_continue(void **state)
{
	struct connection *redis = call("XADD a");

	(void)state;
	call("XADD b");
	answer(redis, "XADD a", "-OOM command not allowed\r\n");
	answer(redis, "XADD b", "+OK\r\n");
	assert_int_equal(completed, 1);
	assert_int_equal(refusals, 1);
	assert_string_equal(calls.refusal, "\"OOM command not allowed\"");
	event_base_loop(base, EVLOOP_ONCE);
	answer(redis, "XADD a", "-OOM command not allowed\r\n");
	assert_int_equal(refusals, 1); /* reported once */
	assert_int_equal(news, 1);
	event_base_loop(base, EVLOOP_ONCE);
	answer(redis, "XADD a", "+OK\r\n");
	assert_int_equal(completed, 2);
	assert_string_equal(calls.refusal, "");
	assert_int_equal(news, 2);
	assert_int_equal(counters.faults[FAULT_OOM], 2);
	assert_int_equal(waiting(), 0);
}

static void replies_that_name_another_server_restart_the_session(void **state)
{
	static const char *const errors[] = {"-READONLY You can't write\r\n",
					     "-MOVED 1 10.0.0.2:6379\r\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct connection *redis = call("XADD a");

		call("XADD b");
		answer(redis, "XADD a", errors[i]);
		assert_int_equal(restarts, i + 1);
		assert_int_equal(completed, 2 * (i + 1)); /* both, with NULL */
		assert_string_equal(result, "lost");
		redis->sent = 0;
	}
}

static void *no_memory(void *memory, size_t size)
{
	(void)memory, (void)size;
	return NULL;
}

/* A call that waits without a timer would wait forever. */
static void out_of_memory_for_the_timer_restarts_the_session(void **state)
{
	struct connection *redis = call("XADD a");

	(void)state;
	event_set_mem_functions(malloc, no_memory, free);
	answer(redis, "XADD a", "-LOADING Redis is loading\r\n");
	event_set_mem_functions(malloc, realloc, free);
	assert_int_equal(restarts, 1);
	assert_int_equal(completed, 1);
	assert_string_equal(result, "lost");
}

static void a_call_that_waits_is_lost_with_the_connection(void **state)
{
	struct connection *redis = call("XADD a");

	(void)state;
	answer(redis, "XADD a", "-LOADING Redis is loading\r\n");
	connection_close(redis);
	event_base_loop(base, EVLOOP_ONCE);
	assert_int_equal(completed, 1);
	assert_string_equal(result, "lost");
	calls_give_up(&calls);
	assert_int_equal(completed, 1);
}

/* ---- the server ----------------------------------------------------------------------- */

static struct endpoint endpoint;
static char found[300], failed[100];
static unsigned changes;

static void on_found(void *arg, const struct address *server)
{
	(void)arg;
	if (server)
		snprintf(found, sizeof found, "%s:%u", server->host, server->port);
	else
		snprintf(found, sizeof found, "socket");
}

static void on_failed(void *arg, const char *why)
{
	(void)arg;
	snprintf(failed, sizeof failed, "%s", why);
}

static void on_changed(void *arg, const char *why)
{
	(void)arg, (void)why;
	changes++;
}

static struct locate *locate(const char *url)
{
	const struct locate_options options = {.endpoint = &endpoint,
					       .timeout_ms = 1000,
					       .found = on_found,
					       .failed = on_failed,
					       .changed = on_changed};

	assert_null(endpoint_parse(url, &endpoint));
	opened = changes = 0;
	found[0] = failed[0] = '\0';
	return locate_new(base, &options);
}

static void search(struct locate *where, const char *server)
{
	found[0] = '\0';
	locate_search(where);
	assert_string_equal(found, server);
}

static void hosts_are_tried_in_turn(void **state)
{
	struct locate *where = locate("redis://a:1,b:2");

	(void)state;
	search(where, "a:1");
	search(where, "b:2");
	search(where, "a:1");
	assert_true(locate_moved(where, "MOVED 3999 10.0.0.2:6381"));
	search(where, "10.0.0.2:6381");
	search(where, "b:2");				      /* it was not there */
	assert_true(locate_moved(where, "MOVED 3999 :7000")); /* another port of the same host */
	search(where, "b:7000");
	assert_true(locate_moved(where, "MOVED 1 fe80::2:6381"));
	search(where, "fe80::2:6381");
	assert_false(locate_moved(where, "MOVED 1 a:0"));
	assert_false(locate_moved(where, "MOVED 1"));
	assert_false(locate_moved(where, "READONLY"));
	locate_free(where);
	where = locate("unix:///run/redis.sock");
	search(where, "socket");
	assert_false(locate_moved(where, "MOVED 1 a:1")); /* a socket is no Cluster */
	locate_free(where);
}

#define ASKED	    "SENTINEL get-master-addr-by-name m"
#define NAMES(host) "*2\r\n$1\r\n" host "\r\n$4\r\n6379\r\n"

/* Lets sentinel `i` connect and answer; NULL: it is lost. */
static void sentinel_says(size_t i, const char *protocol)
{
	struct connection *sentinel = &connections[i];

	assert_true(sentinel->open);
	sentinel->options.ready(sentinel->options.arg);
	answer(sentinel, ASKED, protocol);
}

/* A sentinel that was cut off goes on naming an old master: what is written there is lost. */
static void a_majority_of_sentinels_must_name_a_master(void **state)
{
	struct locate *where = locate("redis+sentinel://a,b,c/m");

	(void)state;
	search(where, "");
	sentinel_says(0, NAMES("x"));
	assert_string_equal(found, "");
	sentinel_says(1, NAMES("y"));
	assert_string_equal(found, "");
	sentinel_says(2, NAMES("y"));
	assert_string_equal(found, "y:6379");
	locate_stop(where);

	opened = 0;
	search(where, "");
	sentinel_says(2, NAMES("y"));
	sentinel_says(1, NAMES("y"));
	assert_string_equal(found, "y:6379"); /* the third is not waited for */
	assert_false(connections[0].open);
	locate_stop(where);

	opened = 0;
	search(where, "");
	sentinel_says(0, NAMES("x"));
	sentinel_says(1, NAMES("y"));
	connections[2].options.lost(connections[2].options.arg, "refused");
	assert_string_equal(failed, "the sentinels do not agree on a master with this name");

	opened = 0;
	search(where, "");
	for (size_t i = 0; i < 3; i++)
		connections[i].options.lost(connections[i].options.arg, "refused");
	assert_string_equal(failed, "no sentinel replies");
	assert_int_equal(changes, 0);
	locate_free(where);
}

/* ---- replies -------------------------------------------------------------------------- */

static void equal(const redisReply *a, const redisReply *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->integer, b->integer);
	assert_int_equal(a->elements, b->elements);
	assert_int_equal(a->len, b->len);
	assert_int_equal(!a->str, !b->str);
	if (a->str)
		assert_memory_equal(a->str, b->str, a->len + 1);
	for (size_t i = 0; i < a->elements; i++)
		equal(a->element[i], b->element[i]);
}

/* The same as hiredis's own, however the bytes come, and also after a reply so large that the arena
 * frees its memory. */
static void replies_in_an_arena_equal_those_of_hiredis(void **state)
{
	static const char *const replies[] = {
		"+OK\r\n",
		"-ERR no\r\n",
		":-42\r\n",
		"$-1\r\n",
		"*-1\r\n",
		"*0\r\n",
		"$4\r\na\0\r\n\r\n",
		"*3\r\n*2\r\n$3\r\n1-1\r\n*4\r\n$1\r\na\r\n$0\r\n\r\n$1\r\nb\r\n:7\r\n*-1\r\n-ERR x\r\n",
	};
	struct reply_arena *arena = reply_arena_new();
	redisReader *reader = redisReaderCreate();
	struct buf large = {0};

	(void)state;
	reply_arena_attach(arena, reader);
	for (size_t i = 0; i < 3 * (sizeof replies / sizeof replies[0]); i++) {
		const char *bytes = replies[i % 8];
		size_t len = i % 8 == 6 ? 10 : strlen(bytes);
		redisReply *expected = parse(bytes, len);
		void *reply = NULL;

		for (size_t k = 0; k < len; k++) { /* byte by byte */
			assert_null(reply);
			redisReaderFeed(reader, bytes + k, 1);
			assert_int_equal(redisReaderGetReply(reader, &reply), REDIS_OK);
		}
		equal(reply, expected);
		reader->fn->freeObject(reply);
		freeReplyObject(expected);
		if (i != 8)
			continue;
		buf_add_string(&large, "$1000000\r\n");
		for (size_t k = 0; k < 1000000; k++)
			buf_add_char(&large, 'x');
		buf_add_string(&large, "\r\n");
		expected = parse(large.data, large.len);
		redisReaderFeed(reader, large.data, large.len);
		redisReaderGetReply(reader, &reply);
		equal(reply, expected);
		reader->fn->freeObject(reply);
		freeReplyObject(expected);
	}
	buf_free(&large);
	redisReaderFree(reader);
	reply_arena_free(arena);
}

/* ---- host names ----------------------------------------------------------------------- */

static unsigned count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	assert_non_null(tasks);
	while (readdir(tasks))
		count++;
	closedir(tasks);
	return count;
}

static void on_looked_up(void *arg, struct addrinfo *addresses, int error)
{
	(void)arg, (void)addresses, (void)error;
	fail_msg("a cancelled look-up has called back");
}

/* The leak sanitizer reports a lost look-up at the end of the program: no pointer to it is left on
 * the stack then. */
static void a_look_up_that_ends_after_the_loop_is_not_lost(void **unused)
{
	struct event_base *loop = event_base_new();
	unsigned before = count_threads();
	struct dns_lookup *lookup = dns_lookup_start(loop, "127.0.0.1", 1, on_looked_up, NULL);

	(void)unused;
	assert_non_null(lookup);
	dns_lookup_cancel(lookup);
	while (count_threads() > before)
		sched_yield();
	event_base_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_lost_script_or_group_is_restored_before_the_next_attempt, begin, end),
		cmocka_unit_test_setup_teardown(why_a_group_cannot_be_created_is_logged, begin,
						end),
		cmocka_unit_test_setup_teardown(a_key_of_another_type_is_named, begin, end),
		cmocka_unit_test_setup_teardown(a_refused_call_is_repeated_and_others_continue,
						begin, end),
		cmocka_unit_test_setup_teardown(
			replies_that_name_another_server_restart_the_session, begin, end),
		cmocka_unit_test_setup_teardown(out_of_memory_for_the_timer_restarts_the_session,
						begin, end),
		cmocka_unit_test_setup_teardown(a_call_that_waits_is_lost_with_the_connection,
						begin, end),
		cmocka_unit_test_setup_teardown(hosts_are_tried_in_turn, begin, end),
		cmocka_unit_test_setup_teardown(a_majority_of_sentinels_must_name_a_master, begin,
						end),
		cmocka_unit_test(replies_in_an_arena_equal_those_of_hiredis),
		cmocka_unit_test(a_look_up_that_ends_after_the_loop_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
