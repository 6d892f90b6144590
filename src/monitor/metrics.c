#include "monitor/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/grow.h"

/* More names than any rules directory has. Rules beyond it are not counted. */
enum { MOST_RULES = 4096 };

void histogram_count(struct histogram *histogram, double value)
{
	int i = 0;

	while (i < HISTOGRAM_BOUNDS && histogram->bounds[i] > 0 && value > histogram->bounds[i])
		i++;
	if (i == HISTOGRAM_BOUNDS || histogram->bounds[i] <= 0)
		i = HISTOGRAM_BOUNDS; /* +Inf */
	histogram->counts[i]++;
	histogram->sum += value;
}

void metrics_init(struct metrics *metrics)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*metrics = (struct metrics){
		.started = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
		.judging.bounds = {1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 1e-1},
		.latency.bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
				   5, 10, 60, 600, 3600},
		.batches.bounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024},
	};
}

void metrics_free(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->rule_count; i++)
		free(metrics->rules[i].name);
	free(metrics->rules);
}

struct rule_counts *metrics_rule(struct metrics *metrics, const char *name)
{
	char *copy;

	for (size_t i = 0; i < metrics->rule_count; i++)
		if (!strcmp(metrics->rules[i].name, name))
			return &metrics->rules[i];
	if (metrics->rule_count == MOST_RULES)
		return NULL;
	if (!grow(metrics->rules, metrics->rule_count + 1, &metrics->rule_room))
		return NULL;
	copy = strdup(name);
	if (!copy)
		return NULL;
	metrics->rules[metrics->rule_count] = (struct rule_counts){.name = copy};
	return &metrics->rules[metrics->rule_count++];
}
