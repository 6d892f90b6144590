#include "redis/backoff.h"

#include <stdint.h>
#include <stdlib.h>
#include "base/clock.h"

enum { FIRST_MS = 50, MOST_MS = 5000, MOST_DOUBLINGS = 7 };

struct timeval backoff(unsigned tries)
{
	uint32_t whole = (uint32_t)FIRST_MS << (tries < MOST_DOUBLINGS ? tries : MOST_DOUBLINGS);

	if (whole > MOST_MS)
		whole = MOST_MS;
	return clock_timeval(whole / 2 + arc4random_uniform(whole / 2 + 1));
}
