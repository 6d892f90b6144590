/* Values counted by size, as Prometheus wants them. */
#ifndef DUYETD_QUEUE_HISTOGRAM_H
#define DUYETD_QUEUE_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BOUNDS = 16 };

struct histogram {
	double bounds[HISTOGRAM_BOUNDS]; /* upper ones, rising; 0 ends them */
	uint64_t counts[HISTOGRAM_BOUNDS + 1];
	double sum;
};

void histogram_note(struct histogram *histogram, double value);

#endif
