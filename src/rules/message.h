/*
 * Messages with {placeholders}: compiled once, filled for each comment.
 *
 * `{rule}` is the name of the rule, `{match}` the text of its first hit; the others are the values
 * that the rule's kind measures. `{{` and `}}` are literal braces.
 */
#ifndef DUYETD_RULES_MESSAGE_H
#define DUYETD_RULES_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"

struct message;

/*
 * Compiles `string` into the arena. Returns NULL on an error; `why` is then the message, or empty
 * when out of memory.
 */
const struct message *message_compile(struct arena *arena, const char *string,
				      const char *const *value_names, size_t value_count,
				      struct buf *why);

/* The values to fill in. */
struct filling {
	const char *rule;
	const char *match; /* bytes of the comment; made one short line */
	size_t match_len;
	const int64_t *values; /* in the order of value_names */
};

/* Appends the filled message. */
void message_fill(const struct message *message, const struct filling *filling, struct buf *out);

/* Returns the message if it has no placeholders, otherwise NULL. */
const char *message_constant(const struct message *message);

#endif
