#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/limits.h"
#include "rules/match/build.h"
#include "rules/match/compiled.h"
#include "rules/match/hs_call.h"
#include "rules/match/pattern.h"
#include "rules/match/phrase.h"
#include "rules/match/prefilter.h"
#include "text/canonical.h"
#include "text/diacritics.h"

/* Selects the hits among all finds on a text. */

/* The finds on one text, sorted. */
struct selection {
	const struct scan *scan;
	const struct text *text;
	struct scan_hit *find; /* those kept move to the front */
};

static int by_rule_and_place(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;
	if (x->rule_index != y->rule_index)
		return x->rule_index < y->rule_index ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

static bool covers(const struct scan_hit *outer, const struct scan_hit *inner)
{
	return outer->first <= inner->first &&
	       inner->first + inner->count <= outer->first + outer->count;
}

/* The find without signs at its ends: a pattern may find `lãi 0%`, a phrase only `lãi 0`. */
static struct scan_hit without_signs(const struct text *text, struct scan_hit hit)
{
	while (hit.count > 1 && text->glyph[hit.first].kind > GLYPH_DIGIT)
		hit.first++, hit.count--;
	while (hit.count > 1 && text->glyph[hit.first + hit.count - 1].kind > GLYPH_DIGIT)
		hit.count--;
	return hit;
}

static bool is_except(const struct selection *s, size_t i)
{
	return s->scan->term[s->find[i].term].flags & SCAN_EXCEPT;
}

static uint32_t end_of(const struct scan_hit *hit)
{
	return hit->first + hit->count;
}

/* Whether an `except` covers find `i`. The finds of its rule are sorted and end at `to`. `reach` is
 * where the excepts before `i` end, the greatest end of them. */
static bool is_excepted(const struct selection *s, size_t i, size_t to, uint32_t reach)
{
	const struct scan_hit *find = s->find, inner = without_signs(s->text, find[i]);

	if (end_of(&inner) <= reach)
		return true;
	for (i++; i < to && find[i].first <= inner.first; i++)
		if (is_except(s, i) && covers(&find[i], &inner))
			return true;
	return false;
}

/* Keeps those finds of one rule that are not excepts, not excepted and not within another hit. */
static size_t keep(const struct selection *s, size_t from, size_t to, size_t kept)
{
	struct scan_hit *hit = s->find;
	size_t first_kept = kept;
	uint32_t reach = 0; /* of the excepts so far, none of which begins later than find `i` */

	for (size_t i = from; i < to && kept - first_kept < LIMIT_HITS_PER_RULE; i++) {
		if (is_except(s, i))
			reach = end_of(&hit[i]) > reach ? end_of(&hit[i]) : reach;
		else if ((kept == first_kept || !covers(&hit[kept - 1], &hit[i])) &&
			 !is_excepted(s, i, to, reach))
			hit[kept++] = hit[i];
	}
	return kept;
}

/* The finds are often sorted already. */
static void sort(struct scan_hit *hit, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (by_rule_and_place(&hit[i - 1], &hit[i]) > 0) {
			qsort(hit, count, sizeof *hit, by_rule_and_place);
			return;
		}
}

/* Sorts the finds on a text by rule and place, and keeps those that are hits: no excepts, not
 * within one, not within another hit. Returns how many. */
static size_t keep_hits(const struct scan *scan, const struct text *text, struct scan_hit *hit,
			size_t count)
{
	const struct selection selection = {scan, text, hit};
	size_t kept = 0, from = 0;

	sort(hit, count);
	while (from < count) {
		size_t to = from + 1;
		while (to < count && hit[to].rule_index == hit[from].rule_index)
			to++;
		kept = keep(&selection, from, to, kept);
		from = to;
	}
	return kept;
}

/* The largest number of finds on one text. The rules of any further finds count as broken. */
enum { FINDS = 65536 };

struct finds {
	struct scan_hit *hit;
	size_t count, room;
};

struct scan_scratch {
	hs_scratch_t *hs;
	unsigned long fits; /* serial of the scan that `hs` fits */
	struct pattern_scratch *pattern;
	struct skeleton skeleton;
	struct canonical canonical[2]; /* as typed; in small letters */
	bool written[2];	       /* they belong to the current text */
	struct finds finds;
	unsigned *broken, *candidate;
	size_t broken_count, broken_room, candidates, candidate_room;
	bool out_of_memory;
};

/* One text during one scan. */
struct pass {
	const struct scan *scan;
	struct scan_scratch *scratch;
	struct phrase_search search;
	bool phrases, literals; /* what is searched in the current skeleton */
};

struct scan_scratch *scan_scratch_new(void)
{
	struct scan_scratch *scratch = calloc(1, sizeof *scratch);
	if (scratch && (scratch->pattern = pattern_scratch_new()))
		return scratch;
	free(scratch);
	return NULL;
}

void scan_scratch_free(struct scan_scratch *scratch)
{
	if (!scratch)
		return;
	hs_free_scratch(scratch->hs);
	pattern_scratch_free(scratch->pattern);
	skeleton_clear(&scratch->skeleton);
	canonical_clear(&scratch->canonical[0]);
	canonical_clear(&scratch->canonical[1]);
	free(scratch->finds.hit);
	free(scratch->broken);
	free(scratch->candidate);
	free(scratch);
}

static bool push(unsigned **list, size_t *count, size_t *room, unsigned value)
{
	if (!grow(*list, *count + 1, room))
		return false;
	(*list)[(*count)++] = value;
	return true;
}

static void call_broken(struct pass *pass, unsigned rule_index)
{
	struct scan_scratch *s = pass->scratch;
	for (size_t i = 0; i < s->broken_count; i++)
		if (s->broken[i] == rule_index)
			return;
	if (!push(&s->broken, &s->broken_count, &s->broken_room, rule_index))
		s->out_of_memory = true;
}

static void add_find(struct pass *pass, unsigned term, uint32_t first, uint32_t count)
{
	struct finds *f = &pass->scratch->finds;
	unsigned rule_index = pass->scan->term[term].rule_index;

	if (f->count == FINDS) {
		call_broken(pass, rule_index);
		return;
	}
	if (!grow(f->hit, f->count + 1, &f->room)) {
		pass->scratch->out_of_memory = true;
		return;
	}
	f->hit[f->count++] = (struct scan_hit){
		.rule_index = rule_index, .term = term, .first = first, .count = count};
}

/* ---- skeletons ------------------------------------------------------------------------ */

static void add_candidate(struct scan_scratch *s, unsigned pattern)
{
	if (!push(&s->candidate, &s->candidates, &s->candidate_room, pattern))
		s->out_of_memory = true;
}

/* A skeleton ends at `to`: each phrase that has it may match there. */
static void try_phrases(struct pass *pass, unsigned group, size_t to)
{
	const struct scan *scan = pass->scan;

	for (size_t i = scan->group[group]; i < scan->group[group + 1]; i++) {
		const struct scan_phrase *p = &scan->phrase[i];
		uint32_t first, count;
		if (phrase_at(&p->phrase, &pass->search, to - p->phrase.runs, &first, &count))
			add_find(pass, p->term, first, count);
	}
}

static int on_skeleton(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		       void *arg)
{
	struct pass *pass = arg;
	const struct scan *scan = pass->scan;
	(void)from, (void)flags;

	if (id < scan->groups) {
		if (pass->phrases)
			try_phrases(pass, id, (size_t)to);
	} else if (pass->literals) {
		const uint32_t *group = &scan->by_literal[id - scan->groups];
		for (size_t i = group[0]; i < group[1]; i++)
			add_candidate(pass->scratch, scan->literal[i].pattern);
	}
	return 0;
}

static bool scan_runs(struct pass *pass)
{
	const struct skeleton *s = &pass->scratch->skeleton;

	return s->runs == 0 || hs_call_scan(pass->scan->skeletons, s->run, s->runs,
					    pass->scratch->hs, on_skeleton, pass);
}

static bool is_ascii(const char *bytes, size_t len)
{
	uint64_t all = 0, word;
	size_t i = 0;

	for (; i + sizeof word <= len; i += sizeof word) {
		memcpy(&word, bytes + i, sizeof word);
		all |= word;
	}
	for (; i < len; i++)
		all |= (uint8_t)bytes[i];
	return !(all & 0x8080808080808080);
}

/* Whether the plain skeleton has letters that no literal has (prefilter_read()). */
static bool has_other_letters(const struct skeleton *skeleton, const struct text *text)
{
	uint8_t other = !is_ascii(skeleton->run, skeleton->runs);

	for (size_t i = 0; i < text->glyphs && !text->canonical && !other; i++)
		other = text->glyph[i].flags & GLYPH_LOOKALIKE;
	return other;
}

static bool scan_reading(struct pass *pass, enum skeleton_reading reading)
{
	struct skeleton *s = &pass->scratch->skeleton;

	if (!skeleton_read(s, pass->search.text, reading))
		return false;
	pass->search.skeleton = s;
	/* Text spelled with digits and signs is not searched for patterns: these see the text as
	 * typed. */
	pass->literals = pass->scan->literals && reading == SKELETON_PLAIN &&
			 !has_other_letters(s, pass->search.text);
	return scan_runs(pass);
}

/* The canonical text, written when it is first asked for. NULL when out of memory. */
static const struct canonical *canonical_of(struct pass *pass, bool caseless)
{
	struct scan_scratch *s = pass->scratch;
	if (!s->written[caseless])
		s->written[caseless] =
			canonical_write(&s->canonical[caseless], pass->search.text, caseless);
	return s->written[caseless] ? &s->canonical[caseless] : NULL;
}

/* Searches the literals alone, if the plain skeleton cannot be used for them. */
static bool scan_literals(struct pass *pass)
{
	const struct canonical *canonical = canonical_of(pass, true);
	struct skeleton *s = &pass->scratch->skeleton; /* has room for the plain skeleton */

	if (!canonical)
		return false;
	s->runs = prefilter_read(canonical->bytes, canonical->len, s->run);
	pass->phrases = false;
	pass->literals = true;
	return scan_runs(pass);
}

static bool scan_skeletons(struct pass *pass)
{
	if (!pass->scan->skeletons)
		return true;
	pass->search.unaccented = diacritics_unaccented(pass->search.text);
	unsigned readings = skeleton_readings(pass->search.text);
	bool done = !pass->scan->literals;
	pass->phrases = true;
	for (unsigned i = 0; i < SKELETON_READINGS; i++) {
		if (!(readings >> i & 1))
			continue;
		if (!scan_reading(pass, i))
			return false;
		done |= pass->literals;
	}
	return done || scan_literals(pass);
}

/* ---- patterns ------------------------------------------------------------------------- */

static int on_hs_pattern(unsigned pattern, unsigned long long from, unsigned long long to,
			 unsigned flags, void *arg)
{
	(void)from, (void)to, (void)flags;
	add_candidate(arg, pattern);
	return 0;
}

static bool scan_hs_patterns(struct pass *pass, bool caseless)
{
	struct scan_scratch *s = pass->scratch;
	const struct canonical *canonical;

	if (!pass->scan->hs_patterns[caseless])
		return true;
	canonical = canonical_of(pass, caseless);
	return canonical && hs_call_scan(pass->scan->hs_patterns[caseless], canonical->bytes,
					 canonical->len, s->hs, on_hs_pattern, s);
}

static void search_all(struct pass *pass, const struct scan_pattern *p,
		       const struct canonical *canonical)
{
	size_t at = 0, end, hits = 0;

	while (hits++ < LIMIT_HITS_PER_RULE && at < canonical->len) {
		enum pattern_result r = pattern_next(p->code, pass->scratch->pattern,
						     canonical->bytes, canonical->len, &at, &end);
		if (r == PATTERN_BROKEN)
			call_broken(pass, pass->scan->term[p->term].rule_index);
		pass->scratch->out_of_memory |= r == PATTERN_NO_MEMORY;
		if (r != PATTERN_FOUND)
			return;
		size_t first = canonical_glyph(canonical, pass->search.text, at);
		size_t last = canonical_glyph(canonical, pass->search.text, end - 1);
		add_find(pass, p->term, (uint32_t)first, (uint32_t)(last - first + 1));
		at = end;
	}
}

static bool confirm(struct pass *pass, const struct scan_pattern *p)
{
	const struct canonical *canonical = canonical_of(pass, p->caseless);
	if (canonical)
		search_all(pass, p, canonical);
	return canonical;
}

static int by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
	return x < y ? -1 : x > y;
}

