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
 * Normalizes `source` (UTF-8) to NFC and compiles it. `*nfc` gets the normalized source, which the
 * caller frees; `nfc` may be NULL. Returns NULL on an error; `why` is then PCRE2's message and
 * `*offset` the byte in the normalized source.
 */
pcre2_code *pattern_compile(const char *source, bool caseless, char **nfc, char *why,
			    size_t why_size, size_t *offset);

/* Scratch memory for matching, one per thread. NULL when out of memory. */
struct pattern_scratch;
struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* From now on the interpreter runs, as in the daemon whose unit has MemoryDenyWriteExecute. It
 * counts more steps than JIT, and so reaches the limits earlier. */
void pattern_scratch_without_jit(struct pattern_scratch *scratch);

enum pattern_result { PATTERN_NONE, PATTERN_FOUND, PATTERN_BROKEN, PATTERN_NO_MEMORY };

/*
 * Searches `subject` (valid UTF-8) from byte `*at` on. PATTERN_FOUND: `*at` and `*end` are the
 * match, which is not empty. PATTERN_BROKEN: a limit was reached, and the result is unknown.
 */
enum pattern_result pattern_next(const pcre2_code *code, struct pattern_scratch *scratch,
				 const char *subject, size_t len, size_t *at, size_t *end);

#endif
