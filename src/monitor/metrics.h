/*
 * The counters of the daemon, and the page /metrics. One thread writes and reads all of it.
 *
 * This folder shows the state of the daemon: counters, the HTTP pages, messages to systemd. It may
 * know redis/ (its error kinds) and rules/ (decisions, the rule set's id), and nothing of the
 * queue.
 */
#ifndef DUYETD_MONITOR_METRICS_H
#define DUYETD_MONITOR_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/log.h"
#include "redis/fault.h"
#include "rules/verdict.h"

enum { HISTOGRAM_BOUNDS = 16 };

/* A Prometheus histogram. */
struct histogram {
	double bounds[HISTOGRAM_BOUNDS]; /* upper bounds, rising; 0 ends them */
	uint64_t counts[HISTOGRAM_BOUNDS + 1];
	double sum;
};

/* Of one rule, found by its name, so that they survive a reload. */
struct rule_counts {
	char *name;
	uint64_t hits;		    /* comments that failed it */
	uint64_t broken;	    /* of these, because its check could not be finished */
	struct log_limit log_limit; /* of the lines about these */
};

struct metrics {
	double started;				/* Unix time, seconds */
	uint64_t judged;			/* comments; one delivered again counts again */
	uint64_t settled;			/* entries whose verdict this process published */
	uint64_t verdicts[DECISION_REJECT + 1]; /* judged, by decision */
	uint64_t broken;			/* checks not finished, which count as failing */
	uint64_t claimed;			/* entries claimed from pending lists */
	uint64_t orphans;			/* entries found that no consumer held */
	uint64_t dead;				/* entries moved to PREFIX:dead */
	uint64_t reviews;			/* decisions published */
	struct redis_counters redis;		/* of the submissions' connections */
	struct redis_counters review_redis;	/* of the reviews' */
	uint64_t reloads, reload_failures;
	double reload_seconds;	  /* of the last one */
	struct histogram judging; /* seconds a comment */
	struct histogram latency; /* seconds from submission to verdict */
	struct histogram batches; /* entries a batch */
	struct rule_counts *rules;
	size_t rule_count, rule_room;
};

void histogram_count(struct histogram *histogram, double value);

void metrics_init(struct metrics *metrics);
void metrics_free(struct metrics *metrics);

/* The counts of the rule of that name, valid until the next call. Returns NULL when out of memory,
 * or after thousands of different names. */
struct rule_counts *metrics_rule(struct metrics *metrics, const char *name);

struct ruleset;

/* Current values. Ages and counts below 0 are not known and not printed. */
struct gauges {
	bool up, reviews_up; /* Redis is reached */
	bool stalled;	     /* judging makes no progress though entries wait */
	const struct ruleset *rules;
	int64_t backlog, pending, held, reviews;
	double oldest, oldest_held, oldest_review; /* seconds that the oldest one has waited */
};

/* Adds the page /metrics: Prometheus's text exposition format 0.0.4. */
void prometheus_print(const struct metrics *metrics, const struct gauges *gauges, struct buf *out);

#endif
