/*
 * What it costs to load a set of rules: `bench-lists RULES-DIR` prints on one line
 *	seconds peak-MiB libhs-seconds libhs-MiB database-MiB
 * Seconds are of CPU. libhs-seconds and libhs-MiB are the part that libhs takes: libhs-MiB is by
 *how much the peak grew while libhs compiled. Functions here replace those of libhs, call them, and
 * measure.
 */
#include <dlfcn.h>
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/problems.h"
#include "rules/ruleset.h"

static struct {
	double seconds, mib;
	size_t database_bytes;
	double began, peak;
} libhs;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Not ru_maxrss, which may be that of the program that started this one. */
static double peak_mib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	double kib = 0;

	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtod(line + 6, NULL);
	if (status)
		fclose(status);
	return kib / 1024;
}

static void *begin(const char *function)
{
	void *found = dlsym(RTLD_NEXT, function);

	if (!found) {
		fprintf(stderr, "bench-lists: libhs has no %s\n", function);
		exit(3);
	}
	libhs.began = now();
	libhs.peak = peak_mib();
	return found;
}

static hs_error_t end(hs_error_t result, hs_database_t *const *database)
{
	size_t bytes;

	libhs.seconds += now() - libhs.began;
	libhs.mib += peak_mib() - libhs.peak;
	if (result == HS_SUCCESS && hs_database_size(*database, &bytes) == HS_SUCCESS)
		libhs.database_bytes += bytes;
	return result;
}

hs_error_t hs_compile_lit_multi(const char *const *literal, const unsigned *flags,
				const unsigned *ids, const size_t *lens, unsigned count,
				unsigned mode, const hs_platform_info_t *platform,
				hs_database_t **database, hs_compile_error_t **error)
{
	__typeof__(&hs_compile_lit_multi) real = begin("hs_compile_lit_multi");

	return end(real(literal, flags, ids, lens, count, mode, platform, database, error),
		   database);
}

hs_error_t hs_compile_multi(const char *const *pattern, const unsigned *flags, const unsigned *ids,
			    unsigned count, unsigned mode, const hs_platform_info_t *platform,
			    hs_database_t **database, hs_compile_error_t **error)
{
	__typeof__(&hs_compile_multi) real = begin("hs_compile_multi");

	return end(real(pattern, flags, ids, count, mode, platform, database, error), database);
}

int main(int argc, char **argv)
{
	struct problems *problems = problems_new();
	double began = now();
	struct ruleset *rules = argc == 2 ? ruleset_load(argv[1], problems) : NULL;

	if (!rules) {
		fprintf(stderr, "usage: bench-lists RULES-DIR, with rules that load\n");
		return 2;
	}
	printf("%.3f %.1f %.3f %.1f %.1f\n", now() - began, peak_mib(), libhs.seconds, libhs.mib,
	       (double)libhs.database_bytes / 1048576);
	ruleset_free(rules);
	problems_free(problems);
	return 0;
}
