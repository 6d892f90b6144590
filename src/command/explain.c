/* explain: shows how one comment is judged. */
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
#include "text/canonical.h"
#include "text/display.h"
#include "text/read_text.h"

enum { INDENT = 4, OUTCOME_COLUMNS = 8 };

struct settings {
	const char *rules;
	int color;
	bool all, canonical;
	struct option_list fields;
};

static const struct option_row rows[] = {
	COMMAND_RULES_ROW(struct settings, rules),
	{"color", COLOR_CHOICES, OPTION_CHOICE, offsetof(struct settings, color), .initial = "auto",
	 .help = "colours; auto: if the output is a terminal"},
	{"all", NULL, OPTION_FLAG, offsetof(struct settings, all),
	 .help = "print the rules that pass too"},
	{"field", "NAME=VALUE", OPTION_LIST, offsetof(struct settings, fields),
	 .help = "another field of the submission, such as role=staff; may be repeated"},
	{"canonical", NULL, OPTION_FLAG, offsetof(struct settings, canonical),
	 .help = "print only the text as patterns see it", .action = true},
};

static struct option_origin origins[sizeof rows / sizeof rows[0]];

static const struct usage usage = {
	.command = "explain",
	.operands = "[TEXT]",
	.about =
		"Judges one comment (the argument, or stdin). Shows what each failing rule measured,\n"
		"its hits underlined, and the phrase or pattern that hit; then the verdict and the\n"
		"message for the commenter.",
	.example = "  duyetd explain \"Vào vn626 . com nhận thưởng nhé mọi người\"\n"
		   "  duyetd explain --field role=staff \"Vào vidu.com xem thêm\"\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.origins = origins,
	.most_operands = 1,
	.surplus = "put a comment of several words in quotes",
};

struct explanation {
	struct colors colors;
	const struct ruleset *rules;
	struct judge *judge;
	const struct comment *comment;
	int name_columns, columns;
	bool all;		 /* print the rules that pass too */
	bool fields;		 /* other fields were given: print the rules that do not apply */
	size_t passing, skipped; /* rules not printed: they pass, or do not apply */
	bool out_of_memory;
};

/* Reads stdin without its last line end; of a text that is too long to be judged, a part. */
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

static const char *outcome_word(const struct rule *rule, const struct examination *found)
{
	if (!found->applies)
		return "skipped";
	if (found->outcome == OUTCOME_PASS)
		return "passes";
	return action_name(rule_action(rule));
}

/* Prints words from the column `column` on, and continues on the next line when a word does not
 * fit. */
static void print_wrapped(const char *words, int column, int columns)
{
	const char *end = words + strlen(words), *blank = "";

	while (words < end) {
		size_t len = strcspn(words, " ");
		int width = (int)display_columns(words, len);

		if (column > INDENT && column + width > columns) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
			blank = "";
		}
		printf("%s%.*s", blank, (int)len, words);
		blank = " ";
		column += width + 1;
		words += len + (words[len] != '\0');
	}
}

static void print_rule(struct explanation *explanation, const struct rule *rule)
{
	const struct colors *colors = &explanation->colors;
	struct examination found;
	const char *color;

	if (!judge_examine(explanation->judge, explanation->rules, rule, explanation->comment,
			   &found)) {
		explanation->out_of_memory |= found.out_of_memory;
		return;
	}
	if (found.outcome == OUTCOME_PASS && !explanation->all &&
	    (found.applies || !explanation->fields)) {
		explanation->passing += found.applies;
		explanation->skipped += !found.applies;
		return;
	}
	color = !found.applies			     ? colors->faint
		: found.outcome == OUTCOME_PASS	     ? colors->good
		: rule_action(rule) == ACTION_REJECT ? colors->bad
						     : colors->doubtful;
	printf("%s%-7s%s %-*s %s", color, outcome_word(rule, &found), colors->off,
	       explanation->name_columns, rule_name(rule), colors->faint);
	print_wrapped(found.applies ? found.summary : found.conditions,
		      OUTCOME_COLUMNS + explanation->name_columns + 1, explanation->columns);
	if (found.outcome == OUTCOME_BROKEN)
		printf(" (the check could not be finished)");
	if (found.applies && *found.conditions) {
		printf("\n%*s", INDENT, "");
		print_wrapped(found.conditions, INDENT, explanation->columns);
	}
	printf("%s\n", colors->off);
	print_hits(explanation, &found);
	print_terms(explanation, &found);
}

/* `13 other rules pass, 2 do not apply (--all shows them)` */
static void print_others(const struct explanation *explanation)
{
	size_t passing = explanation->passing, skipped = explanation->skipped,
	       count = passing + skipped;
	const char *noun = (passing ? passing : skipped) == 1 ? "rule" : "rules";

	if (!count)
		return;
	printf("%s%zu %s%s %s", explanation->colors.faint, passing ? passing : skipped,
	       count < ruleset_count(explanation->rules) ? "other " : "", noun,
	       passing == 1   ? "passes"
	       : passing      ? "pass"
	       : skipped == 1 ? "does not apply"
			      : "do not apply");
	if (passing && skipped)
		printf(", %zu %s not apply", skipped, skipped == 1 ? "does" : "do");
	printf(" (--all shows %s)%s\n", count == 1 ? "it" : "them", explanation->colors.off);
}

