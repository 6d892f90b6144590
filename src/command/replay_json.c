#include "command/replay.h"

#include <string.h>
#include "base/json.h"

static void add_count(struct buf *out, const char *name, uint64_t count)
{
	buf_printf(out, ",\"%s\":", name);
	buf_add_number(out, (int64_t)count);
}

static void add_share(struct buf *out, const char *name, uint64_t part, uint64_t count)
{
	struct share share = share_of(part, count);

	if (!count)
		return;
	buf_printf(out, ",\"%s\":{\"share\":%.4f,\"of\":", name, share.share);
	buf_add_number(out, (int64_t)count);
	buf_printf(out, ",\"low\":%.4f,\"high\":%.4f}", share.low, share.high);
}

static void add_agreement(struct buf *out, const struct rule_tally *rule, const struct tally *tally)
{
	add_share(out, "precision", rule->bad, rule->good + rule->bad);
	if (tally->good + tally->bad)
		add_share(out, "recall", rule->bad, tally->bad);
}

static void add_rule(struct buf *out, const char *name, const struct rule_tally *rule,
		     const struct tally *tally)
{
	buf_add_string(out, "{\"rule\":");
	json_add_text(out, name);
	add_count(out, "hits", rule->hits);
	add_count(out, "alone", rule->alone);
	add_agreement(out, rule, tally);
	buf_add_char(out, '}');
}

static void add_unused(struct buf *out, const struct tally *tally)
{
	bool begun = false;

	buf_add_string(out, ",\"unused\":[");
	for (size_t i = 0; i < ruleset_terms(tally->rules); i++) {
		const struct term *term = ruleset_term(tally->rules, i);

		if (term->kind == TERM_EXCEPT || tally->term[i])
			continue;
		buf_add_string(out, begun ? ",{\"rule\":" : "{\"rule\":");
		json_add_text(out, rule_name(term->rule));
		buf_add_string(out, ",\"file\":");
		json_add_text(out, term->place.file);
		add_count(out, "line", term->place.line);
		buf_add_string(out, ",\"entry\":");
		json_add_text(out, term->string);
		buf_add_char(out, '}');
		begun = true;
	}
	buf_add_char(out, ']');
}

static void add_tally(struct buf *out, const char *title, const struct tally *tally)
{
	buf_printf(out, ",\"%s\":{\"comments\":", title);
	buf_add_number(out, (int64_t)tally->comments);
	if (tally->rules) {
		buf_add_string(out, ",\"ruleset\":");
		json_add_text(out, ruleset_id(tally->rules));
	}
	for (int i = 0; i < DECISIONS; i++)
		add_count(out, decision_name((enum decision)i), tally->decisions[i]);
	add_agreement(out, &tally->decided, tally);
	if (tally->rules) {
		buf_add_string(out, ",\"rules\":[");
		for (size_t i = 0; i < ruleset_count(tally->rules); i++) {
			add_rule(out, rule_name(ruleset_rule(tally->rules, i)), &tally->rule[i],
				 tally);
			buf_add_char(out, ',');
		}
		add_rule(out, "malformed", &tally->malformed, tally);
		buf_add_char(out, ']');
		add_unused(out, tally);
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
	add_count(out, "count", flips->count[before][after]);
	buf_add_string(out, ",\"examples\":[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_flip(out, &examples[i]);
	}
	buf_add_string(out, "]}");
	*begun = true;
}

void replay_print_json(FILE *file, const struct replay *replay)
{
	struct buf out = {0};
	bool begun = false;

	buf_add_string(&out, "{\"comments\":");
	buf_add_number(&out, (int64_t)replay->after.comments);
	add_count(&out, "decided_by_people", replay->after.good + replay->after.bad);
	add_count(&out, "left_out_without_text", replay->textless);
	if (replay->compared)
		add_tally(&out, "before", &replay->before);
	add_tally(&out, "after", &replay->after);
	buf_add_string(&out, ",\"flips\":[");
	for (int i = 0; i < DECISIONS; i++)
		for (int k = 0; k < DECISIONS; k++)
			add_flips(&out, &replay->flips, (enum decision)i, (enum decision)k, &begun);
	buf_add_string(&out, "]}\n");
	fwrite(buf_string(&out), 1, out.len, file);
	buf_free(&out);
}
