#include "command/replay.h"

#include <string.h>
#include "command/figures.h"

enum { INDENT = 6, MOST_UNUSED = 20, MOST_CHANGES = 20, COLUMN = 17 };

static void print_decisions(FILE *file, const struct replay *replay)
{
	fprintf(file, "%-16s", "verdict");
	if (replay->compared)
		fprintf(file, " %12s", "before");
	fprintf(file, " %12s\n", replay->compared ? "after" : "comments");
	for (int i = DECISION_APPROVE; i <= DECISION_REJECT; i++) {
		fprintf(file, "%-16s", decision_name((enum decision)i));
		if (replay->compared)
			figures_print_number(file, replay->before.decisions[i]);
		figures_print_number(file, replay->after.decisions[i]);
		fputc('\n', file);
	}
}

/* The hits of the rule with the same name before the change, if those rules are known. */
static const struct hit_counts *hits_before(const struct counts *before, const char *name)
{
	for (size_t i = 0; before->rules && i < ruleset_count(before->rules); i++)
		if (!strcmp(rule_name(ruleset_rule(before->rules, i)), name))
			return &before->rule[i];
	return NULL;
}

/* ` 94.0 (89–97)`: the share in percent with its interval; `-` for a `count` of 0. */
static void print_column(FILE *file, uint64_t part, uint64_t count)
{
	struct share share = figures_share(part, count);
	char column[64] = "-";
	int len = 1;

	if (count)
		len = snprintf(column, sizeof column, "%.1f (%.0f–%.0f)", share.share * 100,
			       share.low * 100, share.high * 100) -
		      2; /* – is three bytes and one column */
	fprintf(file, "%*s%s", COLUMN - len, "", column);
}

static void print_count(FILE *file, uint64_t count)
{
	char text[FIGURES_SIZE];

	fprintf(file, " %9s", figures_grouped(count, text));
}

static void print_rule(FILE *file, const struct replay *replay, const char *name,
		       const struct hit_counts *rule, const struct hit_counts *before)
{
	const struct counts *counts = &replay->after;

	fprintf(file, "%-16s", name);
	if (replay->before.rules && before)
		print_count(file, before->hits);
	else if (replay->before.rules)
		fprintf(file, " %9s", "-");
	print_count(file, rule->hits);
	print_count(file, rule->alone);
	if (counts->good + counts->bad) {
		print_column(file, rule->bad, rule->good + rule->bad);
		print_column(file, rule->bad, counts->bad);
	}
	fputc('\n', file);
}

static void print_rules_header(FILE *file, const struct replay *replay, bool decided)
{
	fputs("\nit alone: hits of the rule that no other rule hits.", file);
	if (decided)
		fputs(" agree %: of the rule's hits,\nthose that people reject too. finds %: of "
		      "what people reject, the rule's hits.\nIn brackets the 95 % interval.",
		      file);
	fprintf(file, "\n%-16s", "rule");
	if (replay->before.rules)
		fprintf(file, " %9s", "before");
	fprintf(file, " %9s %9s", replay->before.rules ? "after" : "hits", "it alone");
	if (decided)
		fprintf(file, "%*s%*s", COLUMN, "agree %", COLUMN, "finds %");
	fputc('\n', file);
}

static void print_rules(FILE *file, const struct replay *replay)
{
	const struct counts *counts = &replay->after;

	print_rules_header(file, replay, counts->good + counts->bad);
	for (size_t i = 0; i < ruleset_count(counts->rules); i++) {
		const char *name = rule_name(ruleset_rule(counts->rules, i));

		print_rule(file, replay, name, &counts->rule[i],
			   hits_before(&replay->before, name));
	}
	if (counts->malformed.hits)
		print_rule(file, replay, "malformed", &counts->malformed,
			   &replay->before.malformed);
}

static void print_agreement(FILE *file, const char *title, const struct counts *counts)
{
	const struct hit_counts *decided = &counts->decided;

	fprintf(file, "%-10s of what rules do not approve, people reject ", title);
	figures_print_share(file, decided->bad, decided->good + decided->bad);
	fprintf(file, "\n%-10s of what people reject, rules do not approve ", "");
	figures_print_share(file, decided->bad, counts->bad);
	fputc('\n', file);
}

