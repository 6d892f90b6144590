/*
 * banned: phrases and patterns that nobody may write.
 *
 *	phrases: lists/gambling.txt	or a list: [nhà cái, tài xỉu]
 *	patterns: ['\bkèo\s+châu\s+á\b']
 *	except: [ngôi nhà cái]		or a file, as for phrases
 *	ignore-case: true		of patterns; phrases never mind it
 *	marks: folded | exact
 *	fields: [text, name]
 *
 * The finding itself is scan.h's: here are the keys, and whose field a hit may be in.
 */
#include "rules/kind/kind.h"
#include "rules/load/word_list.h"

enum value { VALUE_HITS, VALUE_PHRASES, VALUE_PATTERNS };

struct settings {
	size_t phrases, patterns;
};

static const char *const values[] = {"hits", "phrases", "patterns"};

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct settings *settings = load_alloc(loading, sizeof *settings);
	bool ignore_case = true;
	int exact = 0;
	unsigned flags;

	if (!settings)
		return;
	node_choice(node_get(map, "marks"), "folded|exact", &exact);
	node_flag(node_get(map, "ignore-case"), &ignore_case);
	flags = exact ? SCAN_MARKS_EXACT : 0;
	settings->phrases = wordlist_phrases(loading, rule, node_get(map, "phrases"), flags);
	settings->patterns = wordlist_patterns(loading, rule, node_get(map, "patterns"),
					       ignore_case ? 0 : SCAN_CASE);
	wordlist_phrases(loading, rule, node_get(map, "except"), flags | SCAN_EXCEPT);
	if (!node_given(node_get(map, "phrases")) && !node_given(node_get(map, "patterns")))
		node_problem(map, PROBLEM_ERROR,
			     "a banned rule wants phrases: or patterns:, or both");
	load_fields(loading, rule, node_get(map, "fields"));
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->told = "hits: {hits} (phrases: {phrases}, patterns: {patterns})";
}

/* The first hit of `owner`: hits are in the order of their owners. */
static size_t first_hit(const struct scan_result *found, unsigned owner)
{
	size_t low = 0, high = found->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (found->hits[middle].owner < owner)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_broken(const struct subject *subject, size_t field, unsigned owner)
{
	const struct scan_result *found = &subject->found[field];

	if (!subject->scanned[field])
		return true;
	for (size_t i = 0; i < found->broken_count; i++)
		if (found->broken[i] == owner)
			return true;
	return false;
}

static size_t report_hits_in(const struct rule *rule, const struct subject *subject, size_t field,
			     struct report *report)
{
	const struct scan_result *found = &subject->found[field];
	size_t count = 0;

	for (size_t i = first_hit(found, rule->index);
	     i < found->count && found->hits[i].owner == rule->index; i++, count++)
		report_place(report, subject, rule, field, found->hits[i].first,
			     found->hits[i].count, found->hits[i].entry);
	return count;
}

static enum outcome match(const struct rule *rule, const struct subject *subject,
			  struct report *report)
{
	const struct settings *settings = rule->settings;
	unsigned fields = subject->struck & rule->fields;
	size_t hits = 0;
	bool broken = false;

	for (size_t field = 0; fields >> field; field++) {
		if (!(fields >> field & 1))
			continue;
		broken |= is_broken(subject, field, rule->index);
		if (subject->scanned[field])
			hits += report_hits_in(rule, subject, field, report);
	}
	report_value(report, VALUE_HITS, hits);
	report_value(report, VALUE_PHRASES, settings->phrases);
	report_value(report, VALUE_PATTERNS, settings->patterns);
	if (hits)
		return OUTCOME_FAIL;
	return broken ? OUTCOME_BROKEN : OUTCOME_PASS;
}

static const char *const keys[] = {"phrases", "patterns", "except", "ignore-case",
				   "marks",   "fields",	  NULL};

const struct kind kind_banned = {"banned", keys, load, match};
