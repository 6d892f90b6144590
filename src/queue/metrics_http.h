/*
 * /metrics, /healthz (the loop turns) and /readyz (Redis reached, rules loaded), for those
 * who watch. How they are served is in monitor/http_server.h.
 */
#ifndef DUYETD_QUEUE_METRICS_HTTP_H
#define DUYETD_QUEUE_METRICS_HTTP_H

#include "base/value.h"
#include "queue/desk.h"
#include "monitor/metrics.h"
#include "redis/session.h"

struct event_base;
struct http;

/* NULL where the address cannot be listened on; `*why` then says so to people. */
struct http *http_new(struct event_base *base, const struct address *address,
		      struct session *session, const struct desk *desk,
		      const struct metrics *metrics, const char **why);

/* After session_hang_up(). */
void http_free(struct http *http);

#endif
