/*
 * Builds a scan: phrases and patterns are added while rules are loaded, and compiled at the end.
 */
#ifndef DUYETD_RULES_MATCH_BUILD_H
#define DUYETD_RULES_MATCH_BUILD_H

#include <stddef.h>

struct scan;
struct scan_builder;

enum scan_flag {
	SCAN_EXCEPT = 1 << 0,	   /* protects the text it covers from hits of the same rule;
				    * as a phrase, it matches plain writing only (phrase.h) */
	SCAN_MARKS_EXACT = 1 << 1, /* phrase: a missing mark is no wildcard */
	SCAN_CASE = 1 << 2,	   /* pattern: case matters (ignore-case: false) */
};

/* Returns NULL when out of memory. */
struct scan_builder *scan_builder_new(void);
void scan_builder_free(struct scan_builder *builder);

/* The reason of scan_add_phrase() when out of memory. */
extern const char scan_no_memory[];

/*
 * Adds a phrase (UTF-8) of the rule `rule_index`, which the caller counts from 0. Returns NULL on
 * success, otherwise the reason why it can never match.
 */
const char *scan_add_phrase(struct scan_builder *builder, unsigned rule_index, const char *phrase,
			    unsigned flags);

/*
 * Adds a PCRE2 pattern. Returns NULL on success, otherwise PCRE2's error message, with the byte in
 * `*offset`. The message is valid until the next call.
 */
const char *scan_add_pattern(struct scan_builder *builder, unsigned rule_index, const char *pattern,
			     unsigned flags, size_t *offset);

/* How many letters and classes of pattern `index`, in the order added, libhs compiles: a{3} counts
 * as three; 0 if it is found by its literals, or left to PCRE2. */
size_t scan_pattern_atoms(const struct scan_builder *builder, size_t index);

/* The bytes to which PCRE2 has compiled pattern `index`. */
size_t scan_pattern_bytes(const struct scan_builder *builder, size_t index);

/* Compiles what was added, and frees the builder in any case. Returns NULL on an error, with the
 * reason in `*why`. */
struct scan *scan_compile(struct scan_builder *builder, const char **why);

#endif
