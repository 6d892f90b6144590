/*
 * The consumer's name. It must be unique, or two processes would share one pending list; and the
 * same after a restart, or unfinished entries would wait until another consumer claims them.
 *
 * So it is HOSTNAME-N, with the smallest N that no other process of this machine uses for the same
 * Redis, prefix and group. A process locks its name by binding an abstract socket, which the
 * kernel releases when the process ends. Machines need different host names: where two have the
 * same, some comments are judged twice, and still settled once.
 */
#ifndef DUYETD_QUEUE_CONSUMER_NAME_H
#define DUYETD_QUEUE_CONSUMER_NAME_H

#include <stdbool.h>

enum { CONSUMER_NAME_SIZE = 128 };

/* Fills in `name`: `wanted` unless that is NULL. Locks it until the process ends. Returns false
 * when another process has it or, without `wanted`, has all of them. `scope` distinguishes
 * queues. */
bool consumer_name_lock(char name[CONSUMER_NAME_SIZE], const char *wanted,
			const char *const scope[3]);

#endif
