/*
 * Requests of any bytes to the metrics endpoint. Each client gets an answer or is disconnected, at
 * once.
 *
 * A request comes through a socket pair: connections over TCP use up ports, which stay in
 * TIME_WAIT. accept4() below gives its other end to the server. One connection that is never
 * accepted keeps the server's listening socket readable, so each turn of the loop calls accept4().
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/log.h"
#include "base/loop.h"
#include "monitor/metrics_http.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

enum { MOST_TURNS = 1000 };

static struct event_base *base;
static struct metrics metrics;
static struct ruleset *rules;
static struct metrics_http *http;
static int incoming = -1; /* what accept4() returns next */

int accept4(int listener, struct sockaddr *restrict from, socklen_t *restrict len, int flags)
{
	int client = incoming;

	(void)listener, (void)from, (void)len, (void)flags;
	incoming = -1;
	errno = EAGAIN;
	return client;
}

static const char *why_not_ready(void *arg)
{
	(void)arg;
	return NULL;
}

static void on_gauges(void *arg, struct gauges *gauges)
{
	(void)arg;
	*gauges = (struct gauges){.rules = rules};
}

static void clean_up(void)
{
	metrics_http_free(http);
	ruleset_free(rules);
	event_base_free(base);
	metrics_free(&metrics);
}

static void load_rules(void)
{
	struct problems *problems = problems_new();

	REQUIRE(problems);
	rules = ruleset_load("tests/fuzz/rules", problems);
	REQUIRE(rules);
	problems_free(problems);
}

static void keep_readable(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(port)};
	int client = socket(AF_INET, SOCK_STREAM, 0);

	REQUIRE(client >= 0 && !connect(client, (struct sockaddr *)&at, sizeof at));
}

static void set_up(void)
{
	const struct metrics_http_options options = {
		.metrics = &metrics, .why_not_ready = why_not_ready, .gauges = on_gauges};
	struct address address = {.host = "127.0.0.1"};
	const char *why;

	log_open(LOG_ERROR);
	base = event_base_new();
	REQUIRE(base && !event_base_priority_init(base, LOOP_PRIORITIES));
	metrics_init(&metrics);
	load_rules();
	http = metrics_http_new(base, &address, &options, &why);
	REQUIRE(http && address.port);
	keep_readable(address.port);
	atexit(clean_up);
}

static int ask(const uint8_t *data, size_t size)
{
	int ends[2];

	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends));
	REQUIRE(!size || send(ends[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
	shutdown(ends[0], SHUT_WR);
	incoming = ends[1];
	return ends[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char answer[1 << 20];
	size_t len = 0, turns = 0;
	ssize_t got = -1;
	int client;

	if (!base)
		set_up();
	if (size > 32768)
		return 0;
	client = ask(data, size);
	while (got && turns++ < MOST_TURNS) {
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		got = recv(client, answer + len, sizeof answer - len, 0);
		if (got < 0 && errno != EAGAIN)
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	close(client);
	REQUIRE(turns < MOST_TURNS && incoming < 0);
	REQUIRE(len < sizeof answer);
	return 0;
}