/* A pattern with several literals may be named more than once. */
static bool confirm_candidates(struct pass *pass)
{
	struct scan_scratch *s = pass->scratch;

	if (s->candidates > 1)
		qsort(s->candidate, s->candidates, sizeof *s->candidate, by_number);
	for (size_t i = 0; i < s->candidates; i++)
		if ((i == 0 || s->candidate[i] != s->candidate[i - 1]) &&
		    !confirm(pass, &pass->scan->pattern[s->candidate[i]]))
			return false;
	return true;
}

static bool scan_patterns(struct pass *pass)
{
	const struct scan *scan = pass->scan;

	if (!scan_hs_patterns(pass, true) || !scan_hs_patterns(pass, false) ||
	    !confirm_candidates(pass))
		return false;
	for (size_t i = 0; i < scan->patterns && scan->pcre_only_count; i++)
		if (scan->pattern[i].pcre_only && !confirm(pass, &scan->pattern[i]))
			return false;
	return true;
}

/* Grows the scratch of libhs for `scan`. This takes time (it checksums the database), so it is done
 * once for each scan. */
static bool fit(struct scan_scratch *scratch, const struct scan *scan)
{
	if (scratch->fits == scan->serial)
		return true;
	if (scan->skeletons && hs_alloc_scratch(scan->skeletons, &scratch->hs) != HS_SUCCESS)
		return false;
	for (int i = 0; i < 2; i++)
		if (scan->hs_patterns[i] &&
		    hs_alloc_scratch(scan->hs_patterns[i], &scratch->hs) != HS_SUCCESS)
			return false;
	scratch->fits = scan->serial;
	return true;
}

bool scan_text(const struct scan *scan, struct scan_scratch *scratch, const struct text *text,
	       struct scan_result *result)
{
	struct pass pass = {.scan = scan, .scratch = scratch, .search.text = text};

	scratch->finds.count = scratch->broken_count = scratch->candidates = 0;
	scratch->written[0] = scratch->written[1] = false;
	scratch->out_of_memory = false;
	if (!fit(scratch, scan) || !scan_skeletons(&pass) || !scan_patterns(&pass) ||
	    scratch->out_of_memory)
		return false;
	if (scratch->finds.count)
		scratch->finds.count =
			keep_hits(scan, text, scratch->finds.hit, scratch->finds.count);
	*result = (struct scan_result){.hits = scratch->finds.hit,
				       .count = scratch->finds.count,
				       .broken = scratch->broken,
				       .broken_count = scratch->broken_count};
	return true;
}
