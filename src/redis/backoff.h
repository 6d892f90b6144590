/*
 * How long to wait before the next try: 50 ms, doubled each time up to 5 s, and of that a
 * random part between the half and the whole, so that many do not come back as one.
 */
#ifndef DUYETD_REDIS_BACKOFF_H
#define DUYETD_REDIS_BACKOFF_H

#include <sys/time.h>

/* `tries` that failed so far, from 0. */
struct timeval backoff(unsigned tries);

#endif
