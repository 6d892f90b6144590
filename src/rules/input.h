/*
 * The input of all rules: the fields of a comment that the set's rules look into, read and
 * scanned once, before the first rule runs.
 */
#ifndef DUYETD_RULES_INPUT_H
#define DUYETD_RULES_INPUT_H

#include "base/limits.h"
#include "rules/comment.h"
#include "rules/malformed.h"
#include "rules/match/scan.h"
#include "text/text.h"

enum { INPUT_TEXT = 0 }; /* the number of the field `text` in any set */

struct input {
	const struct ruleset *rules;
	const struct field *field[LIMIT_LOOKED_FIELDS]; /* NULL: the submission has none so named */
	struct text *text[LIMIT_LOOKED_FIELDS];
	struct scan_scratch *scratch[LIMIT_LOOKED_FIELDS];
	struct scan_result found[LIMIT_LOOKED_FIELDS];
	bool scanned[LIMIT_LOOKED_FIELDS]; /* `found` is valid; false: the check of every rule is
					      broken */
	unsigned fields;		   /* those that are not NULL, as bits */
	unsigned found_in; /* of them, those with a hit, or not scanned to the end */
};

/*
 * Reads the comment for the set. The comment is borrowed until the next reading. The
 * buffers grow as needed and are reused.
 */
enum malformed input_read(struct input *input, const struct ruleset *rules,
			  const struct comment *comment);

/* Releases the buffers, not the input. */
void input_free(struct input *input);

#endif
