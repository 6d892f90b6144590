/*
 * One PCRE2 pattern over the canonical text. Compiled once with UTF, UCP and, where the
 * system allows it, JIT; matched under the limits of base/limits.h.
 */
#ifndef DUYETD_RULES_MATCH_PATTERN_H
#define DUYETD_RULES_MATCH_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Compiles UTF-8 `source` in NFC, which `*nfc` then is, the caller's to free (NULL: not wanted).
 * NULL on an error: `why` gets PCRE2's words and `*offset` the place in the NFC, in bytes.
 */
pcre2_code *pattern_compile(const char *source, bool caseless, char **nfc, char *why,
			    size_t why_size, size_t *offset);

/* What matching needs beside the pattern; one per thread. NULL when out of memory. */
struct pattern_scratch;
struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *scratch);

enum pattern_result { PATTERN_NONE, PATTERN_FOUND, PATTERN_BROKEN };

/*
 * Looks for the pattern in `subject` (valid UTF-8) from byte `*at` on. FOUND: `*at` and
 * `*end` are the match, not empty. BROKEN: a limit was reached, and nothing is known.
 */
enum pattern_result pattern_next(const pcre2_code *code, struct pattern_scratch *scratch,
				 const char *subject, size_t len, size_t *at, size_t *end);

#endif
