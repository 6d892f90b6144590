#include "command/counts.h"

#include <math.h>
#include <stdlib.h>

bool tally_begin(struct tally *tally, const struct ruleset *rules)
{
	/* One more than needed: a set without terms must not give NULL. */
	*tally = (struct tally){
		.rules = rules,
		.rule = calloc(ruleset_count(rules) + 1, sizeof *tally->rule),
		.term = calloc(ruleset_terms(rules) + 1, sizeof *tally->term),
	};
	if (tally->rule && tally->term)
		return true;
	tally_end(tally);
	return false;
}

void tally_end(struct tally *tally)
{
	free(tally->rule);
	free(tally->term);
	*tally = (struct tally){0};
}

static void count_hit(struct rule_tally *rule, bool alone, enum label label)
{
	rule->hits++;
	rule->alone += alone;
	rule->good += label == LABEL_GOOD;
	rule->bad += label == LABEL_BAD;
}

static struct rule_tally *tally_of(struct tally *tally, const struct rule *rule)
{
	if (rule_index(rule) < ruleset_count(tally->rules) &&
	    ruleset_rule(tally->rules, rule_index(rule)) == rule)
		return &tally->rule[rule_index(rule)];
	return &tally->malformed;
}

void tally_add_decision(struct tally *tally, enum decision decision, enum label label)
{
	tally->comments++;
	tally->decisions[decision]++;
	tally->good += label == LABEL_GOOD;
	tally->bad += label == LABEL_BAD;
	if (decision != DECISION_APPROVE)
		count_hit(&tally->decided, false, label);
}

void tally_add(struct tally *tally, const struct verdict *verdict, enum label label)
{
	tally_add_decision(tally, verdict->decision, label);
	for (size_t i = 0; i < verdict->failings; i++)
		count_hit(tally_of(tally, verdict->failing[i]), verdict->failings == 1, label);
	for (size_t i = 0; i < verdict->watchings; i++)
		count_hit(tally_of(tally, verdict->watching[i]),
			  !verdict->failings && verdict->watchings == 1, label);
	for (size_t i = 0; i < verdict->hit_count; i++)
		if (verdict->hits[i].term != NO_TERM)
			tally->term[verdict->hits[i].term]++;
}

static void merge_rule(struct rule_tally *rule, const struct rule_tally *other)
{
	rule->hits += other->hits;
	rule->alone += other->alone;
	rule->good += other->good;
	rule->bad += other->bad;
}

void tally_merge(struct tally *tally, const struct tally *other)
{
	tally->comments += other->comments;
	tally->good += other->good;
	tally->bad += other->bad;
	for (size_t i = 0; i < DECISIONS; i++)
		tally->decisions[i] += other->decisions[i];
	merge_rule(&tally->decided, &other->decided);
	merge_rule(&tally->malformed, &other->malformed);
	for (size_t i = 0; tally->rules && i < ruleset_count(tally->rules); i++)
		merge_rule(&tally->rule[i], &other->rule[i]);
	for (size_t i = 0; tally->rules && i < ruleset_terms(tally->rules); i++)
		tally->term[i] += other->term[i];
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
