#include "queue/keys.h"

#include <stdio.h>
#include <string.h>

bool keys_make(struct keys *keys, const char *prefix)
{
	static const char *const names[KEYS] = {
		[KEY_SUBMITTED] = "submitted", [KEY_VERDICTS] = "verdicts",
		[KEY_REJECTED] = "rejected",   [KEY_HELD] = "held",
		[KEY_REVIEW] = "review",       [KEY_REVIEWED] = "reviewed",
		[KEY_REPLY] = "reply",	       [KEY_WATCHED] = "watched",
		[KEY_DEAD] = "dead",	       [KEY_STATS] = "stats",
	};

	if (!*prefix || strlen(prefix) > PREFIX_SIZE)
		return false;
	for (int i = 0; i < KEYS; i++)
		snprintf(keys->name[i], sizeof keys->name[i], "%s:%s", prefix, names[i]);
	return true;
}

const struct script_source script_sources[SCRIPTS] = {
	[SCRIPT_SETTLE] =
		{
#include "settle.lua.h"
		},
	[SCRIPT_BURY] =
		{
#include "dead_letter.lua.h"
		},
	[SCRIPT_ORPHANS] =
		{
#include "orphans.lua.h"
		},
	[SCRIPT_REVIEW] =
		{
#include "review.lua.h"
		},
	[SCRIPT_HELD] =
		{
#include "hold_expiry.lua.h"
		},
	[SCRIPT_GAUGE] =
		{
#include "gauge.lua.h"
		},
};
