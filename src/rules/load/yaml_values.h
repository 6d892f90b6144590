/*
 * What the nodes of a rules file say, as values. Each complains at the node's place where it is
 * of another type than asked for, and then answers false or NULL; of a node that is not there
 * too, without a complaint.
 */
#ifndef DUYETD_RULES_LOAD_YAML_VALUES_H
#define DUYETD_RULES_LOAD_YAML_VALUES_H

#include <stdint.h>
#include "rules/load/yaml.h"

/* Text that is neither empty nor holds a NUL. Lives as long as the source. */
const char *node_string(struct node node);
bool node_number(struct node node, int64_t least, int64_t most, int64_t *number);
/* A decimal from 0 to 1, in thousandths. */
bool node_share(struct node node, int64_t *thousandths);
bool node_flag(struct node node, bool *flag);
/* One of "a|b|c"; the how-manieth. */
bool node_choice(struct node node, const char *choices, int *choice);
/* A list of strings; complains where it is not. */
bool node_strings(struct node node);

/* A map whose keys are all among `known` and given once; complains where they are not. */
void node_check_keys(struct node map, const char *const *known, size_t count);

#endif
