/*
 * Comments that would be decided otherwise, from what to what, and the first few of each
 * kind in the order of the input, whichever thread met them.
 */
#ifndef DUYETD_COMMAND_FLIPS_H
#define DUYETD_COMMAND_FLIPS_H

#include <stdbool.h>
#include "command/counts.h"
#include "command/underline.h"

enum { FLIPS_SPANS = 8 };

/* One of them, copied. */
struct flip {
	uint64_t order; /* place in the input, ever rising */
	char *id, *rules, *text;
	size_t id_len, text_len;
	struct span spans[FLIPS_SPANS]; /* of the text, that the rules object to */
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

/* `objecting` is the verdict, of the two, whose hits tell what it is about. */
void flips_add(struct flips *flips, enum decision before, enum decision after,
	       const struct verdict *objecting, const struct comment *comment, uint64_t order);
/* Takes over what `other` has, and leaves it empty. */
void flips_merge(struct flips *flips, struct flips *other);

const struct flip *flips_examples(const struct flips *flips, enum decision before,
				  enum decision after, size_t *count);

#endif
