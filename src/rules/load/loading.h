/*
 * The state of one load: the set that grows, and what all its files share. Memory and files are
 * taken through it, so that a failure is reported as a problem and loading goes on: every rule
 * is read, whatever was wrong before it.
 *
 * This folder turns a directory of YAML files and word lists into a rule set. It knows the file
 * formats and the kinds; it judges nothing.
 */
#ifndef DUYETD_RULES_LOAD_LOADING_H
#define DUYETD_RULES_LOAD_LOADING_H

#include "base/buf.h"
#include "rules/load/yaml.h"
#include "rules/match/build.h"
#include "rules/rule.h"

struct loading {
	struct ruleset *set;
	struct problems *problems;
	struct scan_builder *builder;
	struct digest set_digest;  /* of the files and lists */
	struct digest rule_digest; /* of the rule in hand and its lists */
	const char *directory;	   /* as given, for messages */
	int directory_handle;	   /* all files are opened below it, though its name be swapped */
};

/*
 * Reads a file of the directory whole and counts it into the digest. NULL with the problem
 * reported (at `asked_at`, or at the file where that has no line); the caller frees `bytes`.
 * The answer is the path for messages, in the set's arena.
 */
const char *load_bytes(struct loading *loading, const char *name, struct place asked_at,
		       struct buf *bytes);

/* Zeroed memory that lives as long as the set, or NULL with the problem reported. */
void *load_alloc(struct loading *loading, size_t size);
const char *load_string(struct loading *loading, const char *string);

void load_out_of_memory(struct loading *loading);

#endif
