/*
 * Files of lines through as many threads as asked, in blocks, and out again in their
 * order; memory stays what a few blocks take, however long the files are.
 */
#ifndef DUYETD_COMMAND_LINES_H
#define DUYETD_COMMAND_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* An entry of LIMIT_ENTRY_BYTES with every character escaped as \uXXXX. */
enum { BLOCK_LONGEST_LINE = 2 * 1024 * 1024 };

/* A run of whole lines of one file, and what comes of them. */
struct block {
	const char *file;  /* "-" for stdin */
	size_t first_line; /* its number in the file */
	struct buf bytes;
	size_t lines;
	uint64_t order;	     /* how many blocks came before it, of all files */
	struct buf out, err; /* what came of them, for stdout and stderr */
	size_t bad;	     /* lines that were wrong */
	void *state;	     /* that of the thread which worked on it */
};

/* Reports a bad line, the `number`th of the file: FILE:LINE:COLUMN: message. */
void block_bad(struct block *block, size_t number, size_t column, const char *why);

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
 * each core. EXIT_DONE, EXIT_CHECK_FAILED where lines were bad, EXIT_UNAVAILABLE where a file could
 * not be read or the output not be written, which it has then said on stderr as `command`.
 */
int lines_run(const char *command, char *const *files, size_t count, int64_t jobs,
	      const struct lines_work *work);

#endif
