/*
 * The daemon with a Redis that answers with any bytes: at most one answer for each command, since
 * hiredis 0.14 cannot handle more. The bits of the input's first byte are:
 *	1	the handshake is answered like everything else, and not correctly
 *	2	reviews get no answer
 *	4	submissions get no answer
 * The answers follow it, separated by bytes 0xff. When they are used up, the server closes.
 */
#include "fuzz.h"

#include <ctype.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/log.h"
#include "queue/worker.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

enum { CLIENTS = 16, SILENCE_MS = 10 };
enum { ODD_HANDSHAKE = 1, NO_REVIEWS = 2, NO_SUBMISSIONS = 4 };

struct client {
	int socket;
	redisReader *reader;
};

struct server {
	int listening;
	unsigned bits;
	const char *answers, *end;
	struct client clients[CLIENTS];
	size_t count;
};

static struct server server;
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
	.grace = 1,
	.timeout = 50,
};

/* How many of the bytes are one answer; all of them if the answer is incomplete or invalid. */
static size_t one_answer(const char *bytes, size_t len)
{
	redisReader *reader = redisReaderCreate();
	size_t taken = 0;
	void *reply = NULL;

	REQUIRE(reader);
	while (taken < len && !reply && redisReaderFeed(reader, bytes + taken++, 1) == REDIS_OK &&
	       redisReaderGetReply(reader, &reply) == REDIS_OK)
		;
	if (reply)
		freeReplyObject(reply);
	redisReaderFree(reader);
	return reply ? taken : len;
}

static bool is_handshake(const redisReply *command)
{
	static const char *const names[] = {"SELECT", "XGROUP", "SCRIPT"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (command->elements && command->element[0]->str &&
		    !strcasecmp(command->element[0]->str, names[i]))
			return true;
	return false;
}

static bool is_about_reviews(const redisReply *command)
{
	static const char end[] = ":review";

	for (size_t i = 0; i < command->elements; i++) {
		const redisReply *word = command->element[i];

		if (word->len >= strlen(end) && !strcmp(word->str + word->len - strlen(end), end))
			return true;
	}
	return command->elements && command->element[0]->str &&
	       !strcasecmp(command->element[0]->str, "XREVRANGE");
}

static void write_all(int to, const char *bytes, size_t len)
{
	if (len && send(to, bytes, len, MSG_NOSIGNAL) < 0)
		return;
}

/* False when the answers are used up. */
static bool answer(const struct client *client, const redisReply *command)
{
	static const char sha[] = "$40\r\n0123456789012345678901234567890123456789\r\n";
	const char *bytes = server.answers, *stop;
	size_t len;

	if (is_handshake(command) && !(server.bits & ODD_HANDSHAKE)) {
		write_all(client->socket, sha, strlen(sha));
		return true;
	}
	if (server.bits & (is_about_reviews(command) ? NO_REVIEWS : NO_SUBMISSIONS))
		return true;
	if (bytes >= server.end)
		return false;
	stop = memchr(bytes, 0xff, (size_t)(server.end - bytes));
	len = (size_t)((stop ? stop : server.end) - bytes);
	server.answers = bytes + len + 1;
	write_all(client->socket, bytes, one_answer(bytes, len));
	return true;
}

/* Returns false when the answers are used up; a client that disconnects is only closed. */
static bool serve(struct client *client)
{
	char bytes[65536];
	ssize_t got = recv(client->socket, bytes, sizeof bytes, MSG_DONTWAIT);
	void *command = NULL;
	bool more = true;

	if (got <= 0) {
		close(client->socket);
		client->socket = -1;
		return true;
	}
	redisReaderFeed(client->reader, bytes, (size_t)got);
	while (more && redisReaderGetReply(client->reader, &command) == REDIS_OK && command) {
		more = answer(client, command);
		freeReplyObject(command);
	}
	return more;
}

static void accept_client(void)
{
	struct client *client = &server.clients[server.count];

	client->socket = accept(server.listening, NULL, NULL);
	client->reader = redisReaderCreate();
	REQUIRE(client->socket >= 0 && client->reader);
	server.count++;
}

/* Returns false when the daemon should stop; it receives no signal before it has connected. */
static bool turn(void)
{
	struct pollfd polls[CLIENTS + 1] = {{server.listening, POLLIN, 0}};

	for (size_t i = 0; i < server.count; i++)
		polls[i + 1] = (struct pollfd){server.clients[i].socket, POLLIN, 0};
	if (poll(polls, server.count + 1, server.count ? SILENCE_MS : -1) <= 0)
		return false;
	for (size_t i = 0; i < server.count; i++)
		if (polls[i + 1].revents && !serve(&server.clients[i]))
			return false;
	if (polls[0].revents)
		accept_client();
	return server.count < CLIENTS;
}

static void *run_server(void *worker)
{
	server.count = 0;
	while (turn())
		;
	pthread_kill(*(pthread_t *)worker, SIGTERM);
	for (size_t i = 0; i < server.count; i++) {
		if (server.clients[i].socket >= 0)
			close(server.clients[i].socket);
		redisReaderFree(server.clients[i].reader);
	}
	return NULL;
}

/* Closes connections that no server accepted. The next server would take one for a connection of
 * the next daemon, and send TERM before that daemon handles it. */
static void close_unaccepted(void)
{
	int client;

	while ((client = accept(server.listening, NULL, NULL)) >= 0)
		close(client);
}

static void clean_up(void)
{
	unlink(options.endpoint.path);
}

static void set_up(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/duyetd-fuzz-%d.sock",
		 (int)getpid());
	strcpy(options.endpoint.path, address.sun_path);
	options.endpoint.url = "unix://fuzz";
	server.listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	REQUIRE(!bind(server.listening, (struct sockaddr *)&address, sizeof address));
	REQUIRE(!listen(server.listening, 64) && !keys_make(&options.keys, "{c}"));
	atexit(clean_up);
	log_open(LOG_ERROR);
	signal(SIGTERM, SIG_IGN); /* sent after the daemon has ended */
}

static struct ruleset *load_rules(void)
{
	struct problems *problems = problems_new();
	struct ruleset *rules;

	REQUIRE(problems);
	rules = ruleset_load(options.rules, problems);
	REQUIRE(rules);
	problems_free(problems);
	return rules;
}

/* hiredis allocates all elements of an array as soon as it has read their number: in the daemon,
 * and in the reader of this server. */
static bool has_huge_array(const uint8_t *bytes, size_t len)
{
	enum { HUGE = 8 }; /* the sign and seven digits */
	unsigned seen = 0;

	for (size_t i = 0; i < len && seen < HUGE; i++)
		seen = bytes[i] == '*' ? 1 : seen && isdigit(bytes[i]) ? seen + 1 : 0;
	return seen == HUGE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pthread_t thread, self = pthread_self();

	if (!size || has_huge_array(data, size))
		return 0;
	if (!server.listening)
		set_up();
	server.bits = *data;
	server.answers = (const char *)data + 1;
	server.end = (const char *)data + size;
	REQUIRE(!pthread_create(&thread, NULL, run_server, &self));
	REQUIRE(worker_run(&options, load_rules()) == EXIT_DONE);
	pthread_join(thread, NULL);
	close_unaccepted();
	return 0;
}
