/*
 * Comments that would be decided differently, counted by the decision before and after, with the
 * first few of each kind in the order of the input.
 */
#ifndef DUYETD_COMMAND_FLIPS_H
#define DUYETD_COMMAND_FLIPS_H

#include <stdbool.h>
#include "command/counts.h"
#include "command/underline.h"

enum { FLIPS_SPANS = 8 };

/* One example. */
struct flip {
	uint64_t order; /* rises with the place in the input */
	char *id, *rules, *text;
	size_t id_len, text_len;
	struct span spans[FLIPS_SPANS]; /* the hits in the text */
	size_t span_count;
};

struct flip_list {
	struct flip *flip;
	size_t count, room;
};

struct flips {
	size_t most;					 /* examples kept of each kind */
	uint64_t count[DECISIONS][DECISIONS];		 /* [before][after] */
	struct flip_list examples[DECISIONS][DECISIONS]; /* in the order of the input */
	bool failed;
};

void flips_begin(struct flips *flips, size_t most);
void flips_end(struct flips *flips);

/* `objecting` is the one of the two verdicts whose hits are shown. */
void flips_add(struct flips *flips, enum decision before, enum decision after,
	       const struct verdict *objecting, const struct comment *comment, uint64_t order);
/* Moves the examples of `other` here, and leaves it empty. */
void flips_merge(struct flips *flips, struct flips *other);

const struct flip *flips_examples(const struct flips *flips, enum decision before,
				  enum decision after, size_t *count);

#endif
