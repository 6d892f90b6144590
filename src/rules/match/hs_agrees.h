/* Whether libhs finds with a pattern all that PCRE2 finds. */
#ifndef DUYETD_RULES_MATCH_HS_AGREES_H
#define DUYETD_RULES_MATCH_HS_AGREES_H

#include <stdbool.h>

/* Whether libhs, with the pattern as hs_rewrite() gives it (`rewritten`) or unchanged, finds all
 * matches that PCRE2 of any version finds. */
bool hs_agrees(const char *source, bool rewritten, bool caseless);

/* Whether an option in it, such as (?i), ignores case. */
bool hs_ignores_case(const char *source);

/*
 * Whether a case-sensitive pattern can be found in small letters by ignoring case: then the text as
 * typed need not be scanned. False if that may miss a match: the pattern has [^a], or (?-i).
 */
bool hs_found_in_small_letters(const char *source);

#endif
