#include "command/runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/grow.h"

enum { FEWEST = 2, MOST = 5 }; /* syllables of a run */

/* A chance of one in a thousand (chi-squared, one degree of freedom), and how much larger the share
 * of the rejected texts must be. */
#define LEAST_RATIO 10.83
#define LEAST_LIFT  20.0

/* A flag in the key of a word: only blanks are between it and the word before. */
enum { JOINED = 1 };

/* Texts of one side. */
struct side {
	size_t *end;	   /* of each text, in `word` */
	uint64_t *comment; /* of each text: the comment that it is of */
	size_t count, room, comment_room;
	uint64_t *word; /* hashes, the lowest bit is JOINED; 0: no syllable */
	size_t words, word_room;
};

struct run {
	uint64_t key; /* of its words; 0: the slot is free */
	uint32_t text, first;
	uint32_t rejected, approved, left; /* left: rejected texts that are not covered */
	uint32_t last;			   /* text counted last, from 1: each counts once */
	uint8_t words;
	bool out;
};

struct runs {
	struct side sides[RUNS_SIDES];
	struct run *slot; /* a hash table with open addressing, at most half full */
	size_t slots, used;
	bool *covered;	/* rejected texts */
	size_t dropped; /* approved texts that do not count */
	uint64_t seed;	/* nobody can prepare texts that make the table slow */
};

struct runs *runs_new(void)
{
	struct runs *runs = calloc(1, sizeof *runs);

	if (runs && getrandom(&runs->seed, sizeof runs->seed, 0) < 0)
		runs->seed = (uintptr_t)runs;
	return runs;
}

void runs_free(struct runs *runs)
{
	if (!runs)
		return;
	for (size_t i = 0; i < RUNS_SIDES; i++) {
		free(runs->sides[i].end);
		free(runs->sides[i].comment);
		free(runs->sides[i].word);
	}
	free(runs->slot);
	free(runs->covered);
	free(runs);
}

/* Only blanks of one line between the word and the one before it. */
static bool is_joined(const struct text *text, size_t index)
{
	size_t end = text->word[index].first, i;

	if (!index)
		return false;
	i = text->word[index - 1].first + text->word[index - 1].count;
	if (i == end)
		return false;
	while (i < end && text->glyph[i].kind == GLYPH_SPACE && text->glyph[i].ch != '\n')
		i++;
	return i == end;
}

bool runs_add(struct runs *runs, enum runs_side which, const struct text *text, uint64_t comment)
{
	struct side *side = &runs->sides[which];

	if (!grow(side->end, side->count + 1, &side->room) ||
	    !grow(side->comment, side->count + 1, &side->comment_room) ||
	    !grow(side->word, side->words + text->words, &side->word_room))
		return false;
	for (size_t i = 0; i < text->words; i++) {
		const struct word *word = &text->word[i];
		uint64_t joined = is_joined(text, i) ? JOINED : 0;
		uint64_t hash = (word_hash(text, word) | 2) & ~(uint64_t)JOINED;

		side->word[side->words++] = word->has_letter ? hash | joined : 0;
	}
	side->comment[side->count] = comment;
	side->end[side->count++] = side->words;
	return true;
}

/* The finalizer of splitmix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static struct run *find(struct run *slot, size_t slots, uint64_t key)
{
	size_t i = (size_t)key & (slots - 1);

	while (slot[i].key && slot[i].key != key)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static bool make_room(struct runs *runs)
{
	size_t slots = runs->slots ? 2 * runs->slots : 4096;
	struct run *slot;

	if (2 * runs->used < runs->slots)
		return true;
	slot = calloc(slots, sizeof *slot);
	if (!slot)
		return false;
	for (size_t i = 0; i < runs->slots; i++)
		if (runs->slot[i].key)
			*find(slot, slots, runs->slot[i].key) = runs->slot[i];
	free(runs->slot);
	runs->slot = slot;
	runs->slots = slots;
	return true;
}

/* Calls `each` with the key of every run of a text, where it begins and how long it is. */
typedef bool run_fn(struct runs *runs, uint64_t key, size_t text, size_t first, size_t words);

