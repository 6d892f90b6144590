#include "redis/fault.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"

/* How an error reply begins. An error in a script begins with the inner error, so these match it
 * too. A read that is blocked gets UNBLOCKED when its stream is deleted or its master becomes a
 * replica. ASK is not followed: while a slot moves, a script on the new node would not find the
 * keys that have not moved yet. The call waits until the whole slot has moved. */
static const struct {
	const char *prefix;
	enum fault fault;
} prefixes[] = {
	{"NOSCRIPT", FAULT_NOSCRIPT},
	{"NOGROUP", FAULT_NOGROUP},
	{"UNBLOCKED the stream key no longer exists", FAULT_NOGROUP},
	{"UNBLOCKED", FAULT_READONLY},
	{"READONLY", FAULT_READONLY},
	{"MASTERDOWN", FAULT_READONLY},
	{"MOVED", FAULT_MOVED},
	{"ASK ", FAULT_CLUSTER},
	{"TRYAGAIN", FAULT_CLUSTER},
	{"CLUSTERDOWN", FAULT_CLUSTER},
	{"CROSSSLOT", FAULT_CROSSSLOT},
	{"LOADING", FAULT_LOADING},
	{"OOM", FAULT_OOM},
	{"MISCONF", FAULT_MISCONF},
	{"BUSY", FAULT_BUSY},
	{"NOREPLICAS", FAULT_NOREPLICAS},
	{"NOPERM", FAULT_NOPERM},
	{"NOAUTH", FAULT_NOPERM},
	{"WRONGPASS", FAULT_NOPERM},
	{"ERR AUTH", FAULT_NOPERM}, /* a password, and the server has none */
	{"WRONGTYPE", FAULT_WRONGTYPE},
};

enum fault fault_of_error(const char *error)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (!strncmp(error, prefixes[i].prefix, strlen(prefixes[i].prefix)))
			return prefixes[i].fault;
	return FAULT_OTHER;
}

enum fault fault_of(const redisReply *reply)
{
	if (!reply)
		return FAULT_LOST;
	return reply->type == REDIS_REPLY_ERROR ? fault_of_error(reply->str) : FAULT_NONE;
}

const char *fault_name(enum fault fault)
{
	static const char *const names[FAULTS] = {
		[FAULT_NONE] = "none",	       [FAULT_LOST] = "lost",
		[FAULT_NOSCRIPT] = "noscript", [FAULT_NOGROUP] = "nogroup",
		[FAULT_READONLY] = "readonly", [FAULT_LOADING] = "loading",
		[FAULT_OOM] = "oom",	       [FAULT_MISCONF] = "misconf",
		[FAULT_BUSY] = "busy",	       [FAULT_NOREPLICAS] = "noreplicas",
		[FAULT_NOPERM] = "noperm",     [FAULT_WRONGTYPE] = "wrongtype",
		[FAULT_OTHER] = "other",       [FAULT_MOVED] = "moved",
		[FAULT_CLUSTER] = "cluster",   [FAULT_CROSSSLOT] = "crossslot",
	};

	return names[fault];
}

enum { FIRST_MS = 50, MOST_MS = 5000, MOST_DOUBLINGS = 7 };

struct timeval backoff(unsigned tries)
{
	uint32_t whole = (uint32_t)FIRST_MS << (tries < MOST_DOUBLINGS ? tries : MOST_DOUBLINGS);

	if (whole > MOST_MS)
		whole = MOST_MS;
	return clock_timeval(whole / 2 + arc4random_uniform(whole / 2 + 1));
}
