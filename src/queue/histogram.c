#include "queue/histogram.h"

void histogram_note(struct histogram *histogram, double value)
{
	int i = 0;

	while (i < HISTOGRAM_BOUNDS && histogram->bounds[i] > 0 && value > histogram->bounds[i])
		i++;
	if (i == HISTOGRAM_BOUNDS || histogram->bounds[i] <= 0)
		i = HISTOGRAM_BOUNDS; /* +Inf */
	histogram->counts[i]++;
	histogram->sum += value;
}
