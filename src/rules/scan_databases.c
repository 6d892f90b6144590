/* The databases of libhs that name the candidates: of skeletons and of patterns. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/candidate.h"
#include "rules/scan_set.h"

/* ---- the phrases' database ------------------------------------------------------------ */

static int by_skeleton(const void *a, const void *b)
{
	const struct scan_phrase *x = a, *y = b;
	int order = strcmp(x->phrase.skeleton, y->phrase.skeleton);
	if (order)
		return order;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static bool make_groups(struct scan *s)
{
	qsort(s->phrase, s->phrases, sizeof *s->phrase, by_skeleton);
	s->group = calloc(s->phrases + 1, sizeof *s->group);
	if (!s->group)
		return false;
	for (size_t i = 0; i < s->phrases; i++)
		if (i == 0 || strcmp(s->phrase[i].phrase.skeleton, s->phrase[i - 1].phrase.skeleton) != 0)
			s->group[s->groups++] = (uint32_t)i;
	s->group[s->groups] = (uint32_t)s->phrases;
	return true;
}

static bool compile_skeletons(struct scan *s)
{
	const char **literal = calloc(s->groups, sizeof *literal);
	size_t *len = calloc(s->groups, sizeof *len);
	unsigned *flags = calloc(s->groups, sizeof *flags), *id = calloc(s->groups, sizeof *id);
	hs_compile_error_t *error = NULL;
	bool ok = literal && len && flags && id;

	for (size_t i = 0; ok && i < s->groups; i++) {
		literal[i] = s->phrase[s->group[i]].phrase.skeleton;
		len[i] = strlen(literal[i]);
		id[i] = (unsigned)i;
	}
	if (ok)
		ok = hs_compile_lit_multi(literal, flags, id, len, (unsigned)s->groups, HS_MODE_BLOCK,
					  NULL, &s->skeletons, &error) == HS_SUCCESS;
	hs_free_compile_error(error);
	free(literal);
	free(len);
	free(flags);
	free(id);
	return ok;
}

/* ---- the patterns' database ----------------------------------------------------------- */

/* libhs need only name candidates, once each. */
enum {
	FLAGS = HS_FLAG_UTF8 | HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY,
};

/* The patterns as libhs gets them; id[i] is the pattern of expression i. */
struct expressions {
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

static void add_expression(struct expressions *e, struct scan_pattern *p, unsigned id)
{
	const char *source = e->rewritten[id] = candidate_rewrite(p->source);
	unsigned flags = FLAGS | (p->caseless ? HS_FLAG_CASELESS : 0);

	if (!source) {
		source = p->source;
		flags |= HS_FLAG_UCP;
	}
	p->alone = !libhs_takes(source, flags);
	if (p->alone)
		return;
	e->source[e->count] = source;
	e->flags[e->count] = flags;
	e->id[e->count++] = id;
}

static void drop_expression(struct expressions *e, unsigned i)
{
	unsigned rest = --e->count - i;
	memmove(&e->source[i], &e->source[i + 1], rest * sizeof *e->source);
	memmove(&e->flags[i], &e->flags[i + 1], rest * sizeof *e->flags);
	memmove(&e->id[i], &e->id[i + 1], rest * sizeof *e->id);
}

/* What libhs refuses only now is left alone too, until the rest compiles. */
static bool compile_expressions(struct scan *s, struct expressions *e, hs_database_t **database)
{
	while (e->count) {
		hs_compile_error_t *error = NULL;
		if (hs_compile_multi(e->source, e->flags, e->id, e->count, HS_MODE_BLOCK, NULL,
				     database, &error) == HS_SUCCESS)
			return true;
		int bad = error ? error->expression : -1;
		hs_free_compile_error(error);
		if (bad < 0) /* the set as a whole: too large */
			return false;
		s->pattern[e->id[bad]].alone = true;
		drop_expression(e, (unsigned)bad);
	}
	return true;
}

static bool list_alone(struct scan *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->patterns; i++)
		count += s->pattern[i].alone;
	if (count == 0)
		return true;
	s->alone = calloc(count, sizeof *s->alone);
	if (!s->alone)
		return false;
	for (size_t i = 0; i < s->patterns; i++)
		if (s->pattern[i].alone)
			s->alone[s->alones++] = s->pattern[i].entry;
	return true;
}

static bool compile_patterns(struct scan *s)
{
	struct expressions e = {.source = calloc(s->patterns, sizeof *e.source),
				.rewritten = calloc(s->patterns, sizeof *e.rewritten),
				.flags = calloc(s->patterns, sizeof *e.flags),
				.id = calloc(s->patterns, sizeof *e.id)};
	bool ok = e.source && e.rewritten && e.flags && e.id;

	for (unsigned caseless = 0; ok && caseless < 2; caseless++) {
		e.count = 0;
		for (size_t i = 0; i < s->patterns; i++)
			if (s->pattern[i].caseless == (bool)caseless)
				add_expression(&e, &s->pattern[i], (unsigned)i);
		ok = compile_expressions(s, &e, &s->candidates[caseless]);
	}
	ok = ok && list_alone(s);
	for (size_t i = 0; e.rewritten && i < s->patterns; i++)
		free(e.rewritten[i]);
	free(e.source);
	free(e.rewritten);
	free(e.flags);
	free(e.id);
	return ok;
}

const char *scan_databases(struct scan *s)
{
	static atomic_ulong serial; /* only ever told apart, never read as a count */

	s->serial = atomic_fetch_add(&serial, 1) + 1;
	if (s->phrases && (!make_groups(s) || !compile_skeletons(s)))
		return "libhs cannot compile the phrases";
	if (s->patterns && !compile_patterns(s))
		return "libhs cannot compile the patterns";
	return NULL;
}