static void print_verdict(const struct explanation *explanation, const struct verdict *verdict)
{
	const struct colors *colors = &explanation->colors;
	const char *color = verdict->decision == DECISION_APPROVE  ? colors->good
			    : verdict->decision == DECISION_REJECT ? colors->bad
								   : colors->doubtful;

	printf("%s%s%s%s", colors->bold, color, decision_name(verdict->decision), colors->off);
	for (size_t i = 0; i < verdict->failing_count; i++)
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

static int out_of_memory(void)
{
	fprintf(stderr, "duyetd explain: out of memory\n");
	return EXIT_UNAVAILABLE;
}

static int explain(const struct settings *settings, const struct ruleset *rules,
		   const struct comment *comment)
{
	struct explanation explanation = {
		.colors = colors_for(stdout, settings->color),
		.rules = rules,
		.judge = judge_new(),
		.comment = comment,
		.name_columns = longest_name(rules),
		.columns = terminal_columns(stdout),
		.all = settings->all,
		.fields = settings->fields.count,
	};

	const struct verdict *verdict;

	if (!explanation.judge)
		return out_of_memory();
	for (size_t i = 0; i < ruleset_count(rules); i++)
		print_rule(&explanation, ruleset_rule(rules, i));
	verdict = judge_comment(explanation.judge, rules, comment);
	explanation.out_of_memory |= verdict->out_of_memory;
	if (!explanation.out_of_memory) {
		print_others(&explanation);
		print_verdict(&explanation, verdict);
	}
	judge_free(explanation.judge);
	return explanation.out_of_memory ? out_of_memory() : EXIT_DONE;
}

/* Prints each line with control characters escaped, so that it cannot change the terminal. */
static void print_safely(const char *bytes, size_t len)
{
	struct display display;

	for (size_t at = 0; at < len;) {
		if (bytes[at] == '\n') {
			putchar(bytes[at++]);
			continue;
		}
		at = display_next(bytes, len, at, &display);
		fputs(display.bytes, stdout);
	}
	putchar('\n');
}

static int print_canonical(const char *bytes, size_t len)
{
	struct text *text = text_new();
	struct canonical canonical = {0};
	enum text_error error = text ? text_read(text, bytes, len) : TEXT_NO_MEMORY;
	int status = EXIT_CHECK_FAILED;

	if (error == TEXT_NO_MEMORY || (!error && !canonical_write(&canonical, text, false))) {
		status = out_of_memory();
	} else if (error) {
		fprintf(stderr, "duyetd explain: no canonical text: the text is malformed\n");
	} else {
		print_safely(canonical.bytes, canonical.len);
		status = EXIT_DONE;
	}
	canonical_clear(&canonical);
	text_free(text);
	return status;
}

/* Adds the fields of --field. Returns false after an error message. */
static bool read_fields(const struct option_list *list, struct field *fields)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->value[i], *equals = strchr(name, '=');
		size_t len = equals ? (size_t)(equals - name) : 0;

		if (!len || (len == 4 && !memcmp(name, "text", 4))) {
			command_wrong(&usage, "field", name,
				      "expected NAME=VALUE, such as role=staff; the text is an "
				      "argument");
			return false;
		}
		fields[i] = (struct field){name, equals + 1, len, strlen(equals + 1)};
	}
	return true;
}

static int run(const struct settings *settings, const struct comment *comment)
{
	struct ruleset *rules = command_rules("explain", settings->rules);
	int status = rules ? explain(settings, rules, comment) : EXIT_CHECK_FAILED;

	ruleset_free(rules);
	return status;
}

int command_explain(char **argv)
{
	struct settings settings;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct field fields[OPTION_LIST_MOST + 1];
	struct buf text = {0};

	if (status != OPTIONS_GO_ON)
		return status;
	if (!read_fields(&settings.fields, fields))
		return EXIT_USAGE;
	if (operands)
		buf_add_string(&text, argv[0]);
	if (text.failed) {
		status = out_of_memory();
	} else if (operands || read_stdin(&text)) {
		struct comment comment = {fields, settings.fields.count + 1};

		fields[settings.fields.count] =
			(struct field){"text", buf_string(&text), 4, text.len};
		status = settings.canonical ? print_canonical(buf_string(&text), text.len)
					    : run(&settings, &comment);
	} else {
		fprintf(stderr, "duyetd explain: cannot read stdin\n");
		status = EXIT_UNAVAILABLE;
	}
	buf_free(&text);
	return status;
}
