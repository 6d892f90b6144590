/*
 * Processes the lines of files in blocks, by several threads, and writes the output in the order of
 * the input. Memory is bounded: a few blocks, however long the files are.
 */
#ifndef DUYETD_COMMAND_LINES_H
#define DUYETD_COMMAND_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* Bytes: enough for a comment of LIMIT_ENTRY_BYTES with every character escaped as \uXXXX. */
enum { BLOCK_LONGEST_LINE = 2 * 1024 * 1024 };

/* Whole lines of one file, and the output for them. */
struct block {
	const char *file;  /* "-" for stdin */
	size_t first_line; /* its number in the file */
	struct buf bytes;
	size_t lines;
	uint64_t order;	     /* number of blocks of all files before it */
	struct buf out, err; /* for stdout and stderr */
	size_t bad;	     /* how many lines were wrong */
	void *state;	     /* of the thread that works on it */
};

/* Reports a bad line, the `number`th of the file: FILE:LINE:COLUMN: message. */
void block_bad(struct block *block, size_t number, size_t column, const char *why);

/* Makes the command end with an error when the block is written: a line could not be processed. */
void block_out_of_memory(struct block *block);

struct lines_work {
	/* A thread's own state; NULL when out of memory. */
	void *(*begin)(const void *context);
	/* Processes one line, which it may change, without its line end. */
	void (*line)(const void *context, void *state, struct block *block, size_t number,
		     char *line, size_t len);
	/* Ends a thread's state, in the calling thread, one after another. */
	void (*end)(void *context, void *state);
	/* Called after each block, in the calling thread, with the bytes and lines processed so
	 * far; may be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t lines);
	void *context;
};

/*
 * Processes the files with `jobs` threads; 0 is one a core. "-", or no file at all, is stdin.
 * Returns EXIT_DONE; EXIT_CHECK_FAILED when lines were bad; EXIT_UNAVAILABLE, after an error
 * message as `command`, when a file could not be read or the output not be written, or when out of
 * memory.
 */
int lines_run(const char *command, char *const *files, size_t count, int64_t jobs,
	      const struct lines_work *work);

#endif
