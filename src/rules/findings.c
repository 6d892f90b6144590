#include "rules/findings.h"

#include <stdlib.h>
#include <string.h>
#include "base/grow.h"
#include "rules/message.h"
#include "rules/rule.h"

const struct hit *findings_hits(const struct findings *findings, size_t *count)
{
	*count = findings->hit_count;
	return findings->hit;
}

void findings_empty(struct findings *findings)
{
	arena_empty(&findings->arena);
	findings->hit_count = 0;
	findings->failed = false;
	findings_begin(findings);
}

void findings_begin(struct findings *findings)
{
	findings->first = findings->hit_count;
	memset(findings->values, 0, sizeof findings->values);
}

void findings_free(struct findings *findings)
{
	arena_free(&findings->arena);
	free(findings->hit);
	buf_free(&findings->words);
}

static void add_hit(struct findings *findings, const struct hit *hit)
{
	if (grow(findings->hit, findings->hit_count + 1, &findings->hit_room))
		findings->hit[findings->hit_count++] = *hit;
	else
		findings->failed = true;
}

/* Words beside a right-to-left override occur twice in a text. */
static bool is_known(const struct findings *findings, const struct hit *hit)
{
	for (size_t i = findings->first; i < findings->hit_count; i++) {
		const struct hit *known = &findings->hit[i];
		if (known->field == hit->field && known->at == hit->at && known->len == hit->len)
			return true;
	}
	return false;
}

void findings_place(struct findings *findings, const struct input *input, const struct rule *rule,
		    size_t field, size_t first, size_t count, const struct term *term)
{
	struct hit hit = {.rule = rule, .field = input->field[field], .term = term};

	if (findings->hit_count - findings->first == LIMIT_HITS_PER_RULE)
		return;
	text_span(input->text[field], first, count, &hit.at, &hit.len);
	if (is_known(findings, &hit))
		return;
	add_hit(findings, &hit);
}

/* The string written so far, kept until the next comment. */
static const char *keep_words(struct findings *findings)
{
	char *kept = findings->words.failed
			     ? NULL
			     : arena_copy(&findings->arena, buf_string(&findings->words),
					  findings->words.len);

	findings->failed |= !kept;
	return kept;
}

static const char *fill(struct findings *findings, const struct rule *rule,
			const struct message *message)
{
	struct filling filling = {.rule = rule->name, .values = findings->values};

	if (message_constant(message))
		return message_constant(message);
	if (findings->hit_count > findings->first) {
		const struct hit *hit = &findings->hit[findings->first];

		filling.match = hit->field ? hit->field->value + hit->at : NULL;
		filling.match_len = hit->len;
	}
	buf_empty(&findings->words);
	message_fill(message, &filling, &findings->words);
	return keep_words(findings);
}

/* `words=3 at-least=10` */
static const char *measured(struct findings *findings, const struct rule *rule,
			    enum outcome outcome)
{
	if (outcome == OUTCOME_BROKEN)
		return "check=failed";
	buf_empty(&findings->words);
	for (size_t i = 0; i < rule->value_count; i++) {
		if (i)
			buf_add_char(&findings->words, ' ');
		buf_add_string(&findings->words, rule->value_names[i]);
		buf_add_char(&findings->words, '=');
		buf_add_number(&findings->words, findings->values[i]);
	}
	return keep_words(findings);
}

void findings_fail(struct findings *findings, const struct rule *rule, enum outcome outcome)
{
	const char *message = fill(findings, rule, rule->message);

	if (findings->hit_count == findings->first) {
		struct hit hit = {.rule = rule};

		hit.measured = measured(findings, rule, outcome);
		add_hit(findings, &hit);
	}
	for (size_t i = findings->first; i < findings->hit_count; i++)
		findings->hit[i].message = message;
}

const char *findings_summary(struct findings *findings, const struct rule *rule)
{
	return rule->summary_message ? fill(findings, rule, rule->summary_message) : "";
}
