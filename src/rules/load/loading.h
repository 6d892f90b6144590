/*
 * The state of one load: the set being built, and what its files share. Memory and files are
 * obtained through it: a failure is reported as a problem, and loading continues with the next
 * rule, so that all problems are reported.
 *
 * This folder turns a directory of YAML files and word lists into a rule set. It knows the file
 * formats and the kinds; it judges nothing.
 */
#ifndef DUYETD_RULES_LOAD_LOADING_H
#define DUYETD_RULES_LOAD_LOADING_H

#include <sha2.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/buf.h"
#include "rules/load/yaml.h"
#include "rules/match/build.h"
#include "rules/rule.h"

/*
 * SHA-256 over a list of parts. Each part is preceded by its length, so that different lists have
 * different digests. Uses libmd, which is small and installed on every Debian (dpkg needs it).
 */
struct digest {
	SHA2_CTX context;
};

void digest_start(struct digest *digest);
void digest_part(struct digest *digest, const void *bytes, size_t len);
/* The first `digits` hex digits, at most 64, and a NUL. */
void digest_finish(struct digest *digest, char *hex, size_t digits);

struct loading {
	struct ruleset *set;
	struct problems *problems;
	struct scan_builder *builder;
	struct digest set_digest;	/* of the files and lists */
	struct digest rule_digest;	/* of the current rule and its lists */
	size_t patterns, pattern_bytes; /* number so far; their size when compiled */
	const char *directory;		/* as given, for messages */
	int directory_handle; /* all files are opened below it, even if the directory is replaced */
};

/*
 * Reads a whole file of the directory and adds it to the digest. Returns the path for messages, in
 * the arena of the set. On an error reports a problem (at `asked_at`, or at the file when that has
 * no line) and returns NULL. The caller frees `bytes`.
 */
const char *load_bytes(struct loading *loading, const char *name, struct place asked_at,
		       struct buf *bytes);

/* Return zeroed memory, or a copy, that is freed with the set. When out of memory they report a
 * problem and return NULL. */
void *load_alloc(struct loading *loading, size_t size);
const char *load_string(struct loading *loading, const char *string);

/* The same for what was written to a buffer, which is freed. */
const char *load_buf(struct loading *loading, struct buf *buf);

void load_out_of_memory(struct loading *loading);

/* Reads one rule, the common keys and those of its kind, and adds it to the set. In load_rule.c. */
void load_rule(struct loading *loading, struct node map);

/* Read the keys `only:` and `unless:`, and then `examples:`, of the rule's map, after the keys of
 * its kind. In keys.c. */
void load_conditions(struct loading *loading, struct rule *rule, struct node map);
void load_examples(struct loading *loading, struct rule *rule, struct node map);

/* Whether the rule or its conditions look at this field of a submission. */
bool rule_reads(const struct ruleset *set, const struct rule *rule, const char *field);

#endif
