#include "command/replay.h"

#include <string.h>
#include "base/json.h"
#include "command/figures.h"

static void add_agreement(struct buf *out, const struct hit_counts *rule,
			  const struct counts *counts)
{
	figures_add_share(out, "precision", rule->bad, rule->good + rule->bad);
	if (counts->good + counts->bad)
		figures_add_share(out, "recall", rule->bad, counts->bad);
}

static void add_rule(struct buf *out, const char *name, const struct hit_counts *rule,
		     const struct counts *counts)
{
	buf_add_string(out, "{\"rule\":");
	json_add_text(out, name);
	figures_add_count(out, "hits", rule->hits);
	figures_add_count(out, "alone", rule->alone);
	add_agreement(out, rule, counts);
	buf_add_char(out, '}');
}

static void add_unused(struct buf *out, const struct counts *counts)
{
	bool begun = false;

	buf_add_string(out, ",\"unused\":[");
	for (size_t i = 0; i < ruleset_terms(counts->rules); i++) {
		const struct term *term = ruleset_term(counts->rules, i);

		if (term->kind == TERM_EXCEPT || counts->term[i])
			continue;
		buf_add_string(out, begun ? ",{\"rule\":" : "{\"rule\":");
		json_add_text(out, rule_name(term->rule));
		buf_add_string(out, ",\"file\":");
		json_add_text(out, term->place.file);
		figures_add_count(out, "line", term->place.line);
		buf_add_string(out, ",\"entry\":");
		json_add_text(out, term->string);
		buf_add_char(out, '}');
		begun = true;
	}
	buf_add_char(out, ']');
}

static void add_counts(struct buf *out, const char *title, const struct counts *counts)
{
	buf_printf(out, ",\"%s\":{\"comments\":", title);
	buf_add_number(out, (int64_t)counts->comments);
	if (counts->rules) {
		buf_add_string(out, ",\"ruleset\":");
		json_add_text(out, ruleset_id(counts->rules));
	}
	for (int i = 0; i < DECISIONS; i++)
		figures_add_count(out, decision_name((enum decision)i), counts->decisions[i]);
	add_agreement(out, &counts->decided, counts);
	if (counts->rules) {
		buf_add_string(out, ",\"rules\":[");
		for (size_t i = 0; i < ruleset_count(counts->rules); i++) {
			add_rule(out, rule_name(ruleset_rule(counts->rules, i)), &counts->rule[i],
				 counts);
			buf_add_char(out, ',');
		}
		add_rule(out, "malformed", &counts->malformed, counts);
		buf_add_char(out, ']');
		add_unused(out, counts);
	}
	buf_add_char(out, '}');
}

static void add_flip(struct buf *out, const struct flip *flip)
{
	buf_add_string(out, "{\"id\":");
	json_add_string(out, flip->id, flip->id_len);
	buf_add_string(out, ",\"rules\":");
	json_add_text(out, flip->rules);
	buf_add_string(out, ",\"text\":");
	json_add_string(out, flip->text, flip->text_len);
	buf_add_string(out, ",\"spans\":[");
	for (size_t i = 0; i < flip->span_count; i++)
		buf_printf(out, "%s[%zu,%zu]", i ? "," : "", flip->spans[i].at, flip->spans[i].len);
	buf_add_string(out, "]}");
}

static void add_flips(struct buf *out, const struct flips *flips, enum decision before,
		      enum decision after, bool *begun)
{
	const struct flip *examples;
	size_t count;

	if (!flips->count[before][after])
		return;
	examples = flips_examples(flips, before, after, &count);
	buf_printf(out, "%s{\"from\":\"%s\",\"to\":\"%s\"", *begun ? "," : "",
		   decision_name(before), decision_name(after));
	figures_add_count(out, "count", flips->count[before][after]);
	buf_add_string(out, ",\"examples\":[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_flip(out, &examples[i]);
	}
	buf_add_string(out, "]}");
	*begun = true;
}

static void add_all_flips(struct buf *out, const char *title, const struct flips *flips)
{
	bool begun = false;

	buf_printf(out, ",\"%s\":[", title);
	for (int i = 0; i < DECISIONS; i++)
		for (int k = 0; k < DECISIONS; k++)
			add_flips(out, flips, (enum decision)i, (enum decision)k, &begun);
	buf_add_char(out, ']');
}

static void add_changes(struct buf *out, const struct changes *changes)
{
	static const char *const states[] = {
		[CHANGE_NOT_SENT] = "not-sent", [CHANGE_SENT] = "sent",
		[CHANGE_HELD] = "held",		[CHANGE_DECIDED] = "decided",
		[CHANGE_EDITED] = "edited",	[CHANGE_UNJUDGED] = "unjudged",
	};

	buf_printf(out, ",\"apply\":{\"note\":\"%s\",\"comments\":", changes->note);
	buf_add_number(out, (int64_t)changes->count);
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		figures_add_count(out, states[i], changes_count(changes, (enum change_state)i));
	buf_add_string(out, ",\"changes\":[");
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->change[i];

		buf_add_string(out, i ? ",{\"id\":" : "{\"id\":");
		json_add_text(out, change->id);
		buf_printf(out, ",\"entry\":");
		json_add_text(out, change->entry);
		buf_printf(out, ",\"from\":\"%s\",\"to\":\"%s\",\"state\":\"%s\"}",
			   decision_name(change->before), decision_name(change->after),
			   states[change->state]);
	}
	buf_add_string(out, "]}");
}

bool replay_print_json(FILE *file, const struct replay *replay)
{
	struct buf out = {0};
	bool good;

	buf_add_string(&out, "{\"comments\":");
	buf_add_number(&out, (int64_t)replay->after.comments);
	figures_add_count(&out, "decided_by_people", replay->after.good + replay->after.bad);
	figures_add_count(&out, "left_out_without_text", replay->textless);
	figures_add_count(&out, "unknown_verdicts", replay->unknown_verdicts);
	if (replay->compared)
		add_counts(&out, "before", &replay->before);
	add_counts(&out, "after", &replay->after);
	add_all_flips(&out, "flips", &replay->flips);
	add_all_flips(&out, "disputed", &replay->disputed);
	if (replay->applied)
		add_changes(&out, &replay->changes);
	buf_add_string(&out, "}\n");
	good = !out.failed;
	if (good)
		fwrite(out.data, 1, out.len, file);
	buf_free(&out);
	return good;
}
