/*
 * The built-in rule `malformed`: what makes a submission impossible to judge, and what the
 * commenter is told then. It comes before all rules, rejects, and cannot be turned off.
 */
#ifndef DUYETD_RULES_MALFORMED_H
#define DUYETD_RULES_MALFORMED_H

#include "rules/comment.h"
#include "text/text.h"

enum malformed {
	WELL_FORMED,
	MALFORMED_NO_TEXT,   /* no field `text` */
	MALFORMED_TWO_TEXTS, /* which one would the readers see? */
	MALFORMED_TWO_IDS,   /* which comment is it? */
	MALFORMED_BLANK,     /* nothing that a reader would see */
	MALFORMED_TOO_LONG,
	MALFORMED_NOT_UTF8,
	MALFORMED_NUL, /* what follows it would be hidden from some readers */
	MALFORMED_TOO_MANY_MARKS,
	MALFORMED_MARKUP,
	MALFORMED_TOO_MANY_FIELDS,
	MALFORMED_TOO_LARGE, /* all fields together */
	MALFORMED_NO_MEMORY,
};

/* The rule that hits bear which are not of any file. */
extern const struct rule rule_malformed;

/* What is wrong with the submission before its text is looked at. */
enum malformed malformed_fields(const struct comment *comment);

/* The same of a text that could not be read. */
enum malformed malformed_text(enum text_error error);

/* For the commenter, in Vietnamese; and `why=no-text`, for whoever looks into it. */
const char *malformed_reason(enum malformed malformed);
const char *malformed_measured(enum malformed malformed);

#endif
