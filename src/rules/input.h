/*
 * A comment as a rule set sees it: the fields that its rules look into, read and scanned
 * once, before any rule is asked.
 */
#ifndef DUYETD_RULES_INPUT_H
#define DUYETD_RULES_INPUT_H

#include "base/limits.h"
#include "rules/comment.h"
#include "rules/malformed.h"
#include "rules/match/scan.h"
#include "text/text.h"

enum { SUBJECT_TEXT = 0 }; /* the number of the field `text` in any set */

struct subject {
	const struct ruleset *rules;
	const struct field *field[LIMIT_LOOKED_FIELDS]; /* NULL: the submission has none so named */
	struct text *text[LIMIT_LOOKED_FIELDS];
	struct scan_scratch *scratch[LIMIT_LOOKED_FIELDS];
	struct scan_result found[LIMIT_LOOKED_FIELDS];
	bool scanned[LIMIT_LOOKED_FIELDS]; /* `found` holds; false: every owner is broken */
	unsigned fields;		   /* those that are not NULL, as bits */
	unsigned struck; /* of them, those in which something is found, or not all was scanned */
};

/*
 * Reads the comment for the set. The comment is borrowed until the next reading. The
 * buffers grow as needed and are reused.
 */
enum malformed subject_read(struct subject *subject, const struct ruleset *rules,
			    const struct comment *comment);

/* Releases the buffers, not the subject. */
void subject_free(struct subject *subject);

#endif
