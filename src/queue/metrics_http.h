/*
 * /metrics, /healthz (the loop turns) and /readyz (Redis reached, rules loaded), for those
 * who watch. How they are served is in monitor/http_server.h.
 */
#ifndef DUYETD_QUEUE_METRICS_HTTP_H
#define DUYETD_QUEUE_METRICS_HTTP_H

#include "base/parse.h"
#include "monitor/metrics.h"
#include "queue/judging.h"
#include "redis/session.h"

struct event_base;
struct http;

/* A port of 0 takes a free one and stores it in `address`. Returns NULL when the address cannot be
 * listened on; `*why` is then the reason, for the log. */
struct http *http_new(struct event_base *base, struct address *address, struct session *session,
		      const struct desk *desk, const struct metrics *metrics, const char **why);

/* After session_hang_up(). */
void http_free(struct http *http);

#endif
