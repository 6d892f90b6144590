/*
 * The phrases and patterns of a banned rule, in its file or in lists of their own, each
 * with the line it stands on.
 */
#ifndef DUYETD_RULES_LOAD_WORD_LIST_H
#define DUYETD_RULES_LOAD_WORD_LIST_H

#include "rules/load/loading.h"

/* How many there are in `node`: a list's file name, or the list itself. Flags as of scan.h. */
size_t wordlist_phrases(struct loading *loading, const struct rule *rule, struct node node,
			unsigned flags);
size_t wordlist_patterns(struct loading *loading, const struct rule *rule, struct node node,
			 unsigned flags);

#endif
