/*
 * repeat: the same text more often than `times` within a time.
 *
 *	times: 3	how often a text may be sent
 *	within: 10m	in this time
 *	by: author	counts for each value of this field; default: for all together
 *	at-least: 5	texts of fewer words are not counted
 *
 * The rule does not count. judge_repeats() gives the key of a comment's text, the caller counts,
 * and the rule compares the number with `times`.
 */
#include "rules/condition.h"
#include "rules/findings.h"
#include "rules/kind/kind.h"

#include <string.h>
#include "text/skeleton.h"

enum { MOST_TIMES = 1000, MOST_WITHIN_MS = 7 * 24 * 3600 * 1000, DEFAULT_AT_LEAST = 5 };
enum value { VALUE_COUNT, VALUE_TIMES, VALUE_SECONDS };

struct settings {
	const char *by; /* NULL: counted for all authors together */
	size_t at_least;
	unsigned times, index; /* index: among the rules of this kind */
	int64_t within_ms;
};

static const char *const values[] = {"count", "times", "seconds"};

static void load_needed(struct node map, struct settings *settings)
{
	struct node times = node_get(map, "times"), within = node_get(map, "within");
	int64_t number = 0;

	if (node_lacks(map, "times") || node_lacks(map, "within"))
		node_problem(map, PROBLEM_ERROR, "a repeat rule needs times: N and within: TIME");
	if (node_number(times, 1, MOST_TIMES, &number))
		settings->times = (unsigned)number;
	node_duration(within, 1000, MOST_WITHIN_MS, &settings->within_ms);
}

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	struct node by = node_get(map, "by");
	int64_t number = DEFAULT_AT_LEAST;

	if (!settings)
		return;
	load_needed(map, settings);
	node_number(node_get(map, "at-least"), 1, LIMIT_TEXT_BYTES, &number);
	settings->at_least = (size_t)number;
	if (node_string(by)) {
		settings->by = load_string(loading, node_string(by));
		kind_check_field(by, "author", "Comments without the field are not counted");
	}
	settings->index = (unsigned)loading->set->repeats;
	if (loading->set->repeats < LIMIT_REPEAT_RULES)
		loading->set->repeats++;
	else
		node_problem(map, PROBLEM_ERROR, "at most %u rules may be of the kind repeat",
			     LIMIT_REPEAT_RULES);
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->summary = "sent: {count} times, at most {times} in {seconds} s";
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	int64_t count = input->counts ? input->counts[settings->index] : 0;

	if (count == REPEAT_UNKNOWN)
		return OUTCOME_BROKEN;
	findings_value(findings, VALUE_COUNT, (size_t)count);
	findings_value(findings, VALUE_TIMES, settings->times);
	findings_value(findings, VALUE_SECONDS, (size_t)(settings->within_ms / 1000));
	return count > settings->times ? OUTCOME_FAIL : OUTCOME_PASS;
}

/* ---- what is counted ------------------------------------------------------------------- */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Keeps only the visible runs of letters, at the beginning of `run`. Digits are left out, since a
 * flood often numbers its texts. Returns how many runs are kept. */
static size_t keep_letters(struct skeleton *skeleton, const struct text *text)
{
	size_t kept = 0;

	for (size_t i = 0; i < skeleton->runs; i++)
		if (!is_digit(skeleton->run[i]) &&
		    skeleton->glyph[skeleton->start[i]] < text->visible)
			skeleton->run[kept++] = skeleton->run[i];
	return kept;
}

/* The key: a hash of the rule's name, the value of `by`, and the letters. */
static void write_key(char key[REPEAT_KEY + 1], const struct rule *rule, const struct field *by,
		      const char *letters, size_t count)
{
	const struct settings *settings = rule->settings;
	struct digest digest;

	digest_start(&digest);
	digest_part(&digest, rule->name, strlen(rule->name));
	if (settings->by) {
		digest_part(&digest, settings->by, strlen(settings->by));
		digest_part(&digest, by->value, by->value_len);
	}
	digest_part(&digest, letters, count);
	digest_finish(&digest, key, REPEAT_KEY);
}

static bool is_counted(const struct rule *rule, const struct comment *comment,
		       const struct text *text)
{
	const struct settings *settings = rule->settings;

	return rule->kind == &kind_repeat && text->words >= settings->at_least &&
	       (!rule->conditions || conditions_apply(rule->conditions, comment));
}

/* The field to count by. NULL when it is missing, empty or sent twice. */
static const struct field *find_by(const struct comment *comment, const char *name)
{
	const struct field *field = comment_only_field(comment, name);

	return field && field->value_len ? field : NULL;
}

bool repeat_find(const struct ruleset *rules, const struct comment *comment,
		 const struct text *text, struct skeleton *skeleton,
		 struct repeat repeats[LIMIT_REPEAT_RULES], size_t *count)
{
	bool substitutes = skeleton_readings(text) >> SKELETON_SUBSTITUTES & 1;
	size_t letters;

	*count = 0;
	if (!skeleton_read(skeleton, text, substitutes ? SKELETON_SUBSTITUTES : SKELETON_PLAIN))
		return false;
	letters = keep_letters(skeleton, text);
	for (size_t i = 0; letters && i < rules->rules; i++) {
		const struct rule *rule = rules->rule[i];
		const struct settings *settings = rule->settings;
		const struct field *by = NULL;

		if (!is_counted(rule, comment, text) ||
		    (settings->by && !(by = find_by(comment, settings->by))))
			continue;
		write_key(repeats[*count].key, rule, by, skeleton->run, letters);
		repeats[*count].index = settings->index;
		repeats[*count].times = settings->times;
		repeats[(*count)++].within_ms = settings->within_ms;
	}
	return true;
}

static const char *const keys[] = {"times", "within", "by", "at-least", NULL};

const struct kind kind_repeat = {
	"repeat", keys, load, match, .no_examples = true, .holds_when_broken = true};
