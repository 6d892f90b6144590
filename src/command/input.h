/*
 * A file of lines, read in blocks of whole lines. What is behind a block's last line end is
 * carried to the next; the last line of the file needs none.
 */
#ifndef DUYETD_COMMAND_INPUT_H
#define DUYETD_COMMAND_INPUT_H

#include <stdbool.h>
#include "command/block.h"

struct input {
	const char *name;
	int file;
	size_t line;	  /* number of the next line */
	struct buf carry; /* the beginning of a line whose end is not read yet */
	bool skipping;	  /* the rest of a line that is too long */
	bool ended;
};

/* "-" is stdin. False with errno set where it cannot be opened. */
bool input_open(struct input *input, const char *name);
void input_close(struct input *input);

/* Whether reading would give something, be it the end, without waiting. */
bool input_ready(const struct input *input);

/*
 * Fills an empty block with the next lines; it may stay empty. A line that is longer than
 * BLOCK_LONGEST_LINE is passed over and reported like any bad line. `ended` is then set at the end.
 * False with errno where reading failed.
 */
bool input_read(struct input *input, struct block *block);

#endif
