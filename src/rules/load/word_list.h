/*
 * The phrases and patterns of a banned rule, in its file or in lists of their own, each
 * with the line it stands on.
 */
#ifndef DUYETD_RULES_LOAD_WORD_LIST_H
#define DUYETD_RULES_LOAD_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "rules/load/loading.h"

/* Add those of `node`, the name of a list's file or the list itself, with `flags` (enum scan_flag,
 * match/build.h). Return how many there are; problems are reported. */
size_t wordlist_phrases(struct loading *loading, const struct rule *rule, struct node node,
			unsigned flags);
size_t wordlist_patterns(struct loading *loading, const struct rule *rule, struct node node,
			 unsigned flags);

/*
 * The lines of a list that people write: one phrase a line; blank lines, and what follows a
 * # at the beginning of a line or after a blank, are for people only.
 */

struct list {
	char *at, *end; /* what is left of the bytes, which are cut into strings */
	size_t line;	/* of the phrase that was read last */
	size_t column;	/* in characters, from 1 */
};

/* Begins with `len` bytes that have a NUL behind them; a byte order mark is skipped. */
struct list list_begin(char *bytes, size_t len);

/*
 * The next phrase as a string, or NULL at the end. `*has_nul` where a NUL stands in its
 * line: the string is then not the whole of it.
 */
const char *list_next(struct list *list, bool *has_nul);

#endif
