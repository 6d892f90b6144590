/* The database of libhs that names the patterns that have no literals, by themselves. */
#include <stdlib.h>
#include <string.h>

#include "rules/match/hs_pattern.h"
#include "rules/match/compiled.h"

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
	const char *source = e->rewritten[id] = expression_of(p->source);
	unsigned flags = FLAGS | (p->caseless ? HS_FLAG_CASELESS : 0);

	if (!source) {
		source = p->source;
		flags |= HS_FLAG_UCP;
	}
	p->alone = !expression_is_plain(p->source, e->rewritten[id]) || !libhs_takes(source, flags);
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

bool scan_compile_expressions(struct scan *s)
{
	struct expressions e = {.source = calloc(s->patterns, sizeof *e.source),
				.rewritten = calloc(s->patterns, sizeof *e.rewritten),
				.flags = calloc(s->patterns, sizeof *e.flags),
				.id = calloc(s->patterns, sizeof *e.id)};
	bool ok = e.source && e.rewritten && e.flags && e.id;

	for (unsigned caseless = 0; ok && caseless < 2; caseless++) {
		e.count = 0;
		for (size_t i = 0; i < s->patterns; i++)
			if (!s->pattern[i].literal && s->pattern[i].caseless == (bool)caseless)
				add_expression(&e, &s->pattern[i], (unsigned)i);
		ok = compile_expressions(s, &e, &s->expressions[caseless]);
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
