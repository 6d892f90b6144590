/* The HTTP pages for monitoring, with clients over TCP on a free port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/loop.h"
#include "monitor/metrics_http.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

static struct event_base *loop;
static struct metrics metrics;
static struct ruleset *rules;
static struct metrics_http *http;
static struct address address;
static const char *not_ready;

static const char *why_not_ready(void *arg)
{
	(void)arg;
	return not_ready;
}

static void on_gauges(void *arg, struct gauges *gauges)
{
	(void)arg;
	*gauges = (struct gauges){.rules = rules, .backlog = 7};
}

static const struct metrics_http_options options = {
	.metrics = &metrics, .why_not_ready = why_not_ready, .gauges = on_gauges};

static int begin(void **state)
{
	struct problems *problems = problems_new();
	const char *why;

	(void)state;
	loop = event_base_new();
	if (!loop || event_base_priority_init(loop, LOOP_PRIORITIES))
		return -1;
	metrics_init(&metrics);
	rules = ruleset_load("tests/fuzz/rules", problems);
	problems_free(problems);
	address = (struct address){.host = "127.0.0.1"};
	http = metrics_http_new(loop, &address, &options, &why);
	not_ready = NULL;
	return rules && http && address.port ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	metrics_http_free(http);
	ruleset_free(rules);
	metrics_free(&metrics);
	event_base_free(loop);
	return 0;
}

static int connect_client(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(address.port)};
	int client = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(client >= 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, sizeof at), 0);
	return client;
}

static void send_all(int client, const char *bytes)
{
	assert_int_equal(send(client, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
}

/* Runs the loop until the server has closed its side. Returns what it sent. */
static const char *received(int client)
{
	static char answer[1 << 18];
	size_t len = 0;
	ssize_t got;

	do {
		event_base_loop(loop, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		got = recv(client, answer + len, sizeof answer - 1 - len, MSG_DONTWAIT);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got < 0 && errno == EAGAIN));
	answer[len] = '\0';
	close(client);
	return answer;
}

static const char *ask(const char *request)
{
	int client = connect_client();

	send_all(client, request);
	return received(client);
}

static void begins_with(const char *answer, const char *expected)
{
	if (strncmp(answer, expected, strlen(expected)) != 0)
		fail_msg("\"%.60s\", expected \"%s\"", answer, expected);
}

static void contains(const char *answer, const char *expected)
{
	if (!strstr(answer, expected))
		fail_msg("\"%.300s\", expected \"%s\" in it", answer, expected);
}

static void each_page_has_its_path(void **state)
{
	const char *answer;

	(void)state;
	answer = ask("GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
	begins_with(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4");
	contains(answer, "\nduyetd_backlog_entries 7\n");
	answer = ask("GET /healthz HTTP/1.0\n\n");
	begins_with(answer, "HTTP/1.1 200 OK\r\n");
	contains(answer, "\r\nContent-Length: 8\r\n");
	contains(answer, "\r\n\r\nrunning\n");
	begins_with(ask("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 Not Found\r\n");
}

static void readiness_is_asked_for_at_each_request(void **state)
{
	const char *answer;

	(void)state;
	contains(ask("GET /readyz HTTP/1.1\r\n\r\n"), "\r\n\r\nready\n");
	not_ready = "waiting for Redis";
	answer = ask("GET /readyz HTTP/1.1\r\n\r\n");
	begins_with(answer, "HTTP/1.1 503 Service Unavailable\r\n");
	contains(answer, "\r\n\r\nwaiting for Redis\n");
	begins_with(ask("GET /healthz HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK\r\n");
}

static void a_head_request_gets_no_body(void **state)
{
	const char *answer = ask("HEAD /healthz HTTP/1.1\r\n\r\n");

	(void)state;
	begins_with(answer, "HTTP/1.1 200 OK\r\n");
	contains(answer, "\r\nContent-Length: 8\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void invalid_requests_are_refused(void **state)
{
	char large[9000];

	(void)state;
	begins_with(ask("POST /metrics HTTP/1.1\r\n\r\n"), "HTTP/1.1 405 ");
	begins_with(ask("GET /metrics\r\n\r\n"), "HTTP/1.1 400 ");
	begins_with(ask("GET /metrics FTP/1.1\r\n\r\n"), "HTTP/1.1 400 ");
	memset(large, 'a', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	begins_with(ask(large), "HTTP/1.1 431 ");
}

static void a_request_may_come_in_parts(void **state)
{
	int client = connect_client();

	(void)state;
	send_all(client, "GET /heal");
	event_base_loop(loop, EVLOOP_NONBLOCK);
	send_all(client, "thz HTTP/1.1\r\n\r");
	event_base_loop(loop, EVLOOP_NONBLOCK);
	send_all(client, "\n");
	contains(received(client), "running\n");
}

/* Of more clients than may wait, the one that came first is disconnected. */
static void of_too_many_clients_the_oldest_is_disconnected(void **state)
{
	enum { MOST = 16 };
	int clients[MOST];

	(void)state;
	for (int i = 0; i < MOST; i++)
		clients[i] = connect_client();
	contains(ask("GET /healthz HTTP/1.1\r\n\r\n"), "running\n");
	assert_string_equal(received(clients[0]), "");
	for (int i = 1; i < MOST; i++) {
		send_all(clients[i], "GET /healthz HTTP/1.1\r\n\r\n");
		contains(received(clients[i]), "running\n");
	}
}

static void an_address_that_cannot_be_used_is_an_error(void **state)
{
	const char *why = NULL;
	struct address elsewhere = {.host = "192.0.2.1"}; /* RFC 5737: no machine has it */

	(void)state;
	assert_null(metrics_http_new(loop, &address, &options, &why));
	assert_string_equal(why, strerror(EADDRINUSE));
	assert_null(metrics_http_new(loop, &elsewhere, &options, &why));
	assert_string_equal(why, strerror(EADDRNOTAVAIL));
	metrics_http_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_page_has_its_path, begin, end),
		cmocka_unit_test_setup_teardown(readiness_is_asked_for_at_each_request, begin, end),
		cmocka_unit_test_setup_teardown(a_head_request_gets_no_body, begin, end),
		cmocka_unit_test_setup_teardown(invalid_requests_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_request_may_come_in_parts, begin, end),
		cmocka_unit_test_setup_teardown(of_too_many_clients_the_oldest_is_disconnected,
						begin, end),
		cmocka_unit_test_setup_teardown(an_address_that_cannot_be_used_is_an_error, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
