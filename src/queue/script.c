#include "queue/script.h"

const struct script_source script_sources[SCRIPTS] = {
	[SCRIPT_SETTLE] =
		{
#include "settle.lua.h"
		},
	[SCRIPT_BURY] =
		{
#include "bury.lua.h"
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
#include "held.lua.h"
		},
	[SCRIPT_GAUGE] =
		{
#include "gauge.lua.h"
		},
};
