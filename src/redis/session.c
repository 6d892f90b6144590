#include "redis/session.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "redis/backoff.h"
#include "redis/call.h"
#include "base/clock.h"
#include "monitor/metrics.h"
#include "redis/route.h"

/*
 *		 a server is found	     all awaited has come
 *	DOWN ─────────────────────> PREPARING ─────────────────────> UP
 *	 ↑			       │			      │
 *	 └── after a back-off ─────────┴────── session_restart() ─────┘
 */
enum state { DOWN, PREPARING, UP };

/* What the log has been told of a loss, each once. */
enum told { TOLD_NOTHING, TOLD_LOST, TOLD_BARRED /* Redis is there, and does not let us in */ };

struct session {
	struct session_options options;
	struct event_base *base;
	struct route *route;
	enum state state;
	struct connection *redis[LANES];
	unsigned awaited; /* while preparing: lanes to be ready, answers to come */
	struct event *retry;
	unsigned tries; /* to connect, since the loss */
	unsigned moves; /* followed, since it was last up */
	enum told told;
	int64_t lost_at; /* ms; since when it has been gone, where anything is told */
	struct call *calls;
	enum fault trouble[LANES]; /* what the log has been told of */
};

static void close_both(struct session *session)
{
	for (int lane = 0; lane < LANES; lane++) {
		struct connection *redis = session->redis[lane];

		session->redis[lane] = NULL;
		connection_close(redis);
	}
	calls_give_up(&session->calls);
}

/* Once; and once more where waiting will not help, and a person has to do something. */
static void tell_loss(struct session *session, const char *why)
{
	char quoted[LOG_QUOTED];
	enum told news = fault_of_error(why) == FAULT_NOPERM ? TOLD_BARRED : TOLD_LOST;

	log_event(news > session->told ? LOG_WARNING : LOG_DEBUG, "redis", "%s url=%s error=%s",
		  session->state == UP ? "lost" : "not reached", session->options.endpoint.url,
		  log_quote(quoted, why, strlen(why)));
	if (!session->told)
		session->lost_at = clock_ms();
	if (news > session->told)
		session->told = news;
}

/* A Cluster's node names another. True as long as they seem to lead somewhere: then we go on
 * at once, and nothing is lost. */
static bool follow(struct session *session, const char *error)
{
	enum { MOST_MOVES = 5 };

	if (!route_moved(session->route, error))
		return false;
	if (++session->moves > MOST_MOVES) {
		tell_loss(session, "one Cluster node names another without end: has the prefix a "
				   "{hash tag}, which keeps all keys on one?");
		return false;
	}
	log_event(LOG_INFO, "redis", "moved to=\"%s\"", error);
	return true;
}

void session_restart(struct session *session, const char *why)
{
	bool was_up = session->state == UP;
	struct timeval wait = {0};

	if (!follow(session, why)) {
		tell_loss(session, why);
		wait = backoff(session->tries++);
	}
	session->state = DOWN;
	route_rest(session->route);
	close_both(session);
	evtimer_add(session->retry, &wait);
	if (was_up) {
		session->options.metrics->disconnects++;
		session->options.down(session->options.arg);
	}
}

static void on_lost(void *arg, const char *why)
{
	session_restart(arg, why);
}

static void arrive(struct session *session)
{
	if (session->told)
		log_event(LOG_INFO, "redis", "reached url=%s after=%.1fs tries=%u",
			  session->options.endpoint.url,
			  (double)(clock_ms() - session->lost_at) / 1000, session->tries);
	else
		log_event(LOG_INFO, "redis", "reached url=%s", session->options.endpoint.url);
	session->told = TOLD_NOTHING;
	memset(session->trouble, 0, sizeof session->trouble);
	session->tries = session->moves = 0;
	session->state = UP;
	session->options.up(session->options.arg);
}

/* Preparing: the groups are made, the scripts loaded. What mends a loss later sends the same
 * commands, and then nobody waits for their answers. */

static void came(struct session *session)
{
	if (!--session->awaited)
		arrive(session);
}

/* Fine too: a group that is there already, and a full server that cannot make one: its reader
 * will say NOGROUP where it matters, and what waits can be drained all the same. */
static bool is_fine(const redisReply *reply)
{
	return reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "BUSYGROUP", 9) == 0 ||
	       fault_of(reply) == FAULT_OOM;
}

static void on_prepared(void *arg, const redisReply *reply)
{
	struct session *session = arg;

	if (!reply || session->state != PREPARING)
		return;
	if (is_fine(reply))
		came(session);
	else
		session_restart(session, reply->str);
}

unsigned session_load_scripts(struct session *session, struct connection *redis)
{
	struct resp command = {0};
	unsigned sent = 0;

	for (int script = 0; script < SCRIPTS; script++) {
		resp_begin(&command);
		resp_words(&command, "SCRIPT LOAD");
		resp_string(&command, script_sources[script].text);
		sent += connection_send(redis, &command, on_prepared, session);
	}
	resp_free(&command);
	return sent;
}

