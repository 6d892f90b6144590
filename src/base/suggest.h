/*
 * Suggests the known word nearest to a mistyped one, for messages that end in `did you mean …?`.
 */
#ifndef DUYETD_BASE_SUGGEST_H
#define DUYETD_BASE_SUGGEST_H

#include <stddef.h>

/* Single-character edits (insert, delete, replace, swap of neighbours) from one to the other. */
size_t edit_distance(const char *from, const char *to);

/* The word of `known` nearest to `word`, or NULL where none is near enough to be meant. */
const char *suggest_word(const char *word, const char *const *known, size_t count);

#endif
