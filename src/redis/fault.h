/* The error replies of Redis, and the delay before the next attempt. redis/call.c acts on them. */
#ifndef DUYETD_REDIS_FAULT_H
#define DUYETD_REDIS_FAULT_H

#include <stdint.h>
#include <sys/time.h>

struct redisReply;

enum fault {
	FAULT_NONE,
	FAULT_LOST,	/* no reply: the connection is lost */
	FAULT_NOSCRIPT, /* the scripts are not loaded: load them again */
	FAULT_NOGROUP,	/* a group or its stream does not exist: create it */
	FAULT_READONLY, /* no longer the master: reconnect */
	FAULT_MOVED,	/* another Cluster node has the keys: connect there */
	FAULT_LOADING,	/* this one and the following: wait for backoff(), send again */
	FAULT_OOM,
	FAULT_MISCONF,
	FAULT_BUSY,
	FAULT_NOREPLICAS,
	FAULT_CLUSTER,	 /* the keys are moving to another node, or no node has them */
	FAULT_CROSSSLOT, /* the command's keys are in several slots of the Cluster */
	FAULT_NOPERM,
	FAULT_WRONGTYPE,
	FAULT_OTHER,
	FAULTS
};

/* Returns the fault of a reply: FAULT_LOST for NULL, FAULT_NONE for one that is not an error. */
enum fault fault_of(const struct redisReply *reply);

/* The same for the text of an error reply. */
enum fault fault_of_error(const char *error);

/* In lower case: for the log and the metrics. */
const char *fault_name(enum fault fault);

/* For the metrics. */
struct redis_counters {
	uint64_t disconnects;
	uint64_t faults[FAULTS]; /* error replies */
};

/*
 * How long to wait before the next try, after `tries` that failed (from 0): 50 ms, doubled each
 * time up to 5 s. The result is random between half of that and all of it, so that many clients
 * do not return at once.
 */
struct timeval backoff(unsigned tries);

#endif