static bool each_run(struct runs *runs, enum runs_side which, size_t text, run_fn *each)
{
	const struct side *side = &runs->sides[which];
	size_t begin = text ? side->end[text - 1] : 0, end = side->end[text];

	for (size_t first = begin; first < end; first++) {
		uint64_t key = runs->seed;

		for (size_t i = first; i < end && i < first + MOST; i++) {
			if (!side->word[i] || (i > first && !(side->word[i] & JOINED)))
				break;
			key = mix(key ^ (side->word[i] & ~(uint64_t)JOINED)) | 1;
			if (i + 1 >= first + FEWEST &&
			    !each(runs, key, text, first - begin, i + 1 - first))
				return false;
		}
	}
	return true;
}

static bool count_rejected(struct runs *runs, uint64_t key, size_t text, size_t first, size_t words)
{
	struct run *run;

	if (!make_room(runs))
		return false;
	run = find(runs->slot, runs->slots, key);
	if (!run->key) {
		*run = (struct run){.key = key,
				    .text = (uint32_t)text,
				    .first = (uint32_t)first,
				    .words = (uint8_t)words};
		runs->used++;
	}
	if (run->last == text + 1)
		return true;
	run->last = (uint32_t)text + 1;
	run->left = ++run->rejected;
	return true;
}

static bool count_approved(struct runs *runs, uint64_t key, size_t text, size_t first, size_t words)
{
	struct run *run = find(runs->slot, runs->slots, key);

	(void)first, (void)words;
	if (run->key && run->last != text + 1) {
		run->last = (uint32_t)text + 1;
		run->approved++;
	}
	return true;
}

static bool leave_out(struct runs *runs, uint64_t key, size_t text, size_t first, size_t words)
{
	(void)text, (void)first, (void)words;
	find(runs->slot, runs->slots, key)->out = true; /* a free slot stays free */
	return true;
}

static bool each_text(struct runs *runs, enum runs_side which, run_fn *each)
{
	for (size_t i = 0; i < runs->slots; i++)
		runs->slot[i].last = 0;
	for (size_t i = 0; i < runs->sides[which].count; i++)
		if (!each_run(runs, which, i, each))
			return false;
	return true;
}

