#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/candidate.h"
#include "rules/scan_set.h"

struct scan_builder {
	struct scan *scan; /* grows; its databases come last */
	size_t entry_room, phrase_room, pattern_room;
	struct text *text; /* scratch for reading phrases */
	char why[256];
};

struct scan_builder *scan_builder_new(void)
{
	struct scan_builder *b = calloc(1, sizeof *b);
	if (b && (b->scan = calloc(1, sizeof *b->scan)) && (b->text = text_new()))
		return b;
	scan_builder_free(b);
	return NULL;
}

void scan_builder_free(struct scan_builder *b)
{
	if (!b)
		return;
	scan_free(b->scan);
	text_free(b->text);
	free(b);
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	for (size_t i = 0; i < scan->phrases; i++)
		phrase_clear(&scan->phrase[i].phrase);
	for (size_t i = 0; i < scan->patterns; i++) {
		pcre2_code_free(scan->pattern[i].code);
		free(scan->pattern[i].source);
	}
	hs_free_database(scan->skeletons);
	hs_free_database(scan->candidates[0]);
	hs_free_database(scan->candidates[1]);
	free(scan->entry);
	free(scan->phrase);
	free(scan->pattern);
	free(scan->group);
	free(scan->alone);
	free(scan);
}

const unsigned *scan_alone(const struct scan *scan, size_t *count)
{
	*count = scan->alones;
	return scan->alone;
}

/* Room for one more element of `size` bytes. */
static bool grow(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 64;
	void *grown = realloc(*(void **)list, more * size);
	if (!grown)
		return false;
	*(void **)list = grown;
	*room = more;
	return true;
}

static bool add_entry(struct scan_builder *b, unsigned owner, unsigned flags)
{
	struct scan *s = b->scan;
	if (!grow(&s->entry, s->entries, &b->entry_room, sizeof *s->entry))
		return false;
	s->entry[s->entries++] = (struct scan_entry){.owner = owner, .flags = flags};
	return true;
}

const char *scan_add_phrase(struct scan_builder *b, unsigned owner, const char *utf8, unsigned flags)
{
	struct scan *s = b->scan;
	struct phrase phrase;

	if (!grow(&s->phrase, s->phrases, &b->phrase_room, sizeof *s->phrase))
		return "out of memory";
	const char *why = phrase_read(&phrase, utf8, b->text);
	if (why)
		return why;
	phrase.exact = flags & SCAN_MARKS_EXACT;
	phrase.plain = flags & SCAN_EXCEPT;
	if (!add_entry(b, owner, flags)) {
		phrase_clear(&phrase);
		return "out of memory";
	}
	s->phrase[s->phrases++] = (struct scan_phrase){.phrase = phrase, .entry = (unsigned)s->entries - 1};
	return NULL;
}

const char *scan_add_pattern(struct scan_builder *b, unsigned owner, const char *source,
			     unsigned flags, size_t *offset)
{
	struct scan *s = b->scan;
	bool caseless = !(flags & SCAN_CASE);

	*offset = 0;
	if (!grow(&s->pattern, s->patterns, &b->pattern_room, sizeof *s->pattern))
		return "out of memory";
	pcre2_code *code = pattern_compile(source, caseless, b->why, sizeof b->why, offset);
	if (!code)
		return b->why;
	char *copy = strdup(source);
	if (!copy || !add_entry(b, owner, flags)) {
		free(copy);
		pcre2_code_free(code);
		return "out of memory";
	}
	s->pattern[s->patterns++] = (struct scan_pattern){.code = code, .source = copy,
		.entry = (unsigned)s->entries - 1, .caseless = caseless};
	s->cased[caseless]++;
	return NULL;
}

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
	s->alone = calloc(s->patterns, sizeof *s->alone);
	for (size_t i = 0; s->alone && i < s->patterns; i++)
		if (s->pattern[i].alone)
			s->alone[s->alones++] = s->pattern[i].entry;
	return s->alone != NULL;
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

struct scan *scan_compile(struct scan_builder *b, const char **why)
{
	static atomic_ulong serial; /* only ever told apart, never read as a count */
	struct scan *s = b->scan;

	s->serial = atomic_fetch_add(&serial, 1) + 1;

	*why = NULL;
	if (s->phrases && (!make_groups(s) || !compile_skeletons(s)))
		*why = "libhs cannot compile the phrases";
	else if (s->patterns && !compile_patterns(s))
		*why = "libhs cannot compile the patterns";
	if (!*why)
		b->scan = NULL;
	scan_builder_free(b);
	return *why ? NULL : s;
}
