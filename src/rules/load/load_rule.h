/* A rule as its file has it. */
#ifndef DUYETD_RULES_LOAD_LOAD_RULE_H
#define DUYETD_RULES_LOAD_LOAD_RULE_H

#include "rules/load/loading.h"

/* Reads one rule, the keys that every rule has and its kind's, and adds it to the set. */
void load_rule(struct loading *loading, struct node map);

#endif
