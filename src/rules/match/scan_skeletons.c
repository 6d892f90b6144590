/* The database of libhs that names phrases, and patterns by their literals, in skeletons. */
#include <stdlib.h>
#include <string.h>

#include "rules/match/prefilter.h"
#include "rules/match/compiled.h"

static int by_skeleton(const void *a, const void *b)
{
	const struct scan_phrase *x = a, *y = b;
	int order = strcmp(x->phrase.skeleton, y->phrase.skeleton);
	if (order)
		return order;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int by_literal(const void *a, const void *b)
{
	const struct scan_literal *x = a, *y = b;
	int order = strcmp(x->skeleton, y->skeleton);
	if (order)
		return order;
	return x->pattern < y->pattern ? -1 : x->pattern > y->pattern;
}

static bool group_phrases(struct scan *s)
{
	if (s->phrases)
		qsort(s->phrase, s->phrases, sizeof *s->phrase, by_skeleton);
	s->group = calloc(s->phrases + 1, sizeof *s->group);
	if (!s->group)
		return false;
	for (size_t i = 0; i < s->phrases; i++)
		if (i == 0 ||
		    strcmp(s->phrase[i].phrase.skeleton, s->phrase[i - 1].phrase.skeleton) != 0)
			s->group[s->groups++] = (uint32_t)i;
	s->group[s->groups] = (uint32_t)s->phrases;
	return true;
}

static bool group_literals(struct scan *s)
{
	qsort(s->literal, s->literals, sizeof *s->literal, by_literal);
	s->by_literal = calloc(s->literals + 1, sizeof *s->by_literal);
	if (!s->by_literal)
		return false;
	for (size_t i = 0; i < s->literals; i++)
		if (i == 0 || strcmp(s->literal[i].skeleton, s->literal[i - 1].skeleton) != 0)
			s->by_literal[s->literal_groups++] = (uint32_t)i;
	s->by_literal[s->literal_groups] = (uint32_t)s->literals;
	return true;
}

static bool list_literals(struct scan *s)
{
	struct literals found;

	s->literal = calloc(s->patterns * LITERALS + 1, sizeof *s->literal);
	for (size_t i = 0; s->literal && i < s->patterns; i++) {
		s->pattern[i].literal = literals_find(s->pattern[i].source, &found);
		for (unsigned k = 0; s->pattern[i].literal && k < found.count; k++) {
			char *skeleton = strdup(found.literal[k]);
			if (!skeleton)
				return false;
			s->literal[s->literals++] =
				(struct scan_literal){.skeleton = skeleton, .pattern = (uint32_t)i};
		}
	}
	return s->literal;
}

static bool compile(struct scan *s, const char **literal, size_t *len, unsigned *flags,
		    unsigned *id)
{
	hs_compile_error_t *error = NULL;
	size_t count = s->groups + s->literal_groups;

	for (size_t i = 0; i < count; i++) {
		size_t k = i - s->groups; /* of a literal */
		literal[i] = i < s->groups ? s->phrase[s->group[i]].phrase.skeleton
					   : s->literal[s->by_literal[k]].skeleton;
		flags[i] = i < s->groups ? 0 : HS_FLAG_SINGLEMATCH;
		len[i] = strlen(literal[i]);
		id[i] = (unsigned)i;
	}
	bool ok = hs_compile_lit_multi(literal, flags, id, len, (unsigned)count, HS_MODE_BLOCK,
				       NULL, &s->skeletons, &error) == HS_SUCCESS;
	hs_free_compile_error(error);
	return ok;
}

bool scan_compile_skeletons(struct scan *s)
{
	if (!list_literals(s) || !group_phrases(s) || !group_literals(s))
		return false;
	size_t count = s->groups + s->literal_groups;
	if (count == 0)
		return true;
	const char **literal = calloc(count, sizeof *literal);
	size_t *len = calloc(count, sizeof *len);
	unsigned *flags = calloc(count, sizeof *flags), *id = calloc(count, sizeof *id);
	bool ok = literal && len && flags && id && compile(s, literal, len, flags, id);
	free(literal);
	free(len);
	free(flags);
	free(id);
	return ok;
}
