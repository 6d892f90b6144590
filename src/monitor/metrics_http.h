/*
 * The pages /metrics, /healthz (the process answers) and /readyz (Redis is reached and judging
 * makes progress). Callbacks supply the values that are not in the metrics.
 */
#ifndef DUYETD_MONITOR_METRICS_HTTP_H
#define DUYETD_MONITOR_METRICS_HTTP_H

#include <stdbool.h>
#include "base/parse.h"
#include "monitor/metrics.h"

struct event_base;
struct metrics_http;

struct metrics_http_options {
	const struct metrics *metrics;
	/* Returns NULL when ready. */
	const char *(*why_not_ready)(void *arg);
	/* Fills in the current values. */
	void (*gauges)(void *arg, struct gauges *gauges);
	void *arg;
};

/* A port of 0 takes a free one and stores it in `address`. Returns NULL when the address cannot be
 * listened on; `*why` is then the reason, for the log. */
struct metrics_http *metrics_http_new(struct event_base *base, struct address *address,
				      const struct metrics_http_options *options, const char **why);

/* NULL is allowed. */
void metrics_http_free(struct metrics_http *http);

#endif
