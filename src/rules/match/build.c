#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "rules/match/build.h"
#include "rules/match/compiled.h"
#include "rules/match/hs_call.h"
#include "rules/match/hs_agrees.h"
#include "rules/match/hs_rewrite.h"
#include "rules/match/prefilter.h"
#include "text/read_text.h"

/* The database of libhs that finds phrases, and literals of patterns, in skeletons. */

static int by_skeleton(const void *a, const void *b)
{
	const struct scan_phrase *x = a, *y = b;
	int order = strcmp(x->phrase.skeleton, y->phrase.skeleton);
	if (order)
		return order;
	return x->term < y->term ? -1 : x->term > y->term;
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
		s->pattern[i].literal = prefilter_find(s->pattern[i].source, &found);
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

/* What libhs gets. */
struct skeletons {
	const char **literal;
	size_t *len, count;
	unsigned *flags, *id;
};

static void add_skeleton(struct skeletons *to, const char *literal, unsigned flags)
{
	to->literal[to->count] = literal;
	to->len[to->count] = strlen(literal);
	to->flags[to->count] = flags;
	to->id[to->count] = (unsigned)to->count;
	to->count++;
}

/*
 * Adds a literal of one byte that no skeleton has, if all are longer than two. With it, libhs looks
 * at each byte of a text. Otherwise it skips, and has so many false candidates that 100 to 3,000
 * literals take up to three times as long.
 */
static void add_short(struct skeletons *to)
{
	for (size_t i = 0; i < to->count; i++)
		if (to->len[i] <= 2)
			return;
	add_skeleton(to, "\x01", 0);
}

static bool compile_literals(struct scan *s, struct skeletons *all)
{
	hs_compile_error_t *error = NULL;

	for (size_t i = 0; i < s->groups; i++)
		add_skeleton(all, s->phrase[s->group[i]].phrase.skeleton, 0);
	for (size_t i = 0; i < s->literal_groups; i++)
		add_skeleton(all, s->literal[s->by_literal[i]].skeleton, HS_FLAG_SINGLEMATCH);
	add_short(all);
	bool ok = hs_compile_lit_multi(all->literal, all->flags, all->id, all->len,
				       (unsigned)all->count, HS_MODE_BLOCK, hs_call_platform(),
				       &s->skeletons, &error) == HS_SUCCESS;
	hs_free_compile_error(error);
	return ok;
}

static bool compile_skeletons(struct scan *s)
{
	if (!list_literals(s) || !group_phrases(s) || !group_literals(s))
		return false;
	size_t count = s->groups + s->literal_groups;
	if (count == 0)
		return true;
	struct skeletons all = {.literal = calloc(count + 1, sizeof *all.literal),
				.len = calloc(count + 1, sizeof *all.len),
				.flags = calloc(count + 1, sizeof *all.flags),
				.id = calloc(count + 1, sizeof *all.id)};
	bool ok = all.literal && all.len && all.flags && all.id && compile_literals(s, &all);
	free(all.literal);
	free(all.len);
	free(all.flags);
	free(all.id);
	return ok;
}

struct scan_builder {
	struct scan *scan; /* grows; its databases come last */
	size_t term_room, phrase_room, pattern_room;
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
	hs_free_database(scan->hs_patterns[0]);
	hs_free_database(scan->hs_patterns[1]);
	for (size_t i = 0; i < scan->literals; i++)
		free(scan->literal[i].skeleton);
	free(scan->term);
	free(scan->phrase);
	free(scan->pattern);
	free(scan->literal);
	free(scan->group);
	free(scan->by_literal);
	free(scan->pcre_only);
	free(scan);
}

const unsigned *scan_pcre_only(const struct scan *scan, size_t *count)
{
	*count = scan->pcre_only_count;
	return scan->pcre_only;
}

static bool add_term(struct scan_builder *b, unsigned rule_index, unsigned flags)
{
	struct scan *s = b->scan;

	if (!grow(s->term, s->terms + 1, &b->term_room))
		return false;
	s->term[s->terms++] = (struct scan_term){.rule_index = rule_index, .flags = flags};
	return true;
}

const char *scan_add_phrase(struct scan_builder *b, unsigned rule_index, const char *utf8,
			    unsigned flags)
{
	struct scan *s = b->scan;
	struct phrase phrase;

	if (!grow(s->phrase, s->phrases + 1, &b->phrase_room))
		return scan_no_memory;
	const char *why = phrase_read(&phrase, utf8, b->text);
	if (why)
		return why;
	phrase.exact = flags & SCAN_MARKS_EXACT;
	phrase.plain = flags & SCAN_EXCEPT;
	if (!add_term(b, rule_index, flags)) {
		phrase_clear(&phrase);
		return scan_no_memory;
	}
	s->phrase[s->phrases++] =
		(struct scan_phrase){.phrase = phrase, .term = (unsigned)s->terms - 1};
	return NULL;
}

const char *scan_add_pattern(struct scan_builder *b, unsigned rule_index, const char *source,
			     unsigned flags, size_t *offset)
{
	struct scan *s = b->scan;
	bool caseless = !(flags & SCAN_CASE);

	*offset = 0;
	if (!grow(s->pattern, s->patterns + 1, &b->pattern_room))
		return scan_no_memory;
	char *nfc;
	pcre2_code *code = pattern_compile(source, caseless, &nfc, b->why, sizeof b->why, offset);
	if (!code)
		return b->why;
	if (!add_term(b, rule_index, flags)) {
		free(nfc);
		pcre2_code_free(code);
		return scan_no_memory;
	}
	s->pattern[s->patterns++] = (struct scan_pattern){
		.code = code, .source = nfc, .caseless = caseless, .term = (unsigned)s->terms - 1};
	return NULL;
}

size_t scan_pattern_atoms(const struct scan_builder *b, size_t index)
{
	const struct scan_pattern *pattern = &b->scan->pattern[index];
	struct literals found;

	if (prefilter_find(pattern->source, &found))
		return 0;
	return hs_atoms(pattern->source,
			pattern->caseless || hs_found_in_small_letters(pattern->source));
}

size_t scan_pattern_bytes(const struct scan_builder *b, size_t index)
{
	const pcre2_code *code = b->scan->pattern[index].code;
	size_t bytes = 0, jit = 0;

	pcre2_pattern_info(code, PCRE2_INFO_SIZE, &bytes);
	pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &jit);
	return bytes + jit;
}

struct scan *scan_compile(struct scan_builder *b, const char **why)
{
	static atomic_ulong serial; /* only compared for equality */
	struct scan *s = b->scan;

	s->serial = atomic_fetch_add(&serial, 1) + 1;
	*why = hs_call_choose();
	if (*why)
		; /* libhs cannot be used: compile nothing */
	else if (!compile_skeletons(s))
		*why = "out of memory, or too many phrases for libhs";
	else if (!hs_pattern_compile(s))
		*why = "out of memory, or too many patterns for libhs";
	else
		b->scan = NULL;
	scan_builder_free(b);
	return *why ? NULL : s;
}
