/*
 * Priorities of events on the loop (libevent runs the most urgent active ones first).
 *
 * Events without a priority of their own have the middle one: replies of Redis, timers, signals.
 * Judging and metrics clients have the last: they take turns, and do not delay Redis.
 */
#ifndef DUYETD_BASE_LOOP_H
#define DUYETD_BASE_LOOP_H

enum { LOOP_PRIORITIES = 3, LOOP_LEAST_URGENT = LOOP_PRIORITIES - 1 };

#endif
