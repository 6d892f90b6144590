#include "rules/judge.h"

#include <stdlib.h>
#include <string.h>
#include "base/grow.h"
#include "rules/condition.h"
#include "rules/findings.h"
#include "rules/kind/kind.h"
#include "text/skeleton.h"

/* Rules, in file order. */
struct rule_list {
	const struct rule **rule;
	size_t count, room;
};

struct judge {
	struct input input;
	struct findings findings;
	struct skeleton skeleton; /* of judge_repeats() */
	struct rule_list failing, watching, broken;
	struct buf reason;
	bool out_of_memory;
	struct verdict verdict;
	struct hit malformed_hit;
	const struct rule *malformed_rule;
};

struct judge *judge_new(void)
{
	return calloc(1, sizeof(struct judge));
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	input_free(&judge->input);
	findings_free(&judge->findings);
	skeleton_clear(&judge->skeleton);
	free(judge->failing.rule);
	free(judge->watching.rule);
	free(judge->broken.rule);
	buf_free(&judge->reason);
	free(judge);
}

static const struct verdict *reject_malformed(struct judge *judge, enum malformed malformed)
{
	judge->malformed_rule = &rule_malformed;
	judge->malformed_hit = (struct hit){
		.rule = &rule_malformed,
		.measured = malformed_measured(malformed),
		.message = malformed_reason(malformed),
	};
	judge->verdict = (struct verdict){
		.decision = DECISION_REJECT,
		.failing = &judge->malformed_rule,
		.failing_count = 1,
		.hits = &judge->malformed_hit,
		.hit_count = 1,
		.reason = malformed_reason(malformed),
		.out_of_memory = malformed == MALFORMED_NO_MEMORY,
	};
	return &judge->verdict;
}

static void add_rule(struct judge *judge, struct rule_list *list, const struct rule *rule)
{
	if (grow(list->rule, list->count + 1, &list->room))
		list->rule[list->count++] = rule;
	else
		judge->out_of_memory = true;
}

static void note(struct judge *judge, const struct rule *rule, enum outcome outcome)
{
	static const enum decision decisions[] = {
		[ACTION_REJECT] = DECISION_REJECT,
		[ACTION_HOLD] = DECISION_HOLD,
		[ACTION_WATCH] = DECISION_APPROVE,
	};
	bool watched = rule->action == ACTION_WATCH;
	enum decision decision = decisions[rule->action];

	findings_fail(&judge->findings, rule, outcome);
	add_rule(judge, watched ? &judge->watching : &judge->failing, rule);
	if (outcome == OUTCOME_BROKEN) {
		add_rule(judge, &judge->broken, rule);
		if (rule->kind->holds_when_broken && decision > DECISION_HOLD)
			decision = DECISION_HOLD;
	}
	if (decision > judge->verdict.decision)
		judge->verdict.decision = decision;
}

/* Joins the messages as sentences, each message once. */
static void add_reason(struct buf *reason, const char *message)
{
	if (reason->len && strstr(reason->data, message))
		return;
	if (reason->len && !strchr(".!?:;", reason->data[reason->len - 1]))
		buf_add_char(reason, '.');
	if (reason->len)
		buf_add_char(reason, ' ');
	buf_add_string(reason, message);
}

static void write_reason(struct judge *judge)
{
	const struct hit *hits = judge->verdict.hits;

	buf_empty(&judge->reason);
	for (size_t i = 0; i < judge->verdict.hit_count; i++)
		if (hits[i].rule->action != ACTION_WATCH &&
		    (!i || hits[i].rule != hits[i - 1].rule))
			add_reason(&judge->reason, hits[i].message);
	judge->verdict.reason = buf_string(&judge->reason);
}

