/* The result of a replay, and the two forms in which it is printed. */
#ifndef DUYETD_COMMAND_REPLAY_H
#define DUYETD_COMMAND_REPLAY_H

#include <stdio.h>
#include "command/flips.h"
#include "command/color.h"
#include "command/counts.h"

struct replay {
	const struct ruleset *current, *proposed; /* proposed may be NULL */
	struct counts before; /* by the current rules; without proposed ones, past decisions */
	struct counts after;  /* by the proposed rules; without those, by the current */
	struct flips flips;
	size_t textless; /* people's decisions left out, since their text is not known */
	bool compared;	 /* there was something to compare with */
};

void replay_print_text(FILE *file, const struct colors *colors, const struct replay *replay);
void replay_print_json(FILE *file, const struct replay *replay);

#endif
