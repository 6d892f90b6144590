/*
 * Files of lines through as many threads as asked, in blocks, and out again in their
 * order; memory stays what a few blocks take, however long the files are.
 */
#ifndef DUYETD_COMMAND_LINES_H
#define DUYETD_COMMAND_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include "command/block.h"

struct lines_work {
	/* A thread's own state; NULL when memory is out. */
	void *(*begin)(const void *context);
	/* Works on one line, which it may change; the line has no line end. */
	void (*line)(const void *context, void *state, struct block *block, size_t number,
		     char *line, size_t len);
	/* Ends a thread's state, in the calling thread, one after another. */
	void (*end)(void *context, void *state);
	/* Told now and then by the calling thread what was read so far; may be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t lines);
	void *context;
};

/*
 * Works through the files ("-" or none at all is stdin), with `jobs` threads; 0 is one for
 * each core. EXIT_DONE, EXIT_NO where lines were bad, EXIT_UNUSABLE where a file could
 * not be read or the output not be written, which it has then said on stderr as `command`.
 */
int lines_run(const char *command, char *const *files, size_t count, int64_t jobs,
	      const struct lines_work *work);

#endif
