/*
 * banned: phrases and patterns that a comment must not contain.
 *
 *	phrases: lists/gambling.txt	or a list: [nhà cái, tài xỉu]
 *	patterns: ['\bkèo\s+châu\s+á\b']
 *	except: [ngôi nhà cái]		or a file, as for phrases
 *	ignore-case: true		for patterns; phrases match in any case
 *	marks: folded | exact
 *	fields: [text, name]
 *
 * scan.h finds the hits. This file reads the keys and selects hits by rule and field.
 */
#include "rules/findings.h"
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
	if (node_lacks(map, "phrases") && node_lacks(map, "patterns"))
		node_problem(map, PROBLEM_ERROR,
			     "a banned rule needs phrases:, patterns:, or both");
	kind_load_fields(loading, rule, node_get(map, "fields"));
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->summary = "hits: {hits}, of {phrases} phrases and {patterns} patterns";
}

/* The first hit of the rule: hits are in the order of their rules. */
static size_t first_hit(const struct scan_result *found, unsigned rule_index)
{
	size_t low = 0, high = found->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (found->hits[middle].rule_index < rule_index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_broken(const struct input *input, size_t field, unsigned rule_index)
{
	const struct scan_result *found = &input->found[field];

	if (!input->scanned[field])
		return true;
	for (size_t i = 0; i < found->broken_count; i++)
		if (found->broken[i] == rule_index)
			return true;
	return false;
}

/* Whether a hit is in the text of a link that the rules allow: addresses of the site contain its
 * headlines, `/triet-pha-nha-cai.html`. */
static bool is_in_allowed_link(const struct input *input, size_t field, const struct scan_hit *hit)
{
	const struct text *text = input->text[field];

	for (size_t i = 0; i < text->links; i++) {
		const struct link *link = &text->link[i];

		if (link->first <= hit->first &&
		    hit->first + hit->count <= link->first + link->count)
			return links_are_allowed(input, text, link);
	}
	return false;
}

static size_t report_hits_in(const struct rule *rule, const struct input *input, size_t field,
			     struct findings *findings)
{
	const struct scan_result *found = &input->found[field];
	size_t count = 0;

	for (size_t i = first_hit(found, rule->index);
	     i < found->count && found->hits[i].rule_index == rule->index; i++) {
		const struct scan_hit *hit = &found->hits[i];

		if (is_in_allowed_link(input, field, hit))
			continue;
		findings_place(findings, input, rule, field, hit->first, hit->count,
			       ruleset_term(input->rules, hit->term));
		count++;
	}
	return count;
}

static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	unsigned fields = input->found_in & rule->fields;
	size_t hits = 0;
	bool broken = false;

	for (size_t field = 0; fields >> field; field++) {
		if (!(fields >> field & 1))
			continue;
		broken |= is_broken(input, field, rule->index);
		if (input->scanned[field])
			hits += report_hits_in(rule, input, field, findings);
	}
	findings_value(findings, VALUE_HITS, hits);
	findings_value(findings, VALUE_PHRASES, settings->phrases);
	findings_value(findings, VALUE_PATTERNS, settings->patterns);
	if (hits)
		return OUTCOME_FAIL;
	return broken ? OUTCOME_BROKEN : OUTCOME_PASS;
}

static const char *const keys[] = {"phrases", "patterns", "except", "ignore-case",
				   "marks",   "fields",	  NULL};

const struct kind kind_banned = {"banned", keys, load, match, .needs_find = true};
