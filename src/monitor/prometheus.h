/* What /metrics says: Prometheus's text exposition format 0.0.4. */
#ifndef DUYETD_MONITOR_PROMETHEUS_H
#define DUYETD_MONITOR_PROMETHEUS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

struct metrics;
struct ruleset;

/* Current values. Ages and counts below 0 are not known and not printed. */
struct gauges {
	bool up, reviews_up; /* Redis is reached */
	bool stalled;	     /* judging makes no progress though entries wait */
	const struct ruleset *rules;
	int64_t backlog, pending, held, reviews;
	double oldest, oldest_held, oldest_review; /* seconds that the oldest one has waited */
};

void prometheus_print(const struct metrics *metrics, const struct gauges *gauges, struct buf *out);

#endif
