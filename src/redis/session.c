#include "redis/session.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/clock.h"
#include "redis/locate.h"

/*
 *		 a server is found	     all is ready
 *	DOWN ─────────────────────> PREPARING ─────────────────────> UP
 *	 ↑			       │			      │
 *	 └── after a back-off ─────────┴────── session_restart() ─────┘
 */
enum state { DOWN, PREPARING, UP };

/* What the log has about the present loss. */
struct logged {
	bool loss, refusal; /* `refusal`: that Redis refused the login */
	char error[LOG_QUOTED];
	int64_t at;	  /* ms, of clock_ms(): time of the last line */
	int64_t quiet_ms; /* another error is logged this long after it at the earliest */
};

struct session {
	struct session_options options;
	struct event_base *base;
	struct locate *locate;
	enum state state;
	struct calls calls;
	unsigned awaited; /* PREPARING: connections not ready yet, and replies still to come */
	struct event *retry;
	unsigned tries; /* to connect since Redis was last up for STEADY_MS, or worked */
	int64_t up_at;	/* ms, of clock_ms() */
	unsigned moves; /* MOVED replies followed, since it was last up */
	struct logged logged;
	char error[LOG_QUOTED];
	int64_t lost_at; /* ms, of clock_ms(); valid if logged.loss */
};

static void close_both(struct session *session)
{
	for (int lane = 0; lane < LANES; lane++) {
		struct connection *connection = session->calls.connections[lane];

		session->calls.connections[lane] = NULL;
		connection_close(connection);
	}
	calls_give_up(&session->calls);
}

/* A loss is logged once. While it lasts, a refused login is logged at once, since a person has to
 * act, and another error when the last line is old enough: at first five seconds, then twice as
 * old each time, so that errors in turn need few lines. */
static bool is_news(const struct logged *logged, const char *error, bool refusal, int64_t now)
{
	if (!logged->loss || (refusal && !logged->refusal))
		return true;
	return strcmp(error, logged->error) != 0 && now - logged->at >= logged->quiet_ms;
}

static void log_loss(struct session *session, const char *why)
{
	enum { QUIET_MS = 5000 };
	struct logged *logged = &session->logged;
	bool refusal = fault_of_error(why) == FAULT_NOPERM, news;
	int64_t now = clock_ms();

	log_quote(session->error, why, strlen(why));
	news = is_news(logged, session->error, refusal, now);
	log_event(news ? LOG_WARNING : LOG_DEBUG, session->options.about, "%s url=%s error=%s",
		  session->state == UP ? "lost" : "not reached", session->options.endpoint.url,
		  session->error);
	if (!news)
		return;
	if (!logged->loss)
		session->lost_at = now;
	logged->loss = true;
	logged->refusal |= refusal;
	memcpy(logged->error, session->error, sizeof logged->error);
	logged->at = now;
	logged->quiet_ms = logged->quiet_ms ? 2 * logged->quiet_ms : QUIET_MS;
}

/* A Cluster node names another one. Returns true if it should be followed: then the session
 * reconnects at once. A long chain of redirections is not followed. */
static bool follow(struct session *session, const char *error)
{
	enum { MOST_MOVES = 5 };
	char quoted[LOG_QUOTED];

	if (!locate_moved(session->locate, error))
		return false;
	if (++session->moves > MOST_MOVES) {
		log_loss(session, "too many Cluster redirections: give the prefix a "
				  "{hash tag}, which keeps all keys on one node");
		return false;
	}
	log_event(LOG_INFO, session->options.about, "moved to=%s",
		  log_quote(quoted, error, strlen(error)));
	return true;
}

/* The delays also grow when the connection is lost soon after it was made and did no work. */
enum { STEADY_MS = 1000 };

void session_restart(struct session *session, const char *why)
{
	bool was_up = session->state == UP, moved = follow(session, why);
	struct timeval wait = {0};

	if (was_up && (session->calls.worked || clock_ms() - session->up_at >= STEADY_MS))
		session->tries = 0;
	if (!moved) {
		log_loss(session, why);
		wait = backoff(session->tries++);
	}
	session->state = DOWN;
	locate_stop(session->locate);
	close_both(session);
	evtimer_add(session->retry, &wait);
	if (was_up) {
		session->options.counters->disconnects++;
		session->options.down(session->options.arg);
	}
	if (!moved && session->options.failed)
		session->options.failed(session->options.arg);
}

static void on_lost(void *arg, const char *why)
{
	session_restart(arg, why);
}

static void become_up(struct session *session)
{
	if (session->logged.loss)
		log_event(LOG_INFO, session->options.about, "reached url=%s after=%.1fs tries=%u",
			  session->options.endpoint.url,
			  (double)(clock_ms() - session->lost_at) / 1000, session->tries);
	else
		log_event(LOG_INFO, session->options.about, "reached url=%s",
			  session->options.endpoint.url);
	session->logged = (struct logged){0};
	memset(session->calls.logged, 0, sizeof session->calls.logged);
	session->calls.refusal[0] = '\0';
	session->moves = 0;
	session->up_at = clock_ms();
	session->calls.worked = false;
	session->state = UP;
	session->options.up(session->options.arg);
}

