/*
 * A YAML file as nodes with line and column. Only this module uses libyaml.
 *
 * A missing key gives a node as well: node_given() is false, it has no type and no items. Problems
 * with a node are reported at its place.
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
	int id; /* 0: missing */
};

/*
 * Parses `len` bytes of the file `path`. A NUL must follow them. `path` and `problems` are borrowed
 * until yaml_file_free(). Reports a problem and returns NULL when the bytes are not valid YAML.
 */
struct yaml_file *yaml_file_parse(const char *path, const char *bytes, size_t len,
				  struct problems *problems);
void yaml_file_free(struct yaml_file *file);

/* The outermost node; missing in an empty file. */
struct node yaml_file_root(struct yaml_file *file);

bool node_given(struct node node);
bool node_is_map(struct node node);
bool node_is_list(struct node node);
bool node_is_scalar(struct node node);
struct place node_place(struct node node);

/* Items of a list, or pairs of a map. */
size_t node_count(struct node node);
struct node node_item(struct node list, size_t index);
struct node node_key(struct node map, size_t index);
struct node node_value(struct node map, size_t index);

/* Returns the value of `key` in a map; a missing node when there is none. */
struct node node_get(struct node map, const char *key);

/* Whether a map lacks the key, and has no key that is probably a misspelling of it:
 * node_check_keys() reports those. */
bool node_lacks(struct node map, const char *key);

/* Returns the bytes of a scalar, or NULL for other nodes. Reports no problem. */
const char *node_bytes(struct node node, size_t *len);

/* Warns of a value in quotes that a word processor has put: to YAML they are part of the text. */
void node_check_quotes(struct node node);

void node_problem(struct node node, enum severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Values of nodes. When the node has another type, each function reports a problem at the node and
 * returns false or NULL. For a missing node it returns false or NULL and reports nothing.
 */

/* Text that is not empty and contains no NUL. Valid until yaml_file_free(). */
const char *node_string(struct node node);
bool node_number(struct node node, int64_t least, int64_t most, int64_t *number);
/* 30s 10m 2h 7d, in milliseconds; the bounds too. A short number without a unit gets a warning. */
bool node_duration(struct node node, int64_t least, int64_t most, int64_t *milliseconds);
/* A decimal from 0 to 1, in thousandths. */
bool node_share(struct node node, int64_t *thousandths);
bool node_flag(struct node node, bool *flag);
/* One of "a|b|c"; its zero-based index. */
bool node_choice(struct node node, const char *choices, int *choice);
/* Checks that it is a list of strings. */
bool node_strings(struct node node);

/* Reports each key of a map that is not in `known`, or that is given twice. */
void node_check_keys(struct node map, const char *const *known, size_t count);

#endif
