/*
 * Priorities of events on the loop (libevent runs the most urgent active ones first).
 *
 * An event that sets no priority has the middle one: answers of Redis, timers, signals. Judging
 * and metrics clients share the last: they take turns, and neither delays Redis.
 */
#ifndef DUYETD_BASE_LOOP_H
#define DUYETD_BASE_LOOP_H

enum { LOOP_PRIORITIES = 3, LOOP_LEAST_URGENT = LOOP_PRIORITIES - 1 };

#endif
