/* The keys, each with the prefix in front. With `{comments}` all share one Cluster slot. */
#ifndef DUYETD_QUEUE_KEYS_H
#define DUYETD_QUEUE_KEYS_H

#include <stdbool.h>

enum key {
	KEY_SUBMITTED, /* stream: what waits to be judged, and nothing else */
	KEY_VERDICTS,  /* stream: every verdict, once */
	KEY_REJECTED,  /* stream: each rejected or held comment; KEY:ID is the hash of one */
	KEY_HELD,      /* stream: what is held now, oldest first */
	KEY_REVIEW,    /* stream: people's decisions */
	KEY_REVIEWED,  /* stream: text, the rules' verdict, the person's */
	KEY_REPLY,     /* KEY:ID is a list: the verdict for one who waits for it */
	KEY_WATCHED,   /* stream: what watch rules would have hit */
	KEY_DEAD,      /* stream: what was given up on, whole, and why */
	KEY_STATS,     /* hash: counts by verdict and by rule */
	KEYS
};

enum { PREFIX_SIZE = 128 };

struct keys {
	char name[KEYS][PREFIX_SIZE + 16];
};

/* False: the prefix is empty or longer than PREFIX_SIZE. */
bool keys_make(struct keys *keys, const char *prefix);

/*
 * The Lua scripts, each a file of its own beside this one and compiled in: what is to
 * happen at once, or not at all. One script cannot call another's functions: what two of
 * them need (open_stream()) stands in both.
 */
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
