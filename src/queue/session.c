#include "queue/session.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "queue/backoff.h"
#include "queue/call.h"
#include "queue/clock.h"
#include "queue/metrics.h"
#include "queue/route.h"

enum { SHA_LEN = 40 };

struct loaded {
	struct session *session;
	char sha[SHA_LEN + 1];
};

struct session {
	struct session_options options;
	struct event_base *base;
	struct route *route;
	struct redis *redis[LANES];
	bool ready[LANES];
	unsigned preparing; /* answers that the preparation waits for */
	struct loaded loaded[SCRIPTS];
	bool up;
	struct event *retry;
	unsigned tries;	 /* to connect, since the loss */
	unsigned moves;	 /* followed, since it was last up */
	int64_t lost_at; /* since when it has been gone */
	bool told;	 /* the log has the loss */
	bool barred;	 /* and that Redis is there, but does not let us in */
	struct call *calls;
	enum fault trouble[LANES]; /* what the log has been told of */
};

static void close_both(struct session *session)
{
	for (int lane = 0; lane < LANES; lane++) {
		struct redis *redis = session->redis[lane];

		session->redis[lane] = NULL;
		session->ready[lane] = false;
		redis_close(redis);
	}
	session->preparing = 0;
	calls_give_up(&session->calls);
}

/* Once; and once more where waiting will not help, and a person has to do something. */
static void tell_loss(struct session *session, const char *why)
{
	char quoted[LOG_QUOTED];
	bool barred = fault_of_error(why) == FAULT_NOPERM;
	bool news = !session->told || (barred && !session->barred);

	session->barred |= barred;
	log_event(news ? LOG_WARNING : LOG_DEBUG, "redis", "%s url=%s error=%s",
		  session->up ? "lost" : "not reached", session->options.endpoint.url,
		  log_quote(quoted, why, strlen(why)));
	if (!session->told)
		session->lost_at = clock_ms();
	session->told = true;
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
	bool was_up = session->up;
	struct timeval wait = {0};

	if (!follow(session, why)) {
		tell_loss(session, why);
		wait = backoff(session->tries++);
	}
	session->up = false;
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
	session->told = session->barred = false;
	memset(session->trouble, 0, sizeof session->trouble);
	session->tries = session->moves = 0;
	session->up = true;
	session->options.up(session->options.arg);
}

/* Preparing: the groups are made, the scripts loaded. What mends a loss later sends the same
 * commands, and then nobody waits for their answers. */

static void arrive_when_ready(struct session *session)
{
	if (!session->up && !session->preparing && session->ready[LANE_WORK] &&
	    session->ready[LANE_READ])
		arrive(session);
}

static void on_prepared(struct session *session, const redisReply *reply, bool fine)
{
	if (!reply || !session->preparing)
		return;
	if (!fine) {
		session_restart(session, reply->str ? reply->str : "an answer of no known kind");
		return;
	}
	session->preparing--;
	arrive_when_ready(session);
}

/* Fine too: a group that is there already, and a full server that cannot make one: its reader
 * will say NOGROUP where it matters, and what waits can be drained all the same. */
static void on_group_made(void *arg, const redisReply *reply)
{
	on_prepared(arg, reply,
		    reply && (reply->type != REDIS_REPLY_ERROR ||
			      strncmp(reply->str, "BUSYGROUP", 9) == 0 ||
			      fault_of(reply) == FAULT_OOM));
}

static void on_loaded(void *arg, const redisReply *reply)
{
	struct loaded *loaded = arg;
	bool fine = reply && reply->type == REDIS_REPLY_STRING && reply->len == SHA_LEN;

	if (fine)
		memcpy(loaded->sha, reply->str, SHA_LEN);
	on_prepared(loaded->session, reply, fine);
}

unsigned session_load_scripts(struct session *session, struct redis *redis)
{
	struct resp command = {0};
	unsigned sent = 0;

	for (int script = 0; script < SCRIPTS; script++) {
		resp_begin(&command);
		resp_words(&command, "SCRIPT LOAD");
		resp_string(&command, script_text((enum script)script));
		sent += redis_send(redis, &command, on_loaded, &session->loaded[script]);
	}
	resp_free(&command);
	return sent;
}

/* From 0 and not from the end: what was submitted before us is not to be missed. What is
 * settled is gone, so nothing is judged twice. */
unsigned session_make_groups(struct session *session, struct redis *redis)
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
		sent += redis_send(redis, &command, on_group_made, session);
	}
	resp_free(&command);
	return sent;
}

static void on_work_ready(void *arg)
{
	struct session *session = arg;
	struct redis *redis = session->redis[LANE_WORK];

	session->ready[LANE_WORK] = true;
	session->preparing = session_make_groups(session, redis);
	session->preparing += session_load_scripts(session, redis);
}

static void on_read_ready(void *arg)
{
	struct session *session = arg;

	session->ready[LANE_READ] = true;
	arrive_when_ready(session);
}

static void connect_both(void *arg, const struct address *server)
{
	struct session *session = arg;
	struct redis_options options = {
		.endpoint = &session->options.endpoint,
		.server = server,
		.password_file = session->options.password_file,
		.patience = session->options.timeout,
		.ready = on_work_ready,
		.lost = on_lost,
		.arg = session,
	};

	session->redis[LANE_WORK] = redis_open(session->base, &options);
	options.block = session->options.block;
	options.ready = on_read_ready;
	session->redis[LANE_READ] = redis_open(session->base, &options);
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
	for (int script = 0; script < SCRIPTS; script++)
		session->loaded[script].session = session;
	event_active(session->retry, EV_TIMEOUT, 0);
	return session;
}

void session_hang_up(struct session *session)
{
	if (!session)
		return;
	session->up = false;
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
	return session->up;
}

const struct keys *session_keys(const struct session *session)
{
	return &session->options.keys;
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
	struct redis *redis = session->redis[LANE_READ];

	session->redis[LANE_READ] = NULL;
	redis_close(redis);
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

struct redis *session_redis(const struct session *session, enum lane lane)
{
	return session->redis[lane];
}

bool session_call(struct session *session, enum lane lane, struct resp *command,
		  redis_answer_fn *done, void *arg)
{
	bool sent = session->up && session->redis[lane] &&
		    call_send(session, session->base, &session->calls, lane, command, done, arg);

	if (!sent)
		resp_free(command);
	return sent;
}

void session_script(const struct session *session, struct resp *command, enum script script,
		    unsigned keys)
{
	resp_begin(command);
	resp_string(command, "EVALSHA");
	resp_add(command, session->loaded[script].sha, SHA_LEN);
	resp_number(command, keys);
}
