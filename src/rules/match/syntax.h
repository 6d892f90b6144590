/*
 * The syntax of a PCRE2 pattern, as far as libhs needs it: options, classes, escapes and counts in
 * its source. The patterns are valid: PCRE2 has compiled them.
 */
#ifndef DUYETD_RULES_MATCH_SYNTAX_H
#define DUYETD_RULES_MATCH_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

/* Whether an option such as (?i) or (?s-ix: contains `letter`. */
bool syntax_has_option(const char *source, char letter);

/* Whether a range may reach beyond ASCII: without regard to case, à-ỹ also matches letters outside
 * of the range, which libhs may not know. */
bool syntax_has_wide_range(const char *source, size_t len);

/* The length of the [:alpha:] that `s` begins with; 0 for none, as in [:.-] */
size_t syntax_named_class(const char *s);

/* The length of the members of a class, after its [ or [^ and before its ]. */
size_t syntax_members_len(const char *members);

/* The length of an escape, such as \w or \p{Lu}. */
size_t syntax_escape_len(const char *escape);

/* The length of the count at `s`, such as {2,5}, and its numbers; 0 if it is not a count. */
size_t syntax_count_len(const char *s, unsigned *least, unsigned *most);

/* How many bytes of a pattern are one atom: a letter, an escape, a class. */
size_t syntax_atom_len(const char *s);

/* How many atoms a pattern has when its counts are written out: (?:ab{3}){2} has 8. */
size_t syntax_atoms(const char *s);

#endif