static void print_people(FILE *file, const struct replay *replay)
{
	const struct counts *counts = &replay->after;
	char text[FIGURES_SIZE];

	if (!(counts->good + counts->bad))
		return;
	fprintf(file, "\n%s of them were decided by people (shares with their 95 %% interval):\n",
		figures_grouped(counts->good + counts->bad, text));
	if (replay->compared)
		print_agreement(file, "before", &replay->before);
	print_agreement(file, replay->compared ? "after" : "the rules", counts);
}

/* Flips. */

static void print_flip(FILE *file, const struct colors *colors, const struct flip *flip)
{
	const char *stop = memchr(flip->text, '\n', flip->text_len);
	struct span whole = {0, 0};

	fputs("    ", file);
	terminal_print(file, flip->id, flip->id_len);
	fprintf(file, "%s%s%s%s\n", colors->faint, flip->id_len ? "  " : "",
		*flip->rules ? flip->rules : "no rule fails", colors->off);
	if (flip->span_count) {
		underline_print(file, colors, flip->text, flip->text_len, flip->spans,
				flip->span_count, INDENT);
		return;
	}
	whole.len = stop ? (size_t)(stop - flip->text) : flip->text_len;
	fprintf(file, "%*s", INDENT, "");
	terminal_print(file, flip->text, whole.len);
	fputs(stop ? " …\n" : "\n", file);
}

/* `who` and `other` precede the two decisions. */
static void print_flips(FILE *file, const struct colors *colors, const struct flips *flips,
			enum decision before, enum decision after, const char *who,
			const char *other)
{
	const struct flip *examples;
	char text[FIGURES_SIZE];
	size_t count;

	if (!flips->count[before][after])
		return;
	examples = flips_examples(flips, before, after, &count);
	fprintf(file, "\n%s%s%s → %s%s: %s%s\n", colors->bold, who, decision_name(before), other,
		decision_name(after), figures_grouped(flips->count[before][after], text),
		colors->off);
	for (size_t i = 0; i < count; i++)
		print_flip(file, colors, &examples[i]);
}

static void print_all_flips(FILE *file, const struct colors *colors, const struct replay *replay)
{
	uint64_t count = 0;

	for (int i = 0; i < DECISIONS; i++)
		for (int k = 0; k < DECISIONS; k++)
			count += replay->flips.count[i][k];
	if (!count && replay->compared)
		fputs("\nNo comment would be decided differently.\n", file);
	for (int i = 0; i < DECISIONS; i++)
		for (int k = 0; k < DECISIONS; k++)
			print_flips(file, colors, &replay->flips, (enum decision)i,
				    (enum decision)k, "", "");
}

static void print_disputed(FILE *file, const struct colors *colors, const struct replay *replay)
{
	for (int i = 0; i < DECISIONS; i++)
		for (int k = 0; k < DECISIONS; k++)
			print_flips(file, colors, &replay->disputed, (enum decision)i,
				    (enum decision)k, "people ", "the rules ");
}

/* Phrases and patterns that hit nothing. */

static void print_unused(FILE *file, const struct counts *counts)
{
	size_t unused = 0, all = 0;
	char text[FIGURES_SIZE];

	for (size_t i = 0; i < ruleset_terms(counts->rules); i++) {
		const struct term *term = ruleset_term(counts->rules, i);

		if (term->kind == TERM_EXCEPT)
			continue;
		all++;
		unused += !counts->term[i];
	}
	if (!unused)
		return;
	fprintf(file, "\n%s of ", figures_grouped(unused, text));
	fprintf(file, "%s phrases and patterns hit nothing%s\n", figures_grouped(all, text),
		unused > MOST_UNUSED ? "; --format json names all:" : ":");
	for (size_t i = 0, printed = 0; i < ruleset_terms(counts->rules) && printed < MOST_UNUSED;
	     i++) {
		const struct term *term = ruleset_term(counts->rules, i);

		if (term->kind == TERM_EXCEPT || counts->term[i])
			continue;
		printed++;
		fprintf(file, "    %s:%zu: %s\n", term->place.file, term->place.line, term->string);
	}
}

/* --apply. */

