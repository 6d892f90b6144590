#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "rules/match/hs_call.h"

/* As hs_scan(). */
typedef hs_error_t scan_function(const hs_database_t *database, const char *bytes, unsigned len,
				 unsigned flags, hs_scratch_t *scratch,
				 match_event_handler on_match, void *arg);

static hs_platform_info_t platform;
static scan_function *scan; /* finds all matches; NULL until one is chosen */

/* ---- the trial ------------------------------------------------------------------------ */

/* Each text ends with a match of one of these. */
static const char *const pattern[] = {"ab?c", "dq|a", "[đĐ]"};
enum {
	PATTERNS = sizeof pattern / sizeof *pattern,
	TEXTS = 1000,
	MOST = 150 /* bytes of filling */
};

static int note_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		      void *found)
{
	(void)from, (void)to, (void)flags;
	((bool *)found)[id] = true;
	return 0;
}

/* Whether all matches are found in texts of many lengths, filled partly with bytes of the patterns.
 */
static bool finds_all(scan_function *tried, const hs_database_t *database, hs_scratch_t *scratch)
{
	static const char *const filling[] = {"m", "m", "m", "m", "m", "a", "c", "một", "ﾞ", "🅐"};
	char text[MOST + 16];
	uint32_t random = 1;

	for (size_t i = 0; i < TEXTS; i++) {
		size_t len = 0, ending = i % 3 ? 0 : 2;
		bool found[PATTERNS] = {false};

		while (len < i % MOST) {
			random = random * 1103515245 + 12345;
			len = (size_t)(stpcpy(text + len, filling[random / 65536 % 10]) - text);
		}
		len = (size_t)(stpcpy(text + len, ending ? "đ" : "ac") - text);
		if (tried(database, text, (unsigned)len, 0, scratch, note_match, found) !=
			    HS_SUCCESS ||
		    !found[ending] || (ending == 0 && !found[1]))
			return false;
	}
	return true;
}

/* What is wrong with a function that scans; NULL: nothing. */
static const char *try_function(scan_function *tried)
{
	static const unsigned id[PATTERNS] = {0, 1, 2};
	unsigned flags[PATTERNS];
	hs_database_t *database = NULL;
	hs_scratch_t *scratch = NULL;
	hs_compile_error_t *error = NULL;
	const char *why = "out of memory";

	for (size_t i = 0; i < PATTERNS; i++)
		flags[i] = HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8;
	if (hs_compile_multi(pattern, flags, id, PATTERNS, HS_MODE_BLOCK, &platform, &database,
			     &error) == HS_SUCCESS &&
	    hs_alloc_scratch(database, &scratch) == HS_SUCCESS)
		why = finds_all(tried, database, scratch)
			      ? NULL
			      : "libhs loses matches on this CPU: expected Hyperscan, or a "
				"Vectorscan that has corei7_hs_scan()";
	hs_free_compile_error(error);
	hs_free_scratch(scratch);
	hs_free_database(database);
	return why;
}

/* ---- the choice ----------------------------------------------------------------------- */

static const char *choose(void)
{
	scan_function *older = (scan_function *)dlsym(RTLD_DEFAULT, "corei7_hs_scan");
	const char *why;

	if (hs_populate_platform(&platform) != HS_SUCCESS)
		return "libhs does not know this CPU";
	why = try_function(hs_scan);
	if (!why) {
		scan = hs_scan;
	} else if (older) {
		platform.cpu_features = 0;
		why = try_function(older);
		scan = why ? NULL : older;
	}
	return why;
}

const char *hs_call_choose(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	const char *why = scan ? NULL : choose();
	pthread_mutex_unlock(&lock);
	return why;
}

const hs_platform_info_t *hs_call_platform(void)
{
	return &platform;
}

bool hs_call_scan(const hs_database_t *database, const char *bytes, size_t len,
		  hs_scratch_t *scratch, match_event_handler on_match, void *arg)
{
	return scan(database, bytes, (unsigned)len, 0, scratch, on_match, arg) == HS_SUCCESS;
}
