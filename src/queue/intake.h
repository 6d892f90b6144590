/*
 * Reads what is new in the submitted and the review stream: blocking while there is nothing,
 * and only as much ahead as the desk has room for, so that memory does not grow with the
 * backlog.
 */
#ifndef DUYETD_QUEUE_INTAKE_H
#define DUYETD_QUEUE_INTAKE_H

#include "queue/batch.h"
#include "queue/desk.h"
#include "queue/session.h"

struct intake;

struct intake_options {
	const char *consumer;
	size_t batch;	  /* most entries a read */
	size_t in_flight; /* most batches read and not yet settled */
	int64_t block;	  /* ms */
	/* Takes over what was read of the review stream. */
	void (*reviews)(void *arg, struct batch *batch);
	/* The last read is answered or given up, after intake_stop(). */
	void (*stopped)(void *arg);
	void *arg;
};

/* NULL without memory. */
struct intake *intake_new(struct session *session, struct desk *desk,
			  const struct intake_options *options);
void intake_free(struct intake *intake);

/* Reads, from now on and whenever there is room. */
void intake_start(struct intake *intake);

/* Reads no more. A read that blocks is given up; one about to be answered is awaited, since
 * its entries are ours by then. False: there is none, and `stopped` will not come. */
bool intake_stop(struct intake *intake);

#endif
