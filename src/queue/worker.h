/*
 * The daemon: connects to Redis, claims its unfinished entries, then reads, judges and settles
 * until it is told to stop. The other files of this folder are its parts.
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
	const char *rules; /* the directory that HUP loads */
	int64_t batch, in_flight, linger;
	int64_t wait_replicas; /* must have a settled batch before more is read; 0: none */
	int64_t claim_after, max_deliveries;
	int64_t keep, keep_rejected, keep_stats;
	int64_t keep_approved; /* 0: approved comments are not kept */
	int64_t hold_for;      /* 0: held comments stay held */
	const char *hold_then; /* their verdict after that */
	int64_t grace, timeout;
	struct address metrics; /* empty host: none; port 0: any free one */
};

/* From here on HUP waits for worker_run(), which then reloads the rules. */
void worker_hold_hup(void);

/* Runs until TERM or INT and returns the exit status. Takes ownership of `rules`. */
enum exit_status worker_run(const struct worker_options *options, struct ruleset *rules);

#endif
