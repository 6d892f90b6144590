/*
 * The kinds of rules. A kind is one file of this folder and one line of the table in kind.c; no
 * other code depends on the kind of a rule. A kind reads its keys from the rules file, measures the
 * input, and decides pass or fail.
 */
#ifndef DUYETD_RULES_KIND_KIND_H
#define DUYETD_RULES_KIND_KIND_H

#include "rules/input.h"
#include "rules/load/loading.h"
#include "rules/load/yaml.h"
#include "rules/rule.h"

struct findings;

struct kind {
	const char *name;
	const char *const *keys; /* besides those of every rule; ends in NULL */
	/*
	 * Reads its keys from the rule's map and sets the rule's settings, value_names,
	 * value_count (at most FINDINGS_VALUES) and summary, all of them unless it reports an
	 * error: a rule with errors never runs.
	 */
	void (*load)(struct loading *loading, struct rule *rule, struct node map);
	/* Measures the input and adds hits to the findings. Allocates only in the findings. */
	enum outcome (*match)(const struct rule *rule, const struct input *input,
			      struct findings *findings);
	bool needs_find;	/* never fails when the scan found nothing in its fields */
	bool no_examples;	/* a single comment never fails, so no examples */
	bool holds_when_broken; /* a check that could not be finished holds and never rejects */
};

/* Warns if the text of the node is the misspelt name of a field that most sites send: with `autor`
 * for `author`, a rule would silently never fail. */
void kind_check_field(struct node node, const char *usual, const char *effect);

/* Reads the key `fields:`, the fields of the submission that the rule reads. Default: `text`. */
void kind_load_fields(struct loading *loading, struct rule *rule, struct node node);

/* Returns the number of different words of a text, counted up to `most`, which is at most
 * KIND_MOST_DIFFERENT. Capitals and tone placement make no difference. */
enum { KIND_MOST_DIFFERENT = 64 };
size_t kind_count_different(const struct text *text, size_t most);

/* Returns the kind of that name, or NULL. `kinds` has all of them and ends in NULL. */
const struct kind *kind_find(const char *name);
extern const struct kind *const kinds[];

extern const struct kind kind_length, kind_diacritics, kind_links, kind_banned, kind_noise,
	kind_repeat;

/* Whether a rule of the kind `links` allows this link in this comment. */
struct link;
bool links_are_allowed(const struct input *input, const struct text *text, const struct link *link);

/* Does the work of judge_repeats() (rules/judge.h) for a comment whose text is read. `skeleton` is
 * a buffer. Returns false when out of memory. */
struct skeleton;
bool repeat_find(const struct ruleset *rules, const struct comment *comment,
		 const struct text *text, struct skeleton *skeleton,
		 struct repeat repeats[LIMIT_REPEAT_RULES], size_t *count);

#endif
