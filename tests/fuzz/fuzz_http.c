/*
 * Requests to the metrics endpoint, of any bytes. Whoever asks is answered or hung up on,
 * at once.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <errno.h>
#include <fcntl.h>
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
static struct sockaddr_in at;

static bool is_ready(void *arg)
{
	(void)arg;
	return true;
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

static void set_up(void)
{
	const struct metrics_http_options options = {
		.metrics = &metrics, .is_ready = is_ready, .gauges = on_gauges};
	struct address address = {.host = "127.0.0.1"};
	const char *why;

	log_open(LOG_ERROR);
	base = event_base_new();
	REQUIRE(base && !event_base_priority_init(base, LOOP_PRIORITIES));
	metrics_init(&metrics);
	load_rules();
	http = metrics_http_new(base, &address, &options, &why);
	REQUIRE(http && address.port);
	at = (struct sockaddr_in){.sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(address.port)};
	atexit(clean_up);
}

static int connect_and_ask(const uint8_t *data, size_t size)
{
	/* Reset at the end, so that no port waits for late segments. */
	struct linger at_once = {1, 0};
	/* And from one loopback address after another, for those that have to wait. */
	static uint32_t count;
	struct sockaddr_in from = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK + count++ % 60000)};
	int client = socket(AF_INET, SOCK_STREAM, 0);

	REQUIRE(client >= 0 && !bind(client, (struct sockaddr *)&from, sizeof from));
	REQUIRE(!connect(client, (struct sockaddr *)&at, sizeof at));
	REQUIRE(!setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
	REQUIRE(!size || send(client, data, size, MSG_NOSIGNAL) == (ssize_t)size);
	shutdown(client, SHUT_WR);
	fcntl(client, F_SETFL, O_NONBLOCK);
	return client;
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
	client = connect_and_ask(data, size);
	while (got && turns++ < MOST_TURNS) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		got = recv(client, answer + len, sizeof answer - len, 0);
		if (got < 0 && errno != EAGAIN)
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	close(client);
	REQUIRE(turns < MOST_TURNS);
	REQUIRE(len < sizeof answer);
	return 0;
}
