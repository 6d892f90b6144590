#include "rules/lint/lint.h"

#include <string.h>
#include "rules/match/build.h"
#include "rules/match/scan.h"
#include "rules/rule.h"
#include "text/read_text.h"

/*
 * Every entry is tried as if it were a comment, on two scans: the rules' own, and one
 * without excepts in which each phrase and pattern answers for itself (its owner is its
 * number among the set's entries).
 */
struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct scan *each;
	struct scan_scratch *scratch;
	struct text *text;
};

static void add(struct scan_builder *builder, unsigned owner, const struct entry *entry)
{
	size_t offset;

	if (entry->kind == ENTRY_PHRASE)
		scan_add_phrase(builder, owner, entry->string, entry->flags);
	else if (entry->kind == ENTRY_PATTERN)
		scan_add_pattern(builder, owner, entry->string, entry->flags, &offset);
}

static struct scan *compile_each(const struct ruleset *rules)
{
	struct scan_builder *builder = scan_builder_new();
	const char *why;

	for (size_t i = 0; builder && i < ruleset_entries(rules); i++)
		add(builder, (unsigned)i, ruleset_entry(rules, i));
	return builder ? scan_compile(builder, &why) : NULL;
}

static bool scan_entry(struct trial *trial, const struct scan *scan, const struct entry *entry,
		       struct scan_result *found)
{
	return text_read(trial->text, entry->string, strlen(entry->string)) == TEXT_OK &&
	       scan_text(scan, trial->scratch, trial->text, found);
}

/* Whether the number's own entry, tried by itself, is found by entry `other`. */
static bool finds(struct trial *trial, size_t other, size_t number)
{
	struct scan_result found;

	if (!scan_entry(trial, trial->each, ruleset_entry(trial->rules, number), &found))
		return false;
	for (size_t i = 0; i < found.count; i++)
		if (found.hits[i].owner == other)
			return true;
	return false;
}

/* The first other phrase of the same rule that finds this one; the count where there is none. */
static size_t find_cover(struct trial *trial, size_t number)
{
	const struct entry *entry = ruleset_entry(trial->rules, number);
	size_t none = ruleset_entries(trial->rules);
	struct scan_result found;

	if (!scan_entry(trial, trial->each, entry, &found))
		return none;
	for (size_t i = 0; i < found.count; i++) {
		size_t owner = found.hits[i].owner;
		const struct entry *other = ruleset_entry(trial->rules, owner);

		if (owner != number && other->kind == ENTRY_PHRASE && other->rule == entry->rule)
			return owner;
	}
	return none;
}

static void lint_cover(struct trial *trial, size_t number)
{
	const struct entry *entry = ruleset_entry(trial->rules, number), *other;
	size_t cover = find_cover(trial, number);

	if (cover == ruleset_entries(trial->rules))
		return;
	other = ruleset_entry(trial->rules, cover);
	if (!finds(trial, number, cover))
		problems_add(trial->problems, PROBLEM_HINT, entry->place,
			     "\"%s\" is found by \"%s\" at %s:%zu anyway", entry->string,
			     other->string, other->place.file, other->place.line);
	else if (number > cover)
		problems_add(trial->problems, PROBLEM_WARNING, entry->place,
			     "\"%s\" is the same as \"%s\" at %s:%zu", entry->string, other->string,
			     other->place.file, other->place.line);
}

static bool hits_rule(struct trial *trial, const struct entry *entry)
{
	struct scan_result found;

	if (!scan_entry(trial, trial->rules->scan, entry, &found))
		return false;
	for (size_t i = 0; i < found.count; i++)
		if (found.hits[i].owner == entry->rule->index)
			return true;
	return false;
}

static void lint_phrase(struct trial *trial, size_t number)
{
	const struct entry *entry = ruleset_entry(trial->rules, number);

	if (!hits_rule(trial, entry))
		problems_add(trial->problems, PROBLEM_WARNING, entry->place,
			     "\"%s\" does not find itself: an except of rule \"%s\" takes it all",
			     entry->string, entry->rule->name);
	lint_cover(trial, number);
}

static void lint_except(struct trial *trial, size_t number)
{
	const struct entry *entry = ruleset_entry(trial->rules, number);
	struct scan_result found;

	if (!scan_entry(trial, trial->each, entry, &found))
		return;
	for (size_t i = 0; i < found.count; i++)
		if (ruleset_entry(trial->rules, found.hits[i].owner)->rule == entry->rule)
			return;
	problems_add(trial->problems, PROBLEM_WARNING, entry->place,
		     "\"%s\" excepts nothing: nothing of rule \"%s\" is found in it", entry->string,
		     entry->rule->name);
}

static void lint_entries(struct trial *trial)
{
	for (size_t i = 0; i < ruleset_entries(trial->rules); i++) {
		if (ruleset_entry(trial->rules, i)->kind == ENTRY_PHRASE)
			lint_phrase(trial, i);
		else if (ruleset_entry(trial->rules, i)->kind == ENTRY_EXCEPT)
			lint_except(trial, i);
	}
}

void lint_phrases(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {.rules = rules, .problems = problems};

	if (!ruleset_entries(rules))
		return;
	trial.each = compile_each(rules);
	trial.scratch = scan_scratch_new();
	trial.text = text_new();
	if (trial.each && trial.scratch && trial.text)
		lint_entries(&trial);
	else
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "memory is out");
	text_free(trial.text);
	scan_scratch_free(trial.scratch);
	scan_free(trial.each);
}
