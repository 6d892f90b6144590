/*
 * The phrases and patterns of a banned rule, each with its line. Phrases may be in list files of
 * their own.
 */
#ifndef DUYETD_RULES_LOAD_WORD_LIST_H
#define DUYETD_RULES_LOAD_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "rules/load/loading.h"

/* Add the phrases of `node`, which is a list or the name of a list file, or its patterns, which are
 * always a list. `flags` are enum scan_flag (match/build.h). Return how many there are; report
 * problems. */
size_t wordlist_phrases(struct loading *loading, const struct rule *rule, struct node node,
			unsigned flags);
size_t wordlist_patterns(struct loading *loading, const struct rule *rule, struct node node,
			 unsigned flags);

/*
 * Lines of a list file: one phrase a line. Blank lines are ignored; # at the beginning of a line or
 * after a blank starts a comment.
 */

struct list {
	char *at, *end; /* the bytes not yet read; lines become strings in place */
	size_t line;	/* of the last phrase read */
	size_t column;	/* in characters, from 1 */
};

/* Begins reading `len` bytes, which must be followed by a NUL. Skips a byte order mark. */
struct list list_begin(char *bytes, size_t len);

/*
 * Returns the next phrase, or NULL at the end. Sets `*has_nul` when its line contains a NUL; the
 * string is then cut there.
 */
const char *list_next(struct list *list, bool *has_nul);

#endif
