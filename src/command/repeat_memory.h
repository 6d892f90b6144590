/*
 * Counts for rules of the kind `repeat` over the comments of one input, as the daemon counts in
 * Redis (queue/repeat.lua): for `judge` and `replay`.
 */
#ifndef DUYETD_COMMAND_REPEAT_MEMORY_H
#define DUYETD_COMMAND_REPEAT_MEMORY_H

#include <stdint.h>
#include "rules/comment.h"
#include "rules/ruleset.h"

struct repeat_memory;

/* Returns NULL when out of memory. */
struct repeat_memory *repeat_memory_new(void);

/* NULL is allowed. */
void repeat_memory_free(struct repeat_memory *memory);

/*
 * Judges the next comment by `rules`, which are always the same. `entry` is the stream id of the
 * submission and gives the time; NULL: not known, such comments count as sent at the same time.
 * Returns NULL when out of memory.
 */
const struct verdict *repeat_memory_judge(struct repeat_memory *memory, struct judge *judge,
					  const struct ruleset *rules,
					  const struct comment *comment, const struct field *entry);

/* How many threads may judge: one if texts are counted, since they are counted in the order of the
 * input. */
static inline int64_t repeat_memory_jobs(const struct ruleset *rules, int64_t jobs)
{
	return rules && ruleset_repeats(rules) ? 1 : jobs;
}

#endif
