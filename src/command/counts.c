#include "command/counts.h"

#include <math.h>
#include <stdlib.h>

bool counts_begin(struct counts *counts, const struct ruleset *rules)
{
	/* One more than needed: a set without terms must not give NULL. */
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
	for (size_t i = 0; i < verdict->failings; i++)
		count_hit(hits_of(counts, verdict->failing[i]), verdict->failings == 1, label);
	for (size_t i = 0; i < verdict->watchings; i++)
		count_hit(hits_of(counts, verdict->watching[i]),
			  !verdict->failings && verdict->watchings == 1, label);
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

struct share share_of(uint64_t part, uint64_t count)
{
	const double z = 1.959964; /* the normal distribution's 97.5 % */
	double n = (double)count, p, middle, half;

	if (!count)
		return (struct share){0, 0, 0, 1};
	p = (double)part / n;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	return (struct share){count, p, fmax(0, middle - half), fmin(1, middle + half)};
}
