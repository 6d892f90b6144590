/*
 * The input of all rules: the fields of a comment that the rules of the set read. They are decoded
 * and scanned once, before the first rule runs. Comments that cannot be read are malformed.
 */
#ifndef DUYETD_RULES_INPUT_H
#define DUYETD_RULES_INPUT_H

#include "base/limits.h"
#include "rules/comment.h"
#include "rules/match/scan.h"
#include "text/text.h"

enum { INPUT_TEXT = 0 }; /* index of the field `text` in every set */

struct input {
	const struct ruleset *rules;
	const struct comment *comment;
	const int64_t *counts; /* judge_counted()'s; NULL: nothing was counted */
	const struct field *field[LIMIT_LOOKED_FIELDS]; /* NULL: not in the submission */
	struct text *text[LIMIT_LOOKED_FIELDS];
	struct scan_scratch *scratch[LIMIT_LOOKED_FIELDS];
	struct scan_result found[LIMIT_LOOKED_FIELDS];
	bool scanned[LIMIT_LOOKED_FIELDS]; /* `found` is valid; false: the checks of the banned
					      rules are broken */
	bool out_of_memory;		   /* a field is not scanned to the end */
	unsigned fields;		   /* those that are not NULL, as bits */
	unsigned found_in; /* of them, those with a hit, or not scanned to the end */
};

/*
 * The built-in rule `malformed`: rejects submissions that cannot be judged, with a reason for the
 * commenter. It is applied before all other rules and cannot be turned off.
 */
enum malformed {
	WELL_FORMED,
	MALFORMED_NO_TEXT,   /* no field `text` */
	MALFORMED_TWO_TEXTS, /* unclear which one is the text */
	MALFORMED_TWO_IDS,   /* unclear which comment it is */
	MALFORMED_BLANK,     /* no visible character */
	MALFORMED_TOO_LONG,
	MALFORMED_NOT_UTF8,
	MALFORMED_NUL, /* C programs would not see what follows it */
	MALFORMED_TOO_MANY_MARKS,
	MALFORMED_MARKUP,
	MALFORMED_TOO_MANY_FIELDS,
	MALFORMED_TOO_LARGE, /* all fields together */
	MALFORMED_NO_MEMORY,
};

/* The rule of such hits. It is in no rules file. */
extern const struct rule rule_malformed;

/* The reason for the commenter, in Vietnamese, and for operators, as `why=no-text`. */
const char *malformed_reason(enum malformed malformed);
const char *malformed_measured(enum malformed malformed);

/*
 * Reads a comment for a set. The comment is borrowed until the next call. The buffers grow as
 * needed and are reused.
 */
enum malformed input_read(struct input *input, const struct ruleset *rules,
			  const struct comment *comment);

/* The same for the field `text` alone, without a search for phrases and patterns. */
enum malformed input_read_text(struct input *input, const struct ruleset *rules,
			       const struct comment *comment);

/* Frees the buffers, not the struct. */
void input_free(struct input *input);

#endif
