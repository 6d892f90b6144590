/* A run of whole lines of one file, and what comes of them. */
#ifndef DUYETD_COMMAND_BLOCK_H
#define DUYETD_COMMAND_BLOCK_H

#include <stdint.h>
#include "base/buf.h"

/* An entry of LIMIT_ENTRY_BYTES with every character escaped as \uXXXX. */
enum { BLOCK_LONGEST_LINE = 2 * 1024 * 1024 };

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

#endif
