/* The daemon as a whole, without a server: its signals, what it tells systemd, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/log.h"
#include "queue/worker.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

/* Nothing listens at the endpoint. What the daemon tells systemd comes in at `notified`. */
static char directory[] = "/tmp/duyetd-worker-XXXXXX";
static char socket_path[64];
static int notified;
static struct worker_options options = {
	.group = "g",
	.consumer = "c",
	.rules = "tests/fuzz/rules",
	.batch = 16,
	.in_flight = 2,
	.claim_after = 100,
	.max_deliveries = 3,
	.keep = 60000,
	.keep_rejected = 60000,
	.keep_stats = 86400000,
	.grace = 600000,
	.timeout = 5000,
};

static int begin(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const struct timeval limit = {60, 0}; /* was_notified() fails after this time */

	(void)state;
	log_open(LOG_ERROR);
	if (!mkdtemp(directory))
		return -1;
	snprintf(socket_path, sizeof socket_path, "%s/notify", directory);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", socket_path);
	notified = socket(AF_UNIX, SOCK_DGRAM, 0);
	setsockopt(notified, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (bind(notified, (struct sockaddr *)&at, sizeof at))
		return -1;
	setenv("NOTIFY_SOCKET", socket_path, 1);
	snprintf(options.endpoint.path, sizeof options.endpoint.path, "%s/none", directory);
	options.endpoint.url = "unix://none";
	options.metrics = (struct address){0};
	keys_make(&options.keys, "p");
	return 0;
}

static int end(void **state)
{
	(void)state;
	close(notified);
	unlink(socket_path);
	rmdir(directory);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	return 0;
}

static struct ruleset *load_rules(void)
{
	struct problems *problems = problems_new();
	struct ruleset *rules = ruleset_load(options.rules, problems);

	problems_free(problems);
	assert_non_null(rules);
	return rules;
}

/* Waits for a message that contains `expected`. */
static bool was_notified(const char *expected)
{
	char message[1024];
	ssize_t len;

	while ((len = recv(notified, message, sizeof message - 1, 0)) > 0) {
		message[len] = '\0';
		if (strstr(message, expected))
			return true;
	}
	fprintf(stderr, "systemd got no message with \"%s\"\n", expected);
	return false;
}

/* What a thread does with the daemon while it runs: true when all was as expected. */
static bool as_expected;

static enum exit_status run_with(void *(*thread_of)(void *))
{
	pthread_t thread, self = pthread_self();
	enum exit_status status;

	as_expected = false;
	assert_int_equal(pthread_create(&thread, NULL, thread_of, &self), 0);
	status = worker_run(&options, load_rules());
	pthread_join(thread, NULL);
	assert_true(as_expected);
	return status;
}

static void signal_it(void *daemon, int signal)
{
	pthread_kill(*(pthread_t *)daemon, signal);
}

static void *reload_and_stop(void *daemon)
{
	bool good = was_notified("READY=1\nSTATUS=waiting for Redis: ");

	signal_it(daemon, SIGHUP);
	good = was_notified("RELOADING=1") && good;
	good = was_notified("READY=1\nSTATUS=waiting for Redis: ") && good;
	signal_it(daemon, SIGTERM);
	as_expected = was_notified("STOPPING=1") && good;
	return NULL;
}

static void without_redis_it_waits_until_it_is_stopped(void **state)
{
	(void)state;
	assert_int_equal(run_with(reload_and_stop), EXIT_DONE);
}

static void *stop_by_interrupt(void *daemon)
{
	bool good = was_notified("RELOADING=1") && was_notified("READY=1");

	signal_it(daemon, SIGINT);
	as_expected = good;
	return NULL;
}

/* HUP would end a process that does not handle it yet. */
static void a_hup_during_the_start_is_kept(void **state)
{
	(void)state;
	worker_hold_hup();
	raise(SIGHUP);
	assert_int_equal(run_with(stop_by_interrupt), EXIT_DONE);
}

static void a_metrics_address_in_use_ends_the_start(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int taken = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(bind(taken, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(taken, 1), 0);
	assert_int_equal(getsockname(taken, (struct sockaddr *)&at, &size), 0);
	options.metrics = (struct address){.host = "127.0.0.1", .port = ntohs(at.sin_port)};
	assert_int_equal(worker_run(&options, load_rules()), EXIT_UNAVAILABLE);
	close(taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_redis_it_waits_until_it_is_stopped, begin,
						end),
		cmocka_unit_test_setup_teardown(a_hup_during_the_start_is_kept, begin, end),
		cmocka_unit_test_setup_teardown(a_metrics_address_in_use_ends_the_start, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
