/*
 * The result of a replay: counts, comments that would be decided differently, and the two forms in
 * which both are printed.
 */
#ifndef DUYETD_COMMAND_REPLAY_H
#define DUYETD_COMMAND_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "command/json_comment.h"
#include "command/terminal.h"
#include "redis/blocking.h"
#include "rules/ruleset.h"

/*
 * Counts of how a rule set decides many comments: by decision, rule and term, and how well they
 * agree with people's decisions. Each thread has its own, merged at the end.
 */
enum { DECISIONS = DECISION_REJECT + 1 };

struct hit_counts {
	uint64_t hits;
	uint64_t alone;	    /* of them, those that no other rule hits */
	uint64_t good, bad; /* of them, those that a person approved, and rejected */
};

struct counts {
	const struct ruleset *rules; /* NULL: only decisions are counted */
	uint64_t comments, decisions[DECISIONS];
	uint64_t good, bad;	   /* comments that a person approved, and rejected */
	struct hit_counts decided; /* all that were not approved, as if by one rule */
	struct hit_counts malformed;
	struct hit_counts *rule; /* one a rule, in file order */
	uint64_t *term;		 /* hits of each phrase and pattern */
};

/* Returns false when out of memory. */
bool counts_begin(struct counts *counts, const struct ruleset *rules);
void counts_end(struct counts *counts);

void counts_add(struct counts *counts, const struct verdict *verdict, enum label label);
/* The same for a past decision whose rules are not known; for counts without rules. */
void counts_add_decision(struct counts *counts, enum decision decision, enum label label);
/* Adds what `other`, of the same rules, has counted. */
void counts_merge(struct counts *counts, const struct counts *other);

/*
 * Comments that would be decided differently, counted by the decision before and after, with the
 * first few of each kind in the order of the input.
 */
enum { FLIPS_SPANS = 8 };

/* One example. */
struct flip {
	uint64_t order; /* rises with the place in the input */
	char *id, *rules, *text;
	size_t id_len, text_len;
	struct span spans[FLIPS_SPANS]; /* the hits in the text */
	size_t span_count;
};

struct flip_list {
	struct flip *flip;
	size_t count, room;
};

struct flips {
	size_t most;					 /* examples kept of each kind */
	uint64_t count[DECISIONS][DECISIONS];		 /* [before][after] */
	struct flip_list examples[DECISIONS][DECISIONS]; /* in the order of the input */
	bool failed;
};

void flips_begin(struct flips *flips, size_t most);
void flips_end(struct flips *flips);

/* `stricter` is the one of the two verdicts whose hits are shown. */
void flips_add(struct flips *flips, enum decision before, enum decision after,
	       const struct verdict *stricter, const struct comment *comment, uint64_t order);
/* Moves the examples of `other` here, and leaves it empty. */
void flips_merge(struct flips *flips, struct flips *other);

const struct flip *flips_examples(const struct flips *flips, enum decision before,
				  enum decision after, size_t *count);

/*
 * Comments whose decision replay_apply.c changes: it sends a review for each. Comments that the
 * rules now hold are not changed.
 */
enum change_state {
	CHANGE_NOT_SENT, /* or sending was not confirmed */
	CHANGE_SENT,
	CHANGE_HELD,	/* by the current rules, and no person has decided */
	CHANGE_DECIDED, /* by a person, or no longer rejected */
	CHANGE_EDITED,	/* another entry is judged under this id */
	CHANGE_UNJUDGED /* failed a rule that cannot judge again */
};

struct change {
	uint64_t order;
	char *id, *entry, *reason;
	enum decision before, after;
	enum change_state state;
};

struct changes {
	struct change *change;
	size_t count, room;
	char note[sizeof "replay 2026-01-31T23:59:59Z"]; /* of the reviews; names this run */
	bool failed;
};

/* Zeroed at first. `state` is CHANGE_NOT_SENT or CHANGE_UNJUDGED. */
void changes_add(struct changes *changes, const struct past_comment *past,
		 const struct verdict *after, enum change_state state, uint64_t order);
/* Moves those of `other` here, and leaves it empty. */
void changes_merge(struct changes *changes, struct changes *other);
void changes_end(struct changes *changes);
uint64_t changes_count(const struct changes *changes, enum change_state state);

/* All borrowed. */
struct apply_options {
	const struct endpoint *source;
	const char *password_file; /* NULL for none */
	const char *stream;	   /* PREFIX:rejected or PREFIX:held */
	const char *by;
};

/* Sends the reviews, in the order of the input, until an interrupt. Returns the exit status; unless
 * it is EXIT_DONE, an error message was printed. */
int replay_apply(struct changes *changes, const struct apply_options *options);

/* The whole result. */
struct replay {
	const struct ruleset *current, *proposed; /* proposed may be NULL */
	const char *current_dir, *proposed_dir;	  /* their directories, as given */
	struct counts before; /* by the current rules; without proposed ones, past decisions */
	struct counts after;  /* by the proposed rules; without those, by the current */
	struct flips flips;
	struct flips disputed;	 /* what a person decided, and `after` decides otherwise */
	size_t textless;	 /* decisions left out, since the comment's text is not known */
	size_t unknown_verdicts; /* comments whose `verdict` is no decision */
	bool compared;		 /* there was something to compare with */
	bool applied;		 /* `changes` is what was sent */
	bool one_rule;		 /* only comments that failed one rule */
	struct changes changes;
};

void replay_print_text(FILE *file, const struct colors *colors, const struct replay *replay);
/* Returns false when out of memory. */
bool replay_print_json(FILE *file, const struct replay *replay);

#endif
