/*
 * The Lua scripts, each a file of its own beside this one and compiled in: what is to
 * happen at once, or not at all. One script cannot call another's functions: what two of
 * them need (open_stream()) stands in both.
 */
#ifndef DUYETD_QUEUE_SCRIPT_H
#define DUYETD_QUEUE_SCRIPT_H

enum script {
	SCRIPT_SETTLE,	/* a batch's verdicts */
	SCRIPT_BURY,	/* an entry to the dead */
	SCRIPT_ORPHANS, /* entries that no consumer holds */
	SCRIPT_REVIEW,	/* a person's decision */
	SCRIPT_HELD,	/* what was held for too long */
	SCRIPT_GAUGE,	/* how much waits */
	SCRIPTS
};

struct script_source {
	const char *text;
	const char *sha1; /* of the text, in hex: the name by which Redis knows it */
};
extern const struct script_source script_sources[SCRIPTS];

#endif
