#include "queue/aof_rewrite.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "redis/session.h"

enum { LOOK_EVERY_MS = 250, RETRY_AFTER_MS = 60000, RUN_ID_SIZE = 41 };

struct aof_rewrite {
	struct session *session;
	struct event *timer;
	bool asking;		   /* a reply is awaited */
	bool under_way;		   /* a rewrite has begun, and its end is not logged yet */
	bool logged_no_info;	   /* once a process */
	char refused[RUN_ID_SIZE]; /* run of Redis for which a refusal is in the log */
	char run_id[RUN_ID_SIZE];  /* of the last look */
};

/* What INFO says of the append-only file. */
struct aof_state {
	bool enabled, under_way, rewritten, failed;
};

/* The value of a line `name:value`, or NULL. */
static const char *info_value(const char *info, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = info; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ':')
			return line + len + 1;
	}
	return NULL;
}

static bool info_is_set(const char *info, const char *name)
{
	const char *value = info_value(info, name);

	return value && *value >= '1' && *value <= '9';
}

static struct aof_state read_info(struct aof_rewrite *rewrite, const char *info)
{
	const char *run_id = info_value(info, "run_id"),
		   *status = info_value(info, "aof_last_bgrewrite_status");
	size_t len = run_id ? strspn(run_id, "0123456789abcdef") : 0;

	if (len >= RUN_ID_SIZE)
		len = RUN_ID_SIZE - 1;
	if (run_id)
		memcpy(rewrite->run_id, run_id, len);
	rewrite->run_id[len] = '\0';
	return (struct aof_state){
		.enabled = info_is_set(info, "aof_enabled"),
		.under_way = info_is_set(info, "aof_rewrite_in_progress") ||
			     info_is_set(info, "aof_rewrite_scheduled"),
		.rewritten = info_is_set(info, "aof_rewrites"),
		.failed = status && strncmp(status, "ok", 2) != 0,
	};
}

static void look_later(struct aof_rewrite *rewrite, int64_t ms)
{
	const struct timeval wait = clock_timeval(ms);

	evtimer_add(rewrite->timer, &wait);
}

/* Once for each run of Redis. */
static void log_refusal(struct aof_rewrite *rewrite, const char *why)
{
	char quoted[LOG_QUOTED];

	if (!strcmp(rewrite->refused, rewrite->run_id))
		return;
	memcpy(rewrite->refused, rewrite->run_id, sizeof rewrite->refused);
	log_event(LOG_WARNING, "aof",
		  "not rewritten since Redis started: if Redis was killed, run redis-cli "
		  "BGREWRITEAOF, or grant this user +bgrewriteaof run=%s error=%s",
		  rewrite->run_id, log_quote(quoted, why, strlen(why)));
}

static void on_refused(struct aof_rewrite *rewrite, const redisReply *error)
{
	char quoted[LOG_QUOTED];

	if (fault_of(error) == FAULT_NOPERM) {
		log_refusal(rewrite, error->str);
	} else if (strstr(error->str, "in progress")) { /* another client was faster */
		look_later(rewrite, LOOK_EVERY_MS);
	} else {
		log_event(LOG_WARNING, "aof", "rewrite refused run=%s error=%s", rewrite->run_id,
			  log_quote(quoted, error->str, strlen(error->str)));
		look_later(rewrite, RETRY_AFTER_MS);
	}
}

static void on_requested(void *arg, const redisReply *reply)
{
	struct aof_rewrite *rewrite = arg;

	rewrite->asking = false;
	if (!reply)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		on_refused(rewrite, reply);
		return;
	}
	log_event(LOG_INFO, "aof", "rewrite requested run=%s", rewrite->run_id);
	rewrite->under_way = true;
	look_later(rewrite, LOOK_EVERY_MS);
}

static void ask(struct aof_rewrite *rewrite, const char *words, reply_fn *done)
{
	struct resp command = {0};

	rewrite->asking = true;
	resp_begin(&command);
	resp_words(&command, words);
	session_send(rewrite->session, &command, done, rewrite);
}

static void log_end(struct aof_rewrite *rewrite, bool failed)
{
	if (failed)
		log_event(LOG_WARNING, "aof", "rewrite failed, see Redis's log run=%s",
			  rewrite->run_id);
	else
		log_event(LOG_INFO, "aof", "rewrite ended run=%s", rewrite->run_id);
}

static void act(struct aof_rewrite *rewrite, const struct aof_state *state)
{
	if (!state->enabled)
		return;
	if (state->under_way) {
		if (!rewrite->under_way)
			log_event(LOG_INFO, "aof", "rewrite under way run=%s", rewrite->run_id);
		rewrite->under_way = true;
		look_later(rewrite, LOOK_EVERY_MS);
	} else if (rewrite->under_way) {
		rewrite->under_way = false;
		log_end(rewrite, state->failed);
		if (state->failed)
			look_later(rewrite, RETRY_AFTER_MS);
	} else if (!state->rewritten || state->failed) {
		ask(rewrite, "BGREWRITEAOF", on_requested);
	}
}

static void on_info(void *arg, const redisReply *reply)
{
	struct aof_rewrite *rewrite = arg;
	struct aof_state state;

	rewrite->asking = false;
	if (reply && reply->type == REDIS_REPLY_STRING) {
		state = read_info(rewrite, reply->str);
		act(rewrite, &state);
	} else if (reply && fault_of(reply) == FAULT_NOPERM && !rewrite->logged_no_info) {
		rewrite->logged_no_info = true;
		log_event(LOG_INFO, "aof",
			  "not watched: grant this user +info; if Redis has an append-only file "
			  "and was killed, run redis-cli BGREWRITEAOF");
	}
}

static void look(struct aof_rewrite *rewrite)
{
	if (!rewrite->asking && session_is_up(rewrite->session))
		ask(rewrite, "INFO server persistence", on_info);
}

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	look(arg);
}

void aof_rewrite_check(struct aof_rewrite *rewrite)
{
	evtimer_del(rewrite->timer);
	rewrite->under_way = false; /* not known yet: Redis may have restarted */
	look(rewrite);
}

struct aof_rewrite *aof_rewrite_new(struct event_base *base, struct session *session)
{
	struct aof_rewrite *rewrite = calloc(1, sizeof *rewrite);

	if (!rewrite || !(rewrite->timer = evtimer_new(base, on_time, rewrite))) {
		free(rewrite);
		return NULL;
	}
	rewrite->session = session;
	return rewrite;
}

void aof_rewrite_free(struct aof_rewrite *rewrite)
{
	if (!rewrite)
		return;
	event_free(rewrite->timer);
	free(rewrite);
}
