/*
 * How far a long reading is, on one line of a terminal that is written over; silent where
 * stderr is none.
 */
#ifndef DUYETD_COMMAND_PROGRESS_H
#define DUYETD_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool shown;
	uint64_t total;		/* bytes; 0 where not known */
	int64_t began, printed; /* ms */
};

/* The total is that of the files, if all of them are regular. */
void progress_begin(struct progress *progress, char *const *files, size_t count);
void progress_print(struct progress *progress, uint64_t bytes, uint64_t comments);
void progress_end(struct progress *progress);

#endif
