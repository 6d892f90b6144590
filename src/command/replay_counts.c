#include "command/replay.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/grow.h"

bool counts_begin(struct counts *counts, const struct ruleset *rules)
{
	/* One more than needed: calloc() of no elements may return NULL. */
	*counts = (struct counts){
		.rules = rules,
		.rule = calloc(ruleset_count(rules) + 1, sizeof *counts->rule),
		.term = calloc(ruleset_terms(rules) + 1, sizeof *counts->term),
	};
	if (counts->rule && counts->term)
		return true;
	counts_end(counts);
	return false;
}

void counts_end(struct counts *counts)
{
	free(counts->rule);
	free(counts->term);
	*counts = (struct counts){0};
}

static void count_hit(struct hit_counts *rule, bool alone, enum label label)
{
	rule->hits++;
	rule->alone += alone;
	rule->good += label == LABEL_GOOD;
	rule->bad += label == LABEL_BAD;
}

static struct hit_counts *hits_of(struct counts *counts, const struct rule *rule)
{
	if (rule_index(rule) < ruleset_count(counts->rules) &&
	    ruleset_rule(counts->rules, rule_index(rule)) == rule)
		return &counts->rule[rule_index(rule)];
	return &counts->malformed;
}

void counts_add_decision(struct counts *counts, enum decision decision, enum label label)
{
	counts->comments++;
	counts->decisions[decision]++;
	counts->good += label == LABEL_GOOD;
	counts->bad += label == LABEL_BAD;
	if (decision != DECISION_APPROVE)
		count_hit(&counts->decided, false, label);
}

void counts_add(struct counts *counts, const struct verdict *verdict, enum label label)
{
	counts_add_decision(counts, verdict->decision, label);
	for (size_t i = 0; i < verdict->failing_count; i++)
		count_hit(hits_of(counts, verdict->failing[i]), verdict->failing_count == 1, label);
	for (size_t i = 0; i < verdict->watching_count; i++)
		count_hit(hits_of(counts, verdict->watching[i]),
			  !verdict->failing_count && verdict->watching_count == 1, label);
	for (size_t i = 0; i < verdict->hit_count; i++)
		if (verdict->hits[i].term)
			counts->term[verdict->hits[i].term->index]++;
}

static void merge_hits(struct hit_counts *rule, const struct hit_counts *other)
{
	rule->hits += other->hits;
	rule->alone += other->alone;
	rule->good += other->good;
	rule->bad += other->bad;
}

void counts_merge(struct counts *counts, const struct counts *other)
{
	counts->comments += other->comments;
	counts->good += other->good;
	counts->bad += other->bad;
	for (size_t i = 0; i < DECISIONS; i++)
		counts->decisions[i] += other->decisions[i];
	merge_hits(&counts->decided, &other->decided);
	merge_hits(&counts->malformed, &other->malformed);
	for (size_t i = 0; counts->rules && i < ruleset_count(counts->rules); i++)
		merge_hits(&counts->rule[i], &other->rule[i]);
	for (size_t i = 0; counts->rules && i < ruleset_terms(counts->rules); i++)
		counts->term[i] += other->term[i];
}

/* Flips. */

const struct flip *flips_examples(const struct flips *flips, enum decision before,
				  enum decision after, size_t *count)
{
	const struct flip_list *examples = &flips->examples[before][after];

	*count = examples->count;
	return examples->flip;
}

void flips_begin(struct flips *flips, size_t most)
{
	*flips = (struct flips){.most = most};
}

static void free_flip(struct flip *flip)
{
	free(flip->id);
	free(flip->rules);
	free(flip->text);
}

static void free_examples(struct flip_list *examples)
{
	for (size_t i = 0; i < examples->count; i++)
		free_flip(&examples->flip[i]);
	free(examples->flip);
}

void flips_end(struct flips *flips)
{
	for (size_t i = 0; i < DECISIONS; i++)
		for (size_t k = 0; k < DECISIONS; k++)
			free_examples(&flips->examples[i][k]);
}

/* A copy followed by a NUL. */
static char *copy(const char *bytes, size_t len)
{
	char *copied = malloc(len + 1);

	if (copied) {
		memcpy(copied, bytes, len);
		copied[len] = '\0';
	}
	return copied;
}

/* `a,b`, as in a verdict. */
static char *rule_names(const struct verdict *verdict)
{
	struct buf names = {0};

	buf_add_string(&names, "");
	for (size_t i = 0; i < verdict->failing_count; i++)
		buf_printf(&names, "%s%s", i ? "," : "", rule_name(verdict->failing[i]));
	if (names.failed)
		buf_free(&names);
	return names.data;
}

static void copy_spans(struct flip *flip, const struct verdict *verdict, const struct field *text)
{
	for (size_t i = 0; i < verdict->hit_count && flip->span_count < FLIPS_SPANS; i++) {
		const struct hit *hit = &verdict->hits[i];

		if (hit->field && hit->field == text && rule_action(hit->rule) != ACTION_WATCH)
			flip->spans[flip->span_count++] = (struct span){hit->at, hit->len};
	}
}

static void keep(struct flips *flips, struct flip_list *examples, const struct verdict *stricter,
		 const struct comment *comment, uint64_t order)
{
	const struct field *id = comment_field(comment, "id"),
			   *text = comment_field(comment, "text");
	struct flip flip = {
		.order = order,
		.id = copy(id ? id->value : "", id ? id->value_len : 0),
		.id_len = id ? id->value_len : 0,
		.rules = rule_names(stricter),
		.text = copy(text ? text->value : "", text ? text->value_len : 0),
		.text_len = text ? text->value_len : 0,
	};

	copy_spans(&flip, stricter, text);
	if (flip.id && flip.rules && flip.text &&
	    grow(examples->flip, examples->count + 1, &examples->room)) {
		examples->flip[examples->count++] = flip;
	} else {
		flips->failed = true;
		free_flip(&flip);
	}
}

void flips_add(struct flips *flips, enum decision before, enum decision after,
	       const struct verdict *stricter, const struct comment *comment, uint64_t order)
{
	struct flip_list *examples = &flips->examples[before][after];

	if (before == after)
		return;
	flips->count[before][after]++;
	if (examples->count < flips->most)
		keep(flips, examples, stricter, comment, order);
}

static int by_order(const void *one, const void *other)
{
	const struct flip *a = one, *b = other;

	return (a->order > b->order) - (a->order < b->order);
}

static void merge_examples(struct flips *flips, struct flip_list *examples, struct flip_list *other)
{
	if (!other->count)
		return;
	if (!grow(examples->flip, examples->count + other->count, &examples->room)) {
		flips->failed = true; /* `other` still owns and frees them */
		return;
	}
	memcpy(examples->flip + examples->count, other->flip, other->count * sizeof *other->flip);
	examples->count += other->count;
	other->count = 0;
	qsort(examples->flip, examples->count, sizeof *examples->flip, by_order);
	while (examples->count > flips->most)
		free_flip(&examples->flip[--examples->count]);
}

void flips_merge(struct flips *flips, struct flips *other)
{
	flips->failed |= other->failed;
	for (size_t i = 0; i < DECISIONS; i++)
		for (size_t k = 0; k < DECISIONS; k++) {
			flips->count[i][k] += other->count[i][k];
			merge_examples(flips, &flips->examples[i][k], &other->examples[i][k]);
		}
}
