/* What the daemon counts of itself, for /metrics. One thread writes and reads all of it. */
#ifndef DUYETD_QUEUE_METRICS_H
#define DUYETD_QUEUE_METRICS_H

#include <stdint.h>
#include "queue/fault.h"
#include "rules/judge.h"

struct metrics {
	uint64_t judged;			  /* comments; a redelivered one again */
	uint64_t settled;			  /* entries whose verdict was ours */
	uint64_t verdicts[DECISION_REJECT + 1];	  /* judged, by decision */
	uint64_t broken;			  /* checks that failed and so counted as failing */
	uint64_t batches;
	uint64_t claimed;			  /* entries taken from their pending lists */
	uint64_t orphans;
	uint64_t dead;
	uint64_t reviews;
	uint64_t disconnects;
	uint64_t faults[FAULTS];
	uint64_t reloads, reload_failures;
};

#endif