/* From 0 and not from the end: what was submitted before us is not to be missed. What is
 * settled is gone, so nothing is judged twice. */
unsigned session_make_groups(struct session *session, struct connection *redis)
{
	static const enum key streams[] = {KEY_SUBMITTED, KEY_REVIEW};
	struct resp command = {0};
	unsigned sent = 0;

	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		resp_begin(&command);
		resp_words(&command, "XGROUP CREATE");
		resp_string(&command, session->options.keys.name[streams[i]]);
		resp_string(&command, session->options.group);
		resp_words(&command, "0 MKSTREAM");
		sent += connection_send(redis, &command, on_prepared, session);
	}
	resp_free(&command);
	return sent;
}

static void on_work_ready(void *arg)
{
	struct session *session = arg;
	struct connection *redis = session->redis[LANE_WORK];

	session->awaited += session_make_groups(session, redis);
	session->awaited += session_load_scripts(session, redis);
	came(session);
}

static void on_read_ready(void *arg)
{
	came(arg);
}

static void connect_both(void *arg, const struct address *server)
{
	struct session *session = arg;
	struct connection_options options = {
		.endpoint = &session->options.endpoint,
		.server = server,
		.password_file = session->options.password_file,
		.timeout_ms = session->options.timeout,
		.ready = on_work_ready,
		.lost = on_lost,
		.arg = session,
	};

	session->state = PREPARING;
	session->awaited = LANES;
	session->redis[LANE_WORK] = connection_open(session->base, &options);
	options.block_ms = session->options.block;
	options.ready = on_read_ready;
	session->redis[LANE_READ] = connection_open(session->base, &options);
	if (!session->redis[LANE_WORK] || !session->redis[LANE_READ])
		session_restart(session, "out of memory");
}

static void on_retry(evutil_socket_t unused, short what, void *arg)
{
	struct session *session = arg;

	(void)unused, (void)what;
	route_find(session->route);
}

static bool make_route(struct session *session)
{
	const struct route_options options = {
		.endpoint = &session->options.endpoint,
		.patience = session->options.timeout,
		.found = connect_both,
		.lost = on_lost,
		.arg = session,
	};

	session->route = route_new(session->base, &options);
	return session->route;
}

struct session *session_open(struct event_base *base, const struct session_options *options)
{
	struct session *session = calloc(1, sizeof *session);

	if (!session)
		return NULL;
	session->options = *options;
	session->base = base;
	session->retry = evtimer_new(base, on_retry, session);
	if (!session->retry || !make_route(session)) {
		session_free(session);
		return NULL;
	}
	event_active(session->retry, EV_TIMEOUT, 0);
	return session;
}

void session_hang_up(struct session *session)
{
	if (!session)
		return;
	session->state = DOWN;
	route_rest(session->route);
	close_both(session);
}

void session_free(struct session *session)
{
	if (!session)
		return;
	if (session->retry)
		event_free(session->retry);
	route_free(session->route);
	free(session);
}

bool session_is_up(const struct session *session)
{
	return session->state == UP;
}

const char *session_key(const struct session *session, enum key key)
{
	return session->options.keys.name[key];
}

const char *session_group(const struct session *session)
{
	return session->options.group;
}

struct metrics *session_metrics(const struct session *session)
{
	return session->options.metrics;
}

void session_stop_reading(struct session *session)
{
	struct connection *redis = session->redis[LANE_READ];

	session->redis[LANE_READ] = NULL;
	connection_close(redis);
}

void session_trouble(struct session *session, enum lane lane, enum fault fault, const char *why)
{
	char quoted[LOG_QUOTED];

	session->options.metrics->faults[fault]++;
	if (session->trouble[lane] == fault)
		return;
	session->trouble[lane] = fault;
	log_event(LOG_WARNING, "redis", "refuses fault=%s error=%s", fault_name(fault),
		  log_quote(quoted, why, strlen(why)));
}

void session_well(struct session *session, enum lane lane)
{
	if (session->trouble[lane] != FAULT_NONE)
		log_event(LOG_INFO, "redis", "takes commands again fault=%s",
			  fault_name(session->trouble[lane]));
	session->trouble[lane] = FAULT_NONE;
}

struct connection *session_redis(const struct session *session, enum lane lane)
{
	return session->redis[lane];
}

void session_call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		  void *arg)
{
	if (session->state == UP &&
	    call_send(session, session->base, &session->calls, lane, command, done, arg))
		return;
	resp_free(command);
	if (session->state == UP) {
		const char *why = connection_loss(session->redis[lane]);

		session_restart(session, why ? why : "out of memory");
	}
	done(arg, NULL);
}

void session_script(const struct session *session, struct resp *command, enum script script,
		    const enum key *keys, unsigned count)
{
	resp_begin(command);
	resp_string(command, "EVALSHA");
	resp_string(command, script_sources[script].sha1);
	resp_number(command, count);
	for (unsigned i = 0; i < count; i++)
		resp_string(command, session_key(session, keys[i]));
}
