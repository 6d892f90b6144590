/*
 * A progress line on a terminal, overwritten in place. Prints nothing when stderr is no terminal.
 */
#ifndef DUYETD_COMMAND_PROGRESS_H
#define DUYETD_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool shown;
	uint64_t total;		/* bytes; 0: not known */
	int64_t began, printed; /* ms */
};

/* The total is the size of the files, if all are regular files. */
void progress_begin(struct progress *progress, char *const *files, size_t count);
void progress_print(struct progress *progress, uint64_t bytes, uint64_t comments);
void progress_end(struct progress *progress);

#endif
