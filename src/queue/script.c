#include "queue/script.h"

static const char *const texts[SCRIPTS] = {
	[SCRIPT_SETTLE] =
#include "settle.lua.h"
		,
	[SCRIPT_BURY] =
#include "bury.lua.h"
		,
	[SCRIPT_ORPHANS] =
#include "orphans.lua.h"
		,
	[SCRIPT_REVIEW] =
#include "review.lua.h"
		,
	[SCRIPT_HELD] =
#include "held.lua.h"
		,
	[SCRIPT_GAUGE] =
#include "gauge.lua.h"
		,
};

const char *script_text(enum script script)
{
	return texts[script];
}
