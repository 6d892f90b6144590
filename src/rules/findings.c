#include "rules/findings.h"

#include <string.h>
#include "rules/rule.h"
#include "rules/message.h"

static struct hit *all(const struct report *report)
{
	return (struct hit *)(void *)report->hits.data;
}

static size_t hit_count(const struct report *report)
{
	return report->hits.len / sizeof(struct hit);
}

const struct hit *report_hits(const struct report *report, size_t *count)
{
	*count = hit_count(report);
	return all(report);
}

void report_empty(struct report *report)
{
	arena_empty(&report->arena);
	buf_empty(&report->hits);
	report->failed = false;
	report_begin(report);
}

void report_begin(struct report *report)
{
	report->first = hit_count(report);
	memset(report->values, 0, sizeof report->values);
}

void report_free(struct report *report)
{
	arena_free(&report->arena);
	buf_free(&report->hits);
	buf_free(&report->words);
}

void report_place(struct report *report, const struct subject *subject, const struct rule *rule,
		  size_t field, size_t first, size_t count, size_t entry)
{
	struct hit hit = {.rule = rule, .field = subject->field[field], .entry = entry};

	if (hit_count(report) - report->first == LIMIT_HITS_PER_RULE)
		return;
	text_span(subject->text[field], first, count, &hit.at, &hit.len);
	buf_add(&report->hits, &hit, sizeof hit);
	report->failed |= report->hits.failed;
}

/* The words gathered so far, kept until the next comment. */
static const char *keep_words(struct report *report)
{
	char *kept = report->words.failed ? NULL
					  : arena_copy(&report->arena, buf_string(&report->words),
						       report->words.len);

	report->failed |= !kept;
	return kept;
}

static const char *fill(struct report *report, const struct rule *rule,
			const struct template *template)
{
	struct filling filling = {.rule = rule->name, .values = report->values};

	if (template_constant(template))
		return template_constant(template);
	if (hit_count(report) > report->first) {
		const struct hit *hit = all(report) + report->first;

		filling.match = hit->field ? hit->field->value + hit->at : NULL;
		filling.match_len = hit->len;
	}
	buf_empty(&report->words);
	template_fill(template, &filling, &report->words);
	return keep_words(report);
}

/* `words=3 at-least=10` */
static const char *measured(struct report *report, const struct rule *rule, enum outcome outcome)
{
	if (outcome == OUTCOME_BROKEN)
		return "check=failed";
	buf_empty(&report->words);
	for (size_t i = 0; i < rule->value_count; i++) {
		if (i)
			buf_add_char(&report->words, ' ');
		buf_add_string(&report->words, rule->value_names[i]);
		buf_add_char(&report->words, '=');
		buf_add_number(&report->words, report->values[i]);
	}
	return keep_words(report);
}

void report_fail(struct report *report, const struct rule *rule, enum outcome outcome)
{
	const char *message = fill(report, rule, rule->message);

	if (hit_count(report) == report->first) {
		struct hit hit = {.rule = rule, .entry = NO_ENTRY};

		hit.measured = measured(report, rule, outcome);
		buf_add(&report->hits, &hit, sizeof hit);
		report->failed |= report->hits.failed;
	}
	for (size_t i = report->first; i < hit_count(report); i++)
		all(report)[i].message = message;
}

const char *report_told(struct report *report, const struct rule *rule)
{
	return fill(report, rule, rule->told_as);
}
