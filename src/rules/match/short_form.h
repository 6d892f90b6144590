/* Short forms: letters with signs between them that honest writers write so. */
#ifndef DUYETD_RULES_MATCH_SHORT_FORM_H
#define DUYETD_RULES_MATCH_SHORT_FORM_H

#include "rules/match/phrase.h"

/*
 * Whether the letters [first, end) of the skeleton, consonants spelled out, are the initials of
 * a name (`Đ.M.T`, `cháu V.C.L`: in capitals with more of them beside, or within a sentence), or
 * a price by its unit (`đ/m2`, `đ/km`), rather than an obscenity (`đ.m`).
 */
bool is_short_form(const struct phrase_search *search, size_t first, size_t end);

#endif
