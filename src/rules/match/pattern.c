#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/limits.h"
#include "rules/match/pattern.h"

struct pattern_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	uint32_t options;
};

/* The caller frees it. NULL, with `*why`, when it is not UTF-8 or when out of memory. */
static char *to_nfc(const char *s, const char **why)
{
	UErrorCode err = U_ZERO_ERROR;
	size_t len = strlen(s);
	int32_t room = (int32_t)(3 * len + 16), n = 0;
	UChar *from = malloc((size_t)room * sizeof *from), *to = malloc((size_t)room * sizeof *to);
	char *out = malloc((size_t)room * 3 + 1);

	if (from && to && out) {
		u_strFromUTF8(from, room, &n, s, (int32_t)len, &err);
		n = unorm2_normalize(unorm2_getNFCInstance(&err), from, n, to, room, &err);
		u_strToUTF8(out, room * 3 + 1, NULL, to, n, &err);
	} else {
		err = U_MEMORY_ALLOCATION_ERROR;
	}
	free(from);
	free(to);
	if (U_SUCCESS(err))
		return out;
	free(out);
	*why = err == U_INVALID_CHAR_FOUND ? "the pattern is not valid UTF-8 text"
					   : "out of memory";
	return NULL;
}

/* JIT does not count steps between a non-atomic lookaround and the next, so that the match limit
 * would not end a pattern with some of them in repeats. */
static bool jit_counts_steps(const char *pattern)
{
	return !strstr(pattern, "(?*") && !strstr(pattern, "(?<*") && !strstr(pattern, "(*na") &&
	       !strstr(pattern, "(*non_");
}

pcre2_code *pattern_compile(const char *source, bool caseless, char **nfc, char *why,
			    size_t why_size, size_t *offset)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
	const char *invalid;
	char *canonical = to_nfc(source, &invalid);
	int err;

	*offset = 0;
	if (!canonical) {
		snprintf(why, why_size, "%s", invalid);
		return NULL;
	}
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)canonical, PCRE2_ZERO_TERMINATED,
			      options | (caseless ? PCRE2_CASELESS : 0), &err, offset, NULL);
	if (!code)
		pcre2_get_error_message(err, (PCRE2_UCHAR *)why, why_size);
	else if (jit_counts_steps(canonical))
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without it the interpreter runs */
	if (code && nfc)
		*nfc = canonical;
	else
		free(canonical);
	return code;
}

struct pattern_scratch *pattern_scratch_new(void)
{
	struct pattern_scratch *scratch = calloc(1, sizeof *scratch);
	if (!scratch)
		return NULL;
	scratch->data = pcre2_match_data_create(1, NULL);
	scratch->context = pcre2_match_context_create(NULL);
	if (!scratch->data || !scratch->context) {
		pattern_scratch_free(scratch);
		return NULL;
	}
	scratch->options = PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK;
	pcre2_set_match_limit(scratch->context, LIMIT_PCRE2_MATCH);
	pcre2_set_depth_limit(scratch->context, LIMIT_PCRE2_DEPTH);
	pcre2_set_heap_limit(scratch->context, LIMIT_PCRE2_HEAP_KIB);
	return scratch;
}

void pattern_scratch_without_jit(struct pattern_scratch *scratch)
{
	scratch->options |= PCRE2_NO_JIT;
}

void pattern_scratch_free(struct pattern_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	free(scratch);
}

enum pattern_result pattern_next(const pcre2_code *code, struct pattern_scratch *scratch,
				 const char *subject, size_t len, size_t *at, size_t *end)
{
	int rc = pcre2_match(code, (PCRE2_SPTR)subject, len, *at, scratch->options, scratch->data,
			     scratch->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return PATTERN_NONE;
	if (rc == PCRE2_ERROR_NOMEMORY)
		return PATTERN_NO_MEMORY;
	if (rc < 0)
		return PATTERN_BROKEN;
	const size_t *place = pcre2_get_ovector_pointer(scratch->data);
	if (place[1] <= place[0]) /* \K in a look-ahead can turn a match inside out */
		return PATTERN_BROKEN;
	*at = place[0];
	*end = place[1];
	return PATTERN_FOUND;
}
