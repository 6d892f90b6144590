/*
 * The kinds of rules. A kind is one file of this folder and one line of the table in kind.c;
 * nothing else in the program asks what kind a rule is. A kind knows its keys in the rules file,
 * and what it measures in the input; it decides nothing but pass or fail.
 */
#ifndef DUYETD_RULES_KIND_KIND_H
#define DUYETD_RULES_KIND_KIND_H

#include "rules/findings.h"
#include "rules/input.h"
#include "rules/load/loading.h"
#include "rules/load/yaml.h"
#include "rules/rule.h"

struct kind {
	const char *name;
	const char *const *keys; /* that it takes beside those of every rule, NULL behind */
	/*
	 * Reads its keys from the rule's map and sets the rule's settings, value_names and
	 * summary. Reports what is wrong with them; the rule then never runs.
	 */
	void (*load)(struct loading *loading, struct rule *rule, struct node map);
	/* Measures, and reports the places of what it objects to. Allocates nothing. */
	enum outcome (*match)(const struct rule *rule, const struct input *input,
			      struct findings *findings);
};

/* Reads the key `fields:`, the submission's fields that a rule looks into; `text` where not given.
 */
void kind_load_fields(struct loading *loading, struct rule *rule, struct node node);

/* The kind so named, or NULL; all of them, NULL behind. */
const struct kind *kind_find(const char *name);
extern const struct kind *const kinds[];

extern const struct kind kind_length, kind_diacritics, kind_links, kind_banned;

/* Whether a rule of the kind `links` allows this link. */
struct link;
struct ruleset;
bool links_are_allowed(const struct ruleset *rules, const struct text *text,
		       const struct link *link);

#endif