static int by_value(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

static void sort_comments(struct side *side)
{
	if (side->count)
		qsort(side->comment, side->count, sizeof *side->comment, by_value);
}

static bool has_comment(const struct side *side, uint64_t comment)
{
	return side->count &&
	       bsearch(&comment, side->comment, side->count, sizeof comment, by_value);
}

static void empty_text(struct side *side, size_t text)
{
	for (size_t i = text ? side->end[text - 1] : 0; i < side->end[text]; i++)
		side->word[i] = 0;
}

/* Whether the comment comes again, after the first time. bsearch() finds the same one of equal
 * values each time. */
static bool comes_again(const uint64_t *sorted, size_t count, bool *seen, uint64_t comment)
{
	const uint64_t *found = bsearch(&comment, sorted, count, sizeof comment, by_value);
	bool again = seen[found - sorted];

	seen[found - sorted] = true;
	return again;
}

/* Empties approved texts of comments that were also rejected, and all but one of each comment.
 * Returns false when out of memory. */
static bool drop_approved(struct runs *runs)
{
	struct side *approved = &runs->sides[RUNS_APPROVED];
	uint64_t *sorted = calloc(approved->count + 1, sizeof *sorted);
	bool *seen = calloc(approved->count + 1, sizeof *seen);

	sort_comments(&runs->sides[RUNS_REJECTED]);
	sort_comments(&runs->sides[RUNS_FOUND]);
	if (sorted && seen && approved->count) {
		memcpy(sorted, approved->comment, approved->count * sizeof *sorted);
		qsort(sorted, approved->count, sizeof *sorted, by_value);
	}
	for (size_t i = 0; sorted && seen && i < approved->count; i++) {
		uint64_t comment = approved->comment[i];

		if (!has_comment(&runs->sides[RUNS_REJECTED], comment) &&
		    !has_comment(&runs->sides[RUNS_FOUND], comment) &&
		    !comes_again(sorted, approved->count, seen, comment))
			continue;
		empty_text(approved, i);
		runs->dropped++;
	}
	free(sorted);
	free(seen);
	return sorted && seen;
}

size_t runs_texts(const struct runs *runs, enum runs_side side)
{
	return runs->sides[side].count - (side == RUNS_APPROVED ? runs->dropped : 0);
}

bool runs_count(struct runs *runs)
{
	if (!drop_approved(runs))
		return false;
	runs->covered = calloc(runs->sides[RUNS_REJECTED].count + 1, sizeof *runs->covered);
	return runs->covered && make_room(runs) && each_text(runs, RUNS_REJECTED, count_rejected) &&
	       each_text(runs, RUNS_APPROVED, count_approved) &&
	       each_text(runs, RUNS_EVERYDAY, leave_out);
}

static double term(double seen, double expected)
{
	return seen > 0 ? seen * log(seen / expected) : 0;
}

/* Of `a` among `all_a` texts and `b` among `all_b`, against the same share in both. */
static double log_likelihood_ratio(double a, double all_a, double b, double all_b)
{
	double share = (a + b) / (all_a + all_b);

	return 2 * (term(a, all_a * share) + term(all_a - a, all_a * (1 - share)) +
		    term(b, all_b * share) + term(all_b - b, all_b * (1 - share)));
}

/* 0 when the run does not distinguish the sides. */
static double ratio_of(const struct runs *runs, const struct run *run)
{
	double rejected = (double)runs_texts(runs, RUNS_REJECTED);
	double approved = (double)runs_texts(runs, RUNS_APPROVED);
	double ratio;

	if (run->left * approved < LEAST_LIFT * run->approved * rejected)
		return 0;
	ratio = log_likelihood_ratio(run->left, rejected, run->approved, approved);
	return ratio < LEAST_RATIO ? 0 : ratio;
}

/* Of two runs with the same score, prefer the longer one, then the first one. */
static bool is_better(double ratio, const struct run *run, double best_ratio,
		      const struct run *best)
{
	if (!best || ratio != best_ratio)
		return ratio > best_ratio;
	if (run->words != best->words)
		return run->words > best->words;
	return run->text != best->text ? run->text < best->text : run->first < best->first;
}

bool runs_next(struct runs *runs, uint32_t least, struct run_found *found)
{
	struct run *best = NULL;
	double best_ratio = 0;

	for (size_t i = 0; i < runs->slots; i++) {
		struct run *run = &runs->slot[i];
		double ratio =
			run->key && !run->out && run->left >= least ? ratio_of(runs, run) : 0;

		if (ratio > 0 && is_better(ratio, run, best_ratio, best)) {
			best = run;
			best_ratio = ratio;
		}
	}
	if (!best)
		return false;
	best->out = true;
	*found = (struct run_found){best->key,	    best->text,	    best->first, best->words,
				    best->rejected, best->approved, best_ratio};
	return true;
}

static bool subtract(struct runs *runs, uint64_t key, size_t text, size_t first, size_t words)
{
	struct run *run = find(runs->slot, runs->slots, key);

	(void)first, (void)words;
	if (run->last != text + 1)
		run->left--;
	run->last = (uint32_t)text + 1;
	return true;
}

static bool has_key(const struct runs *runs, size_t text, uint64_t wanted, size_t words)
{
	const struct side *side = &runs->sides[RUNS_REJECTED];
	size_t begin = text ? side->end[text - 1] : 0, end = side->end[text];

	for (size_t first = begin; first + words <= end; first++) {
		uint64_t key = runs->seed;
		size_t i = first;

		for (; i < first + words; i++) {
			if (!side->word[i] || (i > first && !(side->word[i] & JOINED)))
				break;
			key = mix(key ^ (side->word[i] & ~(uint64_t)JOINED)) | 1;
		}
		if (i == first + words && key == wanted)
			return true;
	}
	return false;
}

void runs_cover(struct runs *runs, const struct run_found *found)
{
	for (size_t i = 0; i < runs->slots; i++)
		runs->slot[i].last = 0;
	for (size_t i = 0; i < runs->sides[RUNS_REJECTED].count; i++) {
		if (runs->covered[i] || !has_key(runs, i, found->key, found->words))
			continue;
		runs->covered[i] = true;
		each_run(runs, RUNS_REJECTED, i, subtract);
	}
}
