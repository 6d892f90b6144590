/*
 * What a replay found, and the two ways of telling it.
 */
#ifndef DUYETD_COMMAND_REPLAY_H
#define DUYETD_COMMAND_REPLAY_H

#include <stdio.h>
#include "command/flips.h"
#include "command/color.h"
#include "command/counts.h"

struct replay {
	const struct ruleset *current, *proposed; /* proposed may be NULL */
	struct counts before; /* by the current rules, or without rules what history tells */
	struct counts after;  /* by the proposed rules, or by the current where there are none */
	struct flips flips;
	size_t textless; /* people's decisions on comments whose text history does not have */
	bool compared;	 /* there was something to compare with */
};

void replay_print_text(FILE *file, const struct colors *colors, const struct replay *replay);
void replay_print_json(FILE *file, const struct replay *replay);

#endif
