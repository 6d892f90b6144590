/* The database of libhs that finds the patterns that have no literals. */
#include <stdlib.h>
#include <string.h>

#include "rules/match/compiled.h"
#include "rules/match/hs_agrees.h"
#include "rules/match/hs_call.h"
#include "rules/match/hs_rewrite.h"

/* libhs needs to report each candidate only once. */
enum {
	FLAGS = HS_FLAG_UTF8 | HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY,
};

/* The patterns as they are passed to libhs; id[i] is the index of pattern i in the scan. */
struct hs_patterns {
	const char **source;
	char **rewritten; /* of each pattern, or NULL */
	unsigned *flags, *id, count;
};

static bool libhs_takes(const char *source, unsigned flags)
{
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *error = NULL;
	bool takes = hs_expression_info(source, flags, &info, &error) == HS_SUCCESS;
	free(info);
	hs_free_compile_error(error);
	return takes;
}

static void add_hs_pattern(struct hs_patterns *e, struct scan_pattern *p, unsigned id, bool small)
{
	bool caseless = small || hs_ignores_case(p->source);
	const char *source = e->rewritten[id] = hs_rewrite(p->source, caseless);
	unsigned flags = FLAGS | (small ? HS_FLAG_CASELESS : 0);

	if (!source) {
		source = p->source;
		flags |= HS_FLAG_UCP;
	}
	p->pcre_only = (!e->rewritten[id] && hs_is_too_large(source)) ||
		       !hs_agrees(p->source, e->rewritten[id], caseless) ||
		       !libhs_takes(source, flags);
	if (p->pcre_only)
		return;
	e->source[e->count] = source;
	e->flags[e->count] = flags;
	e->id[e->count++] = id;
}

/* The patterns that are scanned in small letters, or in the text as typed. */
static void add_hs_patterns(struct hs_patterns *e, struct scan *s, bool small)
{
	e->count = 0;
	for (size_t i = 0; i < s->patterns; i++) {
		struct scan_pattern *p = &s->pattern[i];

		if (!p->literal && small == (p->caseless || hs_found_in_small_letters(p->source)))
			add_hs_pattern(e, p, (unsigned)i, small);
	}
}

static void drop_hs_pattern(struct hs_patterns *e, unsigned i)
{
	unsigned rest = --e->count - i;
	memmove(&e->source[i], &e->source[i + 1], rest * sizeof *e->source);
	memmove(&e->flags[i], &e->flags[i + 1], rest * sizeof *e->flags);
	memmove(&e->id[i], &e->id[i + 1], rest * sizeof *e->id);
}

/* Leaves to PCRE2, one after another, the patterns that libhs refuses only here, until the rest
 * compiles. */
static bool compile_hs_patterns(struct scan *s, struct hs_patterns *e, hs_database_t **database)
{
	while (e->count) {
		hs_compile_error_t *error = NULL;
		if (hs_compile_multi(e->source, e->flags, e->id, e->count, HS_MODE_BLOCK,
				     hs_call_platform(), database, &error) == HS_SUCCESS)
			return true;
		int bad = error ? error->expression : -1;
		hs_free_compile_error(error);
		if (bad < 0) /* the set as a whole: too large */
			return false;
		s->pattern[e->id[bad]].pcre_only = true;
		drop_hs_pattern(e, (unsigned)bad);
	}
	return true;
}

static bool list_pcre_only(struct scan *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->patterns; i++)
		count += s->pattern[i].pcre_only;
	if (count == 0)
		return true;
	s->pcre_only = calloc(count, sizeof *s->pcre_only);
	if (!s->pcre_only)
		return false;
	for (size_t i = 0; i < s->patterns; i++)
		if (s->pattern[i].pcre_only)
			s->pcre_only[s->pcre_only_count++] = s->pattern[i].term;
	return true;
}

bool hs_pattern_compile(struct scan *s)
{
	struct hs_patterns e = {.source = calloc(s->patterns, sizeof *e.source),
				.rewritten = calloc(s->patterns, sizeof *e.rewritten),
				.flags = calloc(s->patterns, sizeof *e.flags),
				.id = calloc(s->patterns, sizeof *e.id)};
	bool ok = e.source && e.rewritten && e.flags && e.id;

	for (unsigned small = 0; ok && small < 2; small++) {
		add_hs_patterns(&e, s, small);
		ok = compile_hs_patterns(s, &e, &s->hs_patterns[small]);
	}
	ok = ok && list_pcre_only(s);
	for (size_t i = 0; e.rewritten && i < s->patterns; i++)
		free(e.rewritten[i]);
	free(e.source);
	free(e.rewritten);
	free(e.flags);
	free(e.id);
	return ok;
}
