/* The data of a compiled scan: filled by build.c and hs_pattern.c, searched by scan.c. */
#ifndef DUYETD_RULES_MATCH_COMPILED_H
#define DUYETD_RULES_MATCH_COMPILED_H

#include <hs/hs.h>

#include "rules/match/pattern.h"
#include "rules/match/phrase.h"
#include "rules/match/scan.h"

struct scan_term {
	unsigned rule_index, flags;
};

struct scan_phrase {
	struct phrase phrase;
	unsigned term;
};

struct scan_pattern {
	pcre2_code *code;
	char *source; /* in NFC */
	unsigned term;
	bool caseless;
	bool literal;	/* found by its literals */
	bool pcre_only; /* has no literals, and libhs cannot compile it: PCRE2 runs on every text */
};

/* One of a pattern's literals. */
struct scan_literal {
	char *skeleton;
	uint32_t pattern;
};

struct scan {
	struct scan_term *term;	      /* in the order added */
	struct scan_phrase *phrase;   /* by skeleton */
	struct scan_pattern *pattern; /* in the order added */
	struct scan_literal *literal; /* by skeleton */
	size_t terms, phrases, patterns, literals;

	/* Phrases [group[g], group[g + 1]) share one skeleton, which has the id g in the database.
	 * Literals [by_literal[g], by_literal[g + 1]) share one too; its id is groups + g. */
	uint32_t *group, *by_literal;
	size_t groups, literal_groups;
	unsigned *pcre_only; /* the terms of the patterns that are pcre_only */
	size_t pcre_only_count;
	unsigned long serial;	       /* unique in the process; addresses may be reused */
	hs_database_t *skeletons;      /* of phrases and literals; NULL without any */
	hs_database_t *hs_patterns[2]; /* of the other patterns: [0] over the text as typed, [1] in
					  small letters, which is enough for most patterns; NULL if
					  libhs compiles none */
};

/* Compiles the database of the patterns that have no literals (hs_pattern.c). Returns false when
 * libhs cannot, or when out of memory. */
bool hs_pattern_compile(struct scan *scan);

#endif
