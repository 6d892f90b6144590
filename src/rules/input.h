/*
 * The input of all rules: the fields of a comment that the rules of the set read. They are decoded
 * and scanned once, before the first rule runs.
 */
#ifndef DUYETD_RULES_INPUT_H
#define DUYETD_RULES_INPUT_H

#include "base/limits.h"
#include "rules/comment.h"
#include "rules/malformed.h"
#include "rules/match/scan.h"
#include "text/text.h"

enum { INPUT_TEXT = 0 }; /* index of the field `text` in every set */

struct input {
	const struct ruleset *rules;
	const struct field *field[LIMIT_LOOKED_FIELDS]; /* NULL: not in the submission */
	struct text *text[LIMIT_LOOKED_FIELDS];
	struct scan_scratch *scratch[LIMIT_LOOKED_FIELDS];
	struct scan_result found[LIMIT_LOOKED_FIELDS];
	bool scanned[LIMIT_LOOKED_FIELDS]; /* `found` is valid; false: the check of every rule is
					      broken */
	unsigned fields;		   /* those that are not NULL, as bits */
	unsigned found_in; /* of them, those with a hit, or not scanned to the end */
};

/*
 * Reads a comment for a set. The comment is borrowed until the next call. The buffers grow as
 * needed and are reused.
 */
enum malformed input_read(struct input *input, const struct ruleset *rules,
			  const struct comment *comment);

/* Frees the buffers, not the struct. */
void input_free(struct input *input);

#endif
