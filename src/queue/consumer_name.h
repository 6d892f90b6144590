/*
 * The consumer's name: unique, or two processes would read one pending list; and the same
 * after a restart, or what was left unfinished would wait to be claimed by others.
 *
 * So it is HOSTNAME-N with the smallest N that no other process of this machine has for the
 * same Redis, prefix and group. A name is held by binding an abstract socket: the kernel
 * lets go of it when the process ends, however it ends. Machines need different host names;
 * where two have the same one, work is done twice, and still settled once.
 */
#ifndef DUYETD_QUEUE_CONSUMER_NAME_H
#define DUYETD_QUEUE_CONSUMER_NAME_H

#include <stdbool.h>

enum { CONSUMER_NAME_SIZE = 128 };

/* Fills `name`, which is `wanted` where that is not NULL. Holds it until the process ends.
 * False: a live process has it, or (none wanted) all of them. `scope` tells queues apart. */
bool consumer_name_lock(char name[CONSUMER_NAME_SIZE], const char *wanted,
			const char *const scope[3]);

#endif
