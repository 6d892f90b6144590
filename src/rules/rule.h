/*
 * Rules and rule sets in memory, for this folder only. Everything is allocated in the arena of the
 * set, except the arrays of the set and the compiled scan.
 */
#ifndef DUYETD_RULES_RULE_H
#define DUYETD_RULES_RULE_H

#include "base/arena.h"
#include "base/limits.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

enum { DIGEST_HEX = 12 }; /* digits shown: 48 bits are enough for the rule sets of one site */

struct conditions;
struct field;
struct kind;
struct message;
struct scan;

/* An example: a comment that the rule must hit, or must not. */
struct example {
	const struct field *fields;
	size_t field_count;
	const char *text; /* of the field that the rule reads */
	struct place place;
	bool hit;
};

struct rule {
	const char *name;
	const struct kind *kind;
	enum action action;
	unsigned index;			     /* in its set, from 0; the rule_index of its phrases */
	unsigned fields;		     /* bit i: reads the set's field i */
	const struct conditions *conditions; /* NULL: applies to every comment */
	const struct message *message;	     /* for the commenter */
	const char *const *value_names;	     /* of what it measures: `words` of {words}, words=3 */
	size_t value_count;
	const char *summary; /* what it measured, as a message for `explain` */
	const struct message *summary_message;
	const void *settings; /* the kind's own */
	const struct example *examples;
	size_t example_count;
	bool valid;		     /* no error was found in it */
	struct place place;	     /* of its name */
	char digest[DIGEST_HEX + 1]; /* of its keys and its lists */
	char body[DIGEST_HEX + 1];   /* without name, conditions and examples */
};

struct ruleset {
	struct arena arena;
	const struct rule **rule;
	struct term *term; /* a hit's `term` is an index into it */
	size_t rules, rule_room, terms, term_room;
	const char *fields[LIMIT_LOOKED_FIELDS]; /* [0] is "text" */
	size_t field_count;
	size_t repeats;	   /* rules of the kind repeat */
	struct scan *scan; /* NULL when nothing is banned */
	char id[DIGEST_HEX + 1];
};

#endif
