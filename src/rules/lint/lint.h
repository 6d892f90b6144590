/*
 * Finds probable mistakes in rules that load: reports warnings, and hints about what could be
 * better. For `check`; the daemon does not use it. Compiles the phrases of the rules again, and
 * tries each pattern on texts that are hard for it, within a time budget.
 *
 * This folder knows rule sets and the matching engine. It changes no rule and no verdict.
 */
#ifndef DUYETD_RULES_LINT_LINT_H
#define DUYETD_RULES_LINT_LINT_H

#include "rules/problems.h"
#include "rules/ruleset.h"
#include "text/text.h"

/* Reads a phrase. Returns false when it is malformed, and when out of memory: then problems may be
 * missing. */
bool lint_read(struct text *text, const char *string, struct problems *problems);

/* All of the following, except lint_everyday(); and hints about rules without examples. */
void lint(const struct ruleset *rules, struct problems *problems);

/* Conditions that never hold or always do, and fields that are probably misspelt. */
void lint_conditions(const struct ruleset *rules, struct problems *problems);

/* Phrases that look like something else. */
void lint_phrase_looks(const struct ruleset *rules, struct problems *problems);

/* Phrases with words that Vietnamese does not write so. */
void lint_phrase_spelling(const struct ruleset *rules, struct problems *problems);

/* Phrases that another phrase finds as well; excepts that have no effect, or that cover a whole
 * phrase. */
void lint_phrases(const struct ruleset *rules, struct problems *problems);

/* Patterns that match the empty text, that libhs cannot compile, that backtrack badly, or that have
 * too many alternatives. */
void lint_patterns(const struct ruleset *rules, struct problems *problems);

/*
 * Terms that hit ordinary Vietnamese: each line of the file (in the format of a word list) is a
 * sentence that should be approved. Reports a problem and returns false when the file cannot be
 * read.
 */
bool lint_everyday(const struct ruleset *rules, const char *path, struct problems *problems);

#endif