/* Prints how many changes have this state, and at most `most` of them. */
static void print_state(FILE *file, const struct changes *changes, enum change_state state,
			uint64_t most, const char *what)
{
	uint64_t count = changes_count(changes, state), printed = 0;
	char text[FIGURES_SIZE];

	if (!count)
		return;
	fprintf(file, "%s comment%s %s:\n", figures_grouped(count, text), count == 1 ? "" : "s",
		what);
	for (size_t i = 0; i < changes->count && printed < most; i++) {
		const struct change *change = &changes->change[i];

		if (change->state != state)
			continue;
		printed++;
		fputs("    ", file);
		terminal_print(file, change->id, strlen(change->id));
		fprintf(file, "  %s\n", change->entry);
	}
	if (printed < count)
		fprintf(file, "    and %s more; --format json has all\n",
			figures_grouped(count - printed, text));
}

static void print_changes(FILE *file, const struct changes *changes)
{
	uint64_t sent = changes_count(changes, CHANGE_SENT), approved = 0;
	char text[FIGURES_SIZE];

	for (size_t i = 0; i < changes->count; i++)
		approved += changes->change[i].state == CHANGE_SENT &&
			    changes->change[i].after == DECISION_APPROVE;
	fprintf(file, "\n%s review%s sent", figures_grouped(sent, text), sent == 1 ? "" : "s");
	fprintf(file, ": %s approve", figures_grouped(approved, text));
	fprintf(file, ", %s reject", figures_grouped(sent - approved, text));
	if (sent)
		fprintf(file, "; their note is \"%s\"", changes->note);
	fputc('\n', file);
	print_state(file, changes, CHANGE_HELD, UINT64_MAX, "unchanged, held by the rules now");
	print_state(file, changes, CHANGE_DECIDED, MOST_CHANGES, "unchanged, decided since");
	print_state(file, changes, CHANGE_EDITED, MOST_CHANGES, "unchanged, edited since");
	print_state(file, changes, CHANGE_UNJUDGED, MOST_CHANGES,
		    "unchanged, malformed or sent too often at the time");
	print_state(file, changes, CHANGE_NOT_SENT, MOST_CHANGES, "not sent, run it again");
}

/* What the columns before and after are. */
static void print_modes(FILE *file, const struct replay *replay)
{
	const char *id = ruleset_id(replay->current);

	if (replay->proposed) {
		fprintf(file, "before: the folder %s (ruleset %s)\n", replay->current_dir, id);
		fprintf(file, "after:  the folder %s (ruleset %s)\n", replay->proposed_dir,
			ruleset_id(replay->proposed));
		if (!strcmp(id, ruleset_id(replay->proposed)))
			fputs("The two have the same rules.\n", file);
	} else if (replay->compared) {
		fputs("before: duyetd's decisions at the time, from the input\n", file);
		fprintf(file, "after:  the folder %s (ruleset %s)\n", replay->current_dir, id);
	} else {
		fprintf(file,
			"rules: the folder %s (ruleset %s)\n"
			"There is nothing to compare with: no --against DIR was given, and the "
			"input has\nno decisions of duyetd.\n",
			replay->current_dir, id);
	}
}

void replay_print_text(FILE *file, const struct colors *colors, const struct replay *replay)
{
	char text[FIGURES_SIZE];

	fprintf(file, "%s comment%s\n", figures_grouped(replay->after.comments, text),
		replay->after.comments == 1 ? "" : "s");
	print_modes(file, replay);
	if (replay->textless)
		fprintf(file, "%s decision%s left out: no text of the comments is kept there\n",
			figures_grouped(replay->textless, text), replay->textless == 1 ? "" : "s");
	if (replay->unknown_verdicts)
		fprintf(file,
			"unknown verdict in %s of them, which count as not decided: expected approve, "
			"hold or reject\n",
			figures_grouped(replay->unknown_verdicts, text));
	fputs("\n", file);
	print_decisions(file, replay);
	print_people(file, replay);
	print_rules(file, replay);
	print_all_flips(file, colors, replay);
	print_disputed(file, colors, replay);
	if (!replay->one_rule)
		print_unused(file, &replay->after);
	if (replay->applied)
		print_changes(file, &replay->changes);
}