/* Preparing: the group is created, the scripts are loaded. */

static void one_ready(struct session *session)
{
	if (!--session->awaited)
		become_up(session);
}

/* Two errors are accepted: the group exists already, or the server is full and cannot create it.
 * In the second case a read says NOGROUP later, and what waits can be settled meanwhile. */
static bool is_accepted(const redisReply *reply)
{
	return reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "BUSYGROUP", 9) == 0 ||
	       fault_of(reply) == FAULT_OOM;
}

static void on_prepared(void *arg, const redisReply *reply)
{
	struct session *session = arg;
	char named[LOG_QUOTED];

	if (!reply || session->state != PREPARING)
		return;
	if (is_accepted(reply))
		one_ready(session);
	else
		session_restart(session, setup_name_key(&session->options.setup, reply->str, named,
							sizeof named));
}

static void on_work_ready(void *arg)
{
	struct session *session = arg;
	struct connection *connection = session->calls.connections[LANE_WORK];
	const struct setup *setup = &session->options.setup;

	session->awaited += setup_create_group(setup, connection, on_prepared, session);
	session->awaited += setup_load_scripts(setup, connection, on_prepared, session);
	one_ready(session);
}

static void on_read_ready(void *arg)
{
	one_ready(arg);
}

static void connect_both(void *arg, const struct address *server)
{
	struct session *session = arg;
	struct connection_options options = {
		.endpoint = &session->options.endpoint,
		.server = server,
		.password_file = session->options.password_file,
		.timeout_ms = session->options.timeout_ms,
		.ready = on_work_ready,
		.lost = on_lost,
		.arg = session,
	};

	session->state = PREPARING;
	session->awaited = LANES;
	session->calls.connections[LANE_WORK] = connection_open(session->base, &options);
	options.block_ms = session->options.block_ms;
	options.ready = on_read_ready;
	session->calls.connections[LANE_READ] = connection_open(session->base, &options);
	if (!session->calls.connections[LANE_WORK] || !session->calls.connections[LANE_READ])
		session_restart(session, "out of memory");
}

static void on_retry(evutil_socket_t unused, short what, void *arg)
{
	struct session *session = arg;

	(void)unused, (void)what;
	locate_search(session->locate);
}

static void on_refusing(void *arg)
{
	const struct session *session = arg;

	if (session->options.refusing)
		session->options.refusing(session->options.arg);
}

static bool make_parts(struct session *session)
{
	const struct locate_options options = {
		.endpoint = &session->options.endpoint,
		.timeout_ms = session->options.timeout_ms,
		.found = connect_both,
		.failed = on_lost,
		.changed = on_lost,
		.arg = session,
	};

	session->locate = locate_new(session->base, &options);
	session->retry = evtimer_new(session->base, on_retry, session);
	session->calls = (struct calls){
		.base = session->base,
		.about = session->options.about,
		.setup = &session->options.setup,
		.counters = session->options.counters,
		.restart = on_lost,
		.refusing = on_refusing,
		.arg = session,
	};
	return session->locate && session->retry;
}

struct session *session_open(struct event_base *base, const struct session_options *options)
{
	struct session *session = calloc(1, sizeof *session);

	if (!session)
		return NULL;
	session->options = *options;
	session->base = base;
	if (!make_parts(session)) {
		session_free(session);
		return NULL;
	}
	event_active(session->retry, EV_TIMEOUT, 0);
	return session;
}

void session_disconnect(struct session *session)
{
	if (!session)
		return;
	session->state = DOWN;
	locate_stop(session->locate);
	close_both(session);
}

void session_free(struct session *session)
{
	if (!session)
		return;
	if (session->retry)
		event_free(session->retry);
	locate_free(session->locate);
	free(session);
}

bool session_is_up(const struct session *session)
{
	return session->state == UP;
}

const char *session_error(const struct session *session)
{
	return session->state == UP ? session->calls.refusal : session->error;
}

void session_stop_reading(struct session *session)
{
	struct connection *connection = session->calls.connections[LANE_READ];

	session->calls.connections[LANE_READ] = NULL;
	connection_close(connection);
}

static void call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		 refused_fn *refused, void *arg)
{
	if (session->state == UP && call_send(&session->calls, lane, command, done, refused, arg))
		return;
	resp_free(command);
	if (session->state == UP) {
		const char *why = connection_loss(session->calls.connections[lane]);

		session_restart(session, why ? why : "out of memory");
	}
	done(arg, NULL);
}

void session_call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		  void *arg)
{
	call(session, lane, command, done, NULL, arg);
}

void session_call_refusable(struct session *session, struct resp *command, reply_fn *done,
			    refused_fn *refused, void *arg)
{
	call(session, LANE_WORK, command, done, refused, arg);
}

void session_send(struct session *session, struct resp *command, reply_fn *done, void *arg)
{
	struct connection *connection = session->calls.connections[LANE_WORK];
	bool sent = session->state == UP && connection_send(connection, command, done, arg);

	resp_free(command);
	if (!sent)
		done(arg, NULL);
}