static const struct verdict *finish(struct judge *judge)
{
	struct verdict *verdict = &judge->verdict;

	if (judge->findings.failed || judge->out_of_memory)
		return reject_malformed(judge, MALFORMED_NO_MEMORY);
	verdict->failing = judge->failing.rule;
	verdict->failing_count = judge->failing.count;
	verdict->watching = judge->watching.rule;
	verdict->watching_count = judge->watching.count;
	verdict->broken = judge->broken.rule;
	verdict->broken_count = judge->broken.count;
	verdict->hits = findings_hits(&judge->findings, &verdict->hit_count);
	verdict->words = judge->input.text[INPUT_TEXT]->words;
	verdict->accented = judge->input.text[INPUT_TEXT]->accented;
	verdict->out_of_memory = judge->input.out_of_memory;
	write_reason(judge);
	if (judge->reason.failed)
		return reject_malformed(judge, MALFORMED_NO_MEMORY);
	return verdict;
}

/* Whether the rule cannot fail: it needs a find, and the scan found nothing in its fields. This is
 * true of most rules and comments. */
static bool has_nothing(const struct rule *rule, const struct input *input)
{
	return rule->kind->needs_find && !(rule->fields & input->found_in);
}

/* Whether the rule's conditions let it judge this comment. */
static bool applies(const struct rule *rule, const struct comment *comment)
{
	return !rule->conditions || conditions_apply(rule->conditions, comment);
}

bool judge_repeats(struct judge *judge, const struct ruleset *rules, const struct comment *comment,
		   struct repeat repeats[LIMIT_REPEAT_RULES], size_t *count)
{
	enum malformed malformed;

	*count = 0;
	if (!rules->repeats)
		return true;
	malformed = input_read_text(&judge->input, rules, comment);
	if (malformed)
		return malformed != MALFORMED_NO_MEMORY;
	return repeat_find(rules, comment, judge->input.text[INPUT_TEXT], &judge->skeleton, repeats,
			   count);
}

const struct verdict *judge_comment(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment)
{
	return judge_counted(judge, rules, comment, NULL);
}

const struct verdict *judge_counted(struct judge *judge, const struct ruleset *rules,
				    const struct comment *comment, const int64_t *counts)
{
	enum malformed malformed = input_read(&judge->input, rules, comment);

	judge->input.counts = counts;
	if (malformed)
		return reject_malformed(judge, malformed);
	findings_empty(&judge->findings);
	judge->failing.count = judge->watching.count = judge->broken.count = 0;
	judge->out_of_memory = false;
	judge->verdict = (struct verdict){.decision = DECISION_APPROVE};
	for (size_t i = 0; i < rules->rules; i++) {
		const struct rule *rule = rules->rule[i];
		enum outcome outcome;

		if (has_nothing(rule, &judge->input) || !applies(rule, comment))
			continue;
		findings_begin(&judge->findings);
		outcome = rule->kind->match(rule, &judge->input, &judge->findings);
		if (outcome != OUTCOME_PASS)
			note(judge, rule, outcome);
	}
	return finish(judge);
}

static const char *explain_conditions(struct judge *judge, const struct rule *rule,
				      const struct comment *comment)
{
	buf_empty(&judge->reason);
	if (rule->conditions)
		conditions_explain(rule->conditions, comment, &judge->reason);
	return buf_string(&judge->reason);
}

bool judge_examine(struct judge *judge, const struct ruleset *rules, const struct rule *rule,
		   const struct comment *comment, struct examination *examination)
{
	enum malformed malformed = input_read(&judge->input, rules, comment);

	*examination = (struct examination){.summary = ""};
	examination->out_of_memory = malformed == MALFORMED_NO_MEMORY || judge->input.out_of_memory;
	if (malformed || examination->out_of_memory)
		return false;
	judge->input.counts = NULL;
	examination->conditions = explain_conditions(judge, rule, comment);
	examination->applies = applies(rule, comment);
	examination->out_of_memory = judge->reason.failed;
	if (!examination->applies || judge->reason.failed)
		return !judge->reason.failed;
	findings_empty(&judge->findings);
	judge->findings.exact = true;
	examination->outcome = rule->kind->match(rule, &judge->input, &judge->findings);
	judge->findings.exact = false;
	examination->summary = findings_summary(&judge->findings, rule);
	if (examination->outcome != OUTCOME_PASS)
		findings_fail(&judge->findings, rule, examination->outcome);
	examination->hits = findings_hits(&judge->findings, &examination->hit_count);
	examination->out_of_memory = judge->findings.failed;
	return !judge->findings.failed;
}
