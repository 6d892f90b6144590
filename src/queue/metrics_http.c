#include "queue/metrics_http.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "monitor/prometheus.h"
#include "monitor/http_server.h"

/* How often Redis is asked what waits: a scrape is answered from the last answer, so that it
 * never waits, and never makes Redis work more than this. */
enum { ASK_EVERY_S = 2 };

struct http {
	struct serve *serve;
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
	static const enum key keys[] = {KEY_SUBMITTED, KEY_HELD};
	struct http *http = arg;
	struct resp command = {0};

	(void)unused, (void)what;
	session_script(http->session, &command, SCRIPT_GAUGE, keys, sizeof keys / sizeof keys[0]);
	resp_string(&command, session_group(http->session));
	session_call(http->session, LANE_WORK, &command, on_gauges, http);
}

static void print_metrics(struct http *http, struct page *page)
{
	http->gauges.up = session_is_up(http->session);
	http->gauges.rules = desk_rules(http->desk);
	page->code = 200;
	page->type = "text/plain; version=0.0.4; charset=utf-8";
	exposition_print(http->metrics, &http->gauges, &page->body);
}

/* Without rules the daemon does not run, so Redis is all that readiness has to ask for. */
static void on_page(void *arg, const char *path, struct page *page)
{
	struct http *http = arg;
	bool up = session_is_up(http->session);

	if (!strcmp(path, "/metrics")) {
		print_metrics(http, page);
	} else if (!strcmp(path, "/healthz")) {
		page->code = 200;
		buf_add_string(&page->body, "the loop turns\n");
	} else if (!strcmp(path, "/readyz")) {
		page->code = up ? 200 : 503;
		buf_add_string(&page->body, up ? "ready\n" : "waiting for Redis\n");
	}
}

struct http *http_new(struct event_base *base, struct address *address, struct session *session,
		      const struct desk *desk, const struct metrics *metrics, const char **why)
{
	struct http *http = calloc(1, sizeof *http);

	*why = "out of memory";
	if (!http)
		return NULL;
	*http = (struct http){
		.session = session, .desk = desk, .metrics = metrics, .gauges = unknown};
	http->serve = serve_new(base, address, on_page, http, why);
	http->timer = evtimer_new(base, on_time, http);
	if (!http->serve || !http->timer) {
		http_free(http);
		return NULL;
	}
	ask_later(http);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	if (http->timer)
		event_free(http->timer);
	serve_free(http->serve);
	free(http);
}
