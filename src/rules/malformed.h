/*
 * The built-in rule `malformed`: rejects submissions that cannot be judged, with a reason for the
 * commenter. It is applied before all other rules and cannot be turned off.
 */
#ifndef DUYETD_RULES_MALFORMED_H
#define DUYETD_RULES_MALFORMED_H

#include "rules/comment.h"
#include "text/text.h"

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

/* Checks the fields of a submission, but not what is in its text. */
enum malformed malformed_fields(const struct comment *comment);

/* For the error of text_read(). */
enum malformed malformed_text(enum text_error error);

/* The reason for the commenter, in Vietnamese, and for operators, as `why=no-text`. */
const char *malformed_reason(enum malformed malformed);
const char *malformed_measured(enum malformed malformed);

#endif
