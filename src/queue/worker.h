/*
 * The daemon's story: reach Redis, take up what was left unfinished, then read, judge and
 * settle until told to stop. Everything else in this folder is a part of it.
 */
#ifndef DUYETD_QUEUE_WORKER_H
#define DUYETD_QUEUE_WORKER_H

#include <stdint.h>
#include "base/exit.h"
#include "queue/queue.h"

struct ruleset;

/* Times in ms. Strings are borrowed. */
struct worker_options {
	struct endpoint endpoint;
	const char *password_file; /* NULL for none */
	struct keys keys;
	const char *group, *consumer;
	const char *rules; /* where HUP loads them from */
	int64_t batch, in_flight;
	int64_t wait_replicas; /* that must have what is settled before more is read */
	int64_t claim_after, max_deliveries;
	int64_t keep, keep_rejected;
	int64_t hold_for;      /* 0: what is held stays held */
	const char *hold_then; /* verdict for what was held that long */
	int64_t grace, timeout;
	struct address metrics; /* empty host: none; port 0: any free one */
};

/* Runs until TERM or INT; what to exit with. `rules` is taken over. */
enum exit_status worker_run(const struct worker_options *options, struct ruleset *rules);

#endif
