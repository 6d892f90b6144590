/*
 * Conditions: the comments that a rule applies to, by the fields of the submission.
 *
 *	only: {section: sports}		applies where all of them hold
 *	unless: {role: [staff, editor]}	does not apply where all of them hold
 *
 * The values of one field are alternatives. A condition does not hold if its field is missing, is
 * given twice or is not UTF-8.
 */
#ifndef DUYETD_RULES_CONDITION_H
#define DUYETD_RULES_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "rules/comment.h"
#include "rules/problems.h"

enum { CONDITION_VALUE = 256 }; /* bytes of a value in a rules file, at most */

enum condition_test {
	CONDITION_EQUAL,
	CONDITION_PREFIX, /* an empty prefix (a star alone) holds for any value that is not empty */
	CONDITION_LESS,
	CONDITION_AT_MOST,
	CONDITION_MORE,
	CONDITION_AT_LEAST,
};

struct condition_value {
	enum condition_test test;
	const char *bytes; /* to compare with, in NFC; of a number, its decimal digits */
	size_t len;
	const char *written; /* as in the rules file */
};

struct condition {
	const char *field;
	const struct condition_value *values; /* alternatives */
	size_t count;
	struct place place;
};

struct condition_list {
	const struct condition *condition;
	size_t count; /* 0: the key is not given */
};

struct conditions {
	struct condition_list only, unless;
};

/*
 * Reads a value of a rules file. `bytes` has room for CONDITION_VALUE. Returns NULL, or why the
 * value is invalid. Sets `value->bytes` to `bytes` and `value->written` to `string`; both
 * are borrowed.
 */
const char *condition_read(const char *string, char *bytes, struct condition_value *value);

/* Whether a rule with these conditions applies to the comment. */
bool conditions_apply(const struct conditions *conditions, const struct comment *comment);

/* Whether what stands under `only:` holds, whatever stands under `unless:`. */
bool conditions_only(const struct conditions *conditions, const struct comment *comment);

/* Appends why a rule applies or not: `unless holds: role is "staff"`. */
void conditions_explain(const struct conditions *conditions, const struct comment *comment,
			struct buf *why);

/* Whether `value` holds wherever `other` does. */
bool condition_covers(const struct condition_value *value, const struct condition_value *other);

/* Whether for every number at least one of the two holds. */
bool condition_all_numbers(const struct condition_value *a, const struct condition_value *b);

#endif
