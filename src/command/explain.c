/* explain: one comment, told to a person. */
#include "command/command.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/limits.h"
#include "base/options.h"
#include "command/terminal.h"
#include "rules/ruleset.h"

enum { INDENT = 4 };

struct settings {
	const char *rules;
	int color;
	bool all;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"color", COLOR_CHOICES, OPTION_CHOICE, offsetof(struct settings, color), .initial = "auto",
	 .help = "colours; auto is where the output is a terminal"},
	{"all", NULL, OPTION_FLAG, offsetof(struct settings, all),
	 .help = "print the rules that pass too"},
};

static const struct usage usage = {
	.command = "explain",
	.operands = "[TEXT]",
	.about =
		"Tells what each rule that fails measured in one comment (the argument, or stdin), with\n"
		"what it objects to underlined and the phrase or pattern that hit, then the verdict and\n"
		"what the commenter would be shown.",
	.example = "  duyetd explain \"Vào vn626 . com nhận thưởng nhé mọi người\"\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.most_operands = 1,
};

struct explanation {
	struct colors colors;
	const struct ruleset *rules;
	struct judge *judge;
	const struct comment *comment;
	int name_columns;
	bool all;	/* print the rules that pass too */
	size_t passing; /* of those that were not printed */
};

/* Whatever is on stdin, but no more than is worth judging, without the last line end. */
static bool read_stdin(struct buf *text)
{
	ssize_t got = 1;

	while (got > 0 && text->len <= LIMIT_TEXT_BYTES + 1) {
		if (!buf_reserve(text, LIMIT_TEXT_BYTES))
			return false;
		got = read(STDIN_FILENO, text->data + text->len, LIMIT_TEXT_BYTES);
		text->len += got > 0 ? (size_t)got : 0;
	}
	if (text->len && text->data[text->len - 1] == '\n')
		text->len--;
	return got >= 0;
}

static void print_spans(const struct explanation *explanation, const struct hit *hits, size_t count)
{
	struct span spans[LIMIT_HITS_PER_RULE];

	for (size_t i = 0; i < count; i++)
		spans[i] = (struct span){hits[i].at, hits[i].len};
	underline_print(stdout, &explanation->colors, hits->field->value, hits->field->value_len,
			spans, count, INDENT);
}

/* Names each phrase and pattern that hit, and where it is written. */
static void print_terms(const struct explanation *explanation, const struct examination *found)
{
	const struct colors *colors = &explanation->colors;
	const struct term *last = NULL;

	for (size_t i = 0; i < found->hit_count; i++) {
		const struct term *term = found->hits[i].term;

		if (term && term != last)
			printf("%*s%s%s:%zu%s %s\n", INDENT, "", colors->faint, term->file,
			       term->place.line, colors->off, term->string);
		last = term;
	}
}

/* The hits of one field after those of another. */
static void print_hits(const struct explanation *explanation, const struct examination *found)
{
	for (size_t i = 0; i < found->hit_count;) {
		size_t end = i;

		while (end < found->hit_count && found->hits[end].field == found->hits[i].field)
			end++;
		if (found->hits[i].field)
			print_spans(explanation, found->hits + i, end - i);
		i = end;
	}
}

static const char *outcome_word(const struct rule *rule, enum outcome outcome)
{
	if (outcome == OUTCOME_PASS)
		return "passes";
	return action_name(rule_action(rule));
}

static void print_rule(struct explanation *explanation, const struct rule *rule)
{
	const struct colors *colors = &explanation->colors;
	struct examination found;
	const char *colour;

	if (!judge_examine(explanation->judge, explanation->rules, rule, explanation->comment,
			   &found))
		return;
	if (found.outcome == OUTCOME_PASS && !explanation->all) {
		explanation->passing++;
		return;
	}
	colour = found.outcome == OUTCOME_PASS	      ? colors->good
		 : rule_action(rule) == ACTION_REJECT ? colors->bad
						      : colors->doubtful;
	printf("%s%-7s%s %-*s %s%s%s%s\n", colour, outcome_word(rule, found.outcome), colors->off,
	       explanation->name_columns, rule_name(rule), colors->faint, found.summary,
	       colors->off,
	       found.outcome == OUTCOME_BROKEN ? " (the check could not be finished)" : "");
	print_hits(explanation, &found);
	print_terms(explanation, &found);
}

static void print_passing(const struct explanation *explanation)
{
	size_t count = explanation->passing, all = ruleset_count(explanation->rules);

	if (count)
		printf("%s%zu %s%s (--all shows %s)%s\n", explanation->colors.faint, count,
		       count < all ? "other " : "", count == 1 ? "rule passes" : "rules pass",
		       count == 1 ? "it" : "them", explanation->colors.off);
}

static void print_verdict(const struct explanation *explanation, const struct verdict *verdict)
{
	const struct colors *colors = &explanation->colors;
	const char *colour = verdict->decision == DECISION_APPROVE  ? colors->good
			     : verdict->decision == DECISION_REJECT ? colors->bad
								    : colors->doubtful;

	printf("%s%s%s%s", colors->bold, colour, decision_name(verdict->decision), colors->off);
	for (size_t i = 0; i < verdict->failings; i++)
		printf("%s%s", i ? "," : " by ", rule_name(verdict->failing[i]));
	printf("\n");
	if (*verdict->reason)
		printf("%s\n", verdict->reason);
}

static int longest_name(const struct ruleset *rules)
{
	size_t longest = 0;

	for (size_t i = 0; i < ruleset_count(rules); i++) {
		size_t len = strlen(rule_name(ruleset_rule(rules, i)));

		longest = len > longest ? len : longest;
	}
	return (int)longest;
}

static int explain(const struct settings *settings, const struct ruleset *rules, const char *text,
		   size_t len)
{
	struct field field = {"text", text, 4, len};
	struct comment comment = {&field, 1};
	struct explanation explanation = {
		.colors = colors_for(stdout, settings->color),
		.rules = rules,
		.judge = judge_new(),
		.comment = &comment,
		.name_columns = longest_name(rules),
		.all = settings->all,
	};

	if (!explanation.judge)
		return EXIT_UNAVAILABLE;
	for (size_t i = 0; i < ruleset_count(rules); i++)
		print_rule(&explanation, ruleset_rule(rules, i));
	print_passing(&explanation);
	print_verdict(&explanation, judge_comment(explanation.judge, rules, &comment));
	judge_free(explanation.judge);
	return EXIT_DONE;
}

int command_explain(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct buf text = {0};
	struct ruleset *rules;

	if (status != OPTIONS_GO_ON)
		return status;
	rules = command_rules("explain", settings.rules);
	if (!rules)
		return EXIT_CHECK_FAILED;
	if (operands)
		buf_add_string(&text, argv[0]);
	if (operands || read_stdin(&text)) {
		status = explain(&settings, rules, buf_string(&text), text.len);
	} else {
		fprintf(stderr, "duyetd explain: cannot read stdin\n");
		status = EXIT_UNAVAILABLE;
	}
	buf_free(&text);
	ruleset_free(rules);
	return status;
}
