/* Which of what was found on a text are hits. */
#ifndef DUYETD_RULES_MATCH_SCAN_HITS_H
#define DUYETD_RULES_MATCH_SCAN_HITS_H

#include "rules/match/scan.h"

/* Sorts the finds on a text by owner and place, and keeps those that are hits: no excepts,
 * not within one, not within another hit. How many. */
size_t scan_keep_hits(const struct scan *scan, const struct text *text, struct scan_hit *find,
		      size_t count);

#endif
