/* Commands over a real socket: hiredis on one side, the test on the other. */
#include "redis/loop_io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <hiredis/async.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[] = "/tmp/duyetd-loop-io-XXXXXX";
static struct sockaddr_un at = {.sun_family = AF_UNIX};
static struct event_base *base;
static redisAsyncContext *context;
static int listening, server;
static char answer[16];

static void on_reply(redisAsyncContext *unused, void *reply, void *arg)
{
	(void)unused, (void)arg;
	snprintf(answer, sizeof answer, "%s", reply ? ((redisReply *)reply)->str : "lost");
}

/* The other side must be connected before the first command: until then the loop waits for it. It
 * listens until the end: to see whether it is connected, hiredis 1.2 calls connect() once more,
 * which fails if nobody listens. */
static int begin(void **state)
{
	(void)state;
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	if (!mkdtemp(directory))
		return -1;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", directory);
	if (bind(listening, (struct sockaddr *)&at, sizeof at) || listen(listening, 1))
		return -1;
	base = event_base_new();
	context = redisAsyncConnectUnix(at.sun_path);
	server = accept(listening, NULL, NULL);
	if (!base || !context || server < 0 || !loop_io_attach(context, base))
		return -1;
	event_base_loop(base, EVLOOP_ONCE);
	return context->c.flags & REDIS_CONNECTED ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	redisAsyncFree(context);
	event_base_free(base);
	close(server);
	close(listening);
	unlink(at.sun_path);
	return rmdir(directory);
}

static void a_command_is_written_when_the_loop_turns(void **state)
{
	static const char ping[] = "*1\r\n$4\r\nPING\r\n", pong[] = "+PONG\r\n";
	char got[64];

	(void)state;
	redisAsyncCommand(context, on_reply, NULL, "PING");
	assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), -1);
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), strlen(ping));
	assert_memory_equal(got, ping, strlen(ping));
	assert_int_equal(send(server, pong, strlen(pong), 0), strlen(pong));
	event_base_loop(base, EVLOOP_ONCE);
	assert_string_equal(answer, "PONG");
}

/* The other side gets all of a command that is larger than the socket's buffer, and then the next
 * command. */
static void what_the_socket_does_not_take_is_written_later(void **state)
{
	enum { SIZE = 4 << 20 };
	static char value[SIZE + 1], got[1 << 16];
	size_t sent = 0, len = strlen("*2\r\n$4\r\nECHO\r\n$4194304\r\n\r\n") + SIZE +
			       strlen("*1\r\n$4\r\nPING\r\n");

	(void)state;
	memset(value, 'x', SIZE);
	redisAsyncCommand(context, on_reply, NULL, "ECHO %s", value);
	event_base_loop(base, EVLOOP_NONBLOCK);
	redisAsyncCommand(context, on_reply, NULL, "PING");
	while (sent < len) {
		ssize_t n = recv(server, got, sizeof got, MSG_DONTWAIT);

		if (n > 0)
			sent += (size_t)n;
		else
			event_base_loop(base, EVLOOP_ONCE);
	}
	assert_int_equal(sent, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_command_is_written_when_the_loop_turns, begin,
						end),
		cmocka_unit_test_setup_teardown(what_the_socket_does_not_take_is_written_later,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
