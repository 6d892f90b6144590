/*
 * One YAML file as its nodes, each of which knows its line and column; the only file that
 * sees libyaml.
 *
 * A node that is not there (a key not given) is a node too: node_given() is false, it is
 * of no type, counts 0 and gives nothing. What is wrong with one is reported at its place.
 */
#ifndef DUYETD_RULES_LOAD_YAML_H
#define DUYETD_RULES_LOAD_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "rules/problems.h"

struct yaml_file;

struct node {
	struct yaml_file *file;
	int id; /* 0: not there */
};

/*
 * Parses `len` bytes of the file `path` (borrowed, like `problems`: both outlive it).
 * NULL, with the problem reported, where they are no YAML.
 */
struct yaml_file *yaml_file_parse(const char *path, const char *bytes, size_t len,
				  struct problems *problems);
void yaml_file_free(struct yaml_file *file);

/* The outermost node; not there in an empty file. */
struct node yaml_file_root(struct yaml_file *file);

bool node_given(struct node node);
bool node_is_map(struct node node);
bool node_is_list(struct node node);
bool node_is_scalar(struct node node);
struct place node_place(struct node node);

/* Items of a list, pairs of a map. */
size_t node_count(struct node node);
struct node node_item(struct node list, size_t index);
struct node node_key(struct node map, size_t index);
struct node node_value(struct node map, size_t index);

/* The value of `key` in a map. */
struct node node_get(struct node map, const char *key);

/* The bytes of a scalar as they are, without complaint; NULL for anything else. */
const char *node_bytes(struct node node, size_t *len);

void node_problem(struct node node, enum severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * What the nodes of a rules file say, as values. Each complains at the node's place where it is
 * of another type than asked for, and then answers false or NULL; of a node that is not there
 * too, without a complaint.
 */

/* Text that is neither empty nor holds a NUL. Lives until yaml_file_free(). */
const char *node_string(struct node node);
bool node_number(struct node node, int64_t least, int64_t most, int64_t *number);
/* A decimal from 0 to 1, in thousandths. */
bool node_share(struct node node, int64_t *thousandths);
bool node_flag(struct node node, bool *flag);
/* One of "a|b|c"; its zero-based index. */
bool node_choice(struct node node, const char *choices, int *choice);
/* A list of strings; complains where it is not. */
bool node_strings(struct node node);

/* A map whose keys are all among `known` and given once; complains where they are not. */
void node_check_keys(struct node map, const char *const *known, size_t count);

#endif
