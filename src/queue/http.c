#include "queue/http.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

/* A scrape has a few hundred bytes of headers and no body. */
enum { MOST_HEADERS = 8192, MOST_BODY = 1024, TIMEOUT_S = 5 };

/* How often Redis is asked what waits: a scrape is answered from the last answer, so that it
 * never waits, and never makes Redis work more than this. */
enum { ASK_EVERY_S = 2 };

struct http {
	struct evhttp *server;
	struct session *session;
	const struct desk *desk;
	const struct metrics *metrics;
	struct event *timer;
	struct gauges gauges;
};

static const struct gauges unknown = {.backlog = -1, .pending = -1, .held = -1, .oldest = -1};

static void ask_later(struct http *http)
{
	const struct timeval wait = {ASK_EVERY_S, 0};

	evtimer_add(http->timer, &wait);
}

static void on_gauges(void *arg, const redisReply *reply)
{
	struct http *http = arg;
	struct gauges *gauges = &http->gauges;

	*gauges = unknown;
	ask_later(http);
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 4)
		return;
	gauges->backlog = reply->element[0]->integer;
	gauges->pending = reply->element[1]->integer;
	gauges->held = reply->element[2]->integer;
	gauges->oldest =
		reply->element[3]->integer < 0 ? 0 : (double)reply->element[3]->integer / 1000;
}

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	struct http *http = arg;
	struct session *session = http->session;
	struct resp command = {0};

	(void)unused, (void)what;
	session_script(session, &command, SCRIPT_GAUGE, 2);
	resp_string(&command, session_keys(session)->name[KEY_SUBMITTED]);
	resp_string(&command, session_keys(session)->name[KEY_HELD]);
	resp_string(&command, session_group(session));
	if (!session_call(session, LANE_WORK, &command, on_gauges, http))
		on_gauges(http, NULL);
}

static void answer(struct evhttp_request *request, int code, const char *reason, const char *type,
		   const char *bytes, size_t len)
{
	struct evbuffer *body = evbuffer_new();

	if (!body || evbuffer_add(body, bytes, len)) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
	} else {
		evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
		evhttp_send_reply(request, code, reason, body);
	}
	if (body)
		evbuffer_free(body);
}

static void answer_words(struct evhttp_request *request, int code, const char *words)
{
	answer(request, code, code == HTTP_OK ? "OK" : "Service Unavailable",
	       "text/plain; charset=utf-8", words, strlen(words));
}

static void on_metrics(struct evhttp_request *request, void *arg)
{
	struct http *http = arg;
	struct buf out = {0};

	http->gauges.up = session_is_up(http->session);
	http->gauges.rules = desk_rules(http->desk);
	metrics_print(http->metrics, &http->gauges, &out);
	if (out.failed)
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
	else
		answer(request, HTTP_OK, "OK", "text/plain; version=0.0.4; charset=utf-8",
		       buf_string(&out), out.len);
	buf_free(&out);
}

static void on_health(struct evhttp_request *request, void *arg)
{
	(void)arg;
	answer_words(request, HTTP_OK, "the loop turns\n");
}

/* Without rules the daemon does not run, so Redis is all there is to ask for. */
static void on_ready(struct evhttp_request *request, void *arg)
{
	const struct http *http = arg;

	if (session_is_up(http->session))
		answer_words(request, HTTP_OK, "ready\n");
	else
		answer_words(request, HTTP_SERVUNAVAIL, "waiting for Redis\n");
}

struct http *http_new(struct event_base *base, const struct address *address,
		      struct session *session, const struct desk *desk,
		      const struct metrics *metrics)
{
	struct http *http = calloc(1, sizeof *http);

	if (!http)
		return NULL;
	*http = (struct http){
		.session = session, .desk = desk, .metrics = metrics, .gauges = unknown};
	http->server = evhttp_new(base);
	http->timer = evtimer_new(base, on_time, http);
	if (!http->server || !http->timer ||
	    evhttp_bind_socket(http->server, address->host, address->port)) {
		http_free(http);
		return NULL;
	}
	evhttp_set_allowed_methods(http->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(http->server, MOST_HEADERS);
	evhttp_set_max_body_size(http->server, MOST_BODY);
	evhttp_set_timeout(http->server, TIMEOUT_S);
	evhttp_set_cb(http->server, "/metrics", on_metrics, http);
	evhttp_set_cb(http->server, "/healthz", on_health, http);
	evhttp_set_cb(http->server, "/readyz", on_ready, http);
	ask_later(http);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	if (http->timer)
		event_free(http->timer);
	if (http->server)
		evhttp_free(http->server);
	free(http);
}
