/* The insides of a compiled scan: filled by scan_build.c and scan_databases.c,
 * searched by scan.c. */
#ifndef DUYETD_RULES_SCAN_SET_H
#define DUYETD_RULES_SCAN_SET_H

#include <hs/hs.h>

#include "rules/pattern.h"
#include "rules/phrase.h"
#include "rules/scan.h"

struct scan_entry {
	unsigned owner, flags;
};

struct scan_phrase {
	struct phrase phrase;
	unsigned entry;
};

struct scan_pattern {
	pcre2_code *code;
	char *source;
	unsigned entry;
	bool caseless;
	bool alone; /* libhs cannot take it */
};

struct scan {
	struct scan_entry *entry;     /* in the order added */
	struct scan_phrase *phrase;   /* by skeleton */
	struct scan_pattern *pattern; /* in the order added */
	size_t entries, phrases, patterns;

	uint32_t *group; /* phrases group[g] .. group[g + 1] share one skeleton: libhs's id g */
	size_t groups;
	unsigned *alone; /* entries of patterns that libhs cannot take */
	size_t alones;
	unsigned long serial; /* of all scans of the process: tells one from another at its address */
	hs_database_t *skeletons;     /* of the phrases; NULL without phrases */
	hs_database_t *candidates[2]; /* of the patterns over the text as typed and, [1], in
				       * small letters; NULL without one that libhs takes */
	size_t cased[2];	      /* patterns over each */
};

/* Compiles them once all is added. NULL, or what failed. */
const char *scan_databases(struct scan *scan);

#endif
