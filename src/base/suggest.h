/*
 * Finds the known word nearest to a mistyped one, for messages that end in `did you mean …?`.
 */
#ifndef DUYETD_BASE_SUGGEST_H
#define DUYETD_BASE_SUGGEST_H

#include <stddef.h>

/* Returns the edit distance: inserting, deleting, replacing a character, or swapping two. */
size_t edit_distance(const char *from, const char *to);

/* Returns the word of `known` nearest to `word`, or NULL when none is similar enough. */
const char *suggest_word(const char *word, const char *const *known, size_t count);

#endif
