/*
 * Finds the known word nearest to a mistyped one, for messages that end in `did you mean …?`.
 */
#ifndef DUYETD_BASE_SUGGEST_H
#define DUYETD_BASE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the edit distance: inserting, deleting, replacing a character, or swapping two. */
size_t edit_distance(const char *from, const char *to);

/* Returns whether `word` is probably `meant` with one slip, or in other case. The first letter is
 * never the slip: `uname` and `game` are fields of their own, and not a misspelt `name`. */
bool is_misspelt(const char *word, const char *meant);

/* Returns the word of `known` nearest to `word`, or NULL when none is similar enough. */
const char *suggest_word(const char *word, const char *const *known, size_t count);

#endif
