#include "monitor/metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "base/grow.h"
#include "base/log.h"
#include "rules/ruleset.h"

/* More names than any rules directory has. Rules beyond it are not counted. */
enum { MOST_RULES = 4096 };

void histogram_count(struct histogram *histogram, double value)
{
	int i = 0;

	while (i < HISTOGRAM_BOUNDS && histogram->bounds[i] > 0 && value > histogram->bounds[i])
		i++;
	if (i == HISTOGRAM_BOUNDS || histogram->bounds[i] <= 0)
		i = HISTOGRAM_BOUNDS; /* +Inf */
	histogram->counts[i]++;
	histogram->sum += value;
}

void metrics_init(struct metrics *metrics)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*metrics = (struct metrics){
		.started = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
		.judging.bounds = {1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 1e-1},
		.latency.bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
				   5, 10, 60, 600, 3600},
		.batches.bounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024},
	};
}

void metrics_free(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->rule_count; i++)
		free(metrics->rules[i].name);
	free(metrics->rules);
}

struct rule_counts *metrics_rule(struct metrics *metrics, const char *name)
{
	char *copy;

	for (size_t i = 0; i < metrics->rule_count; i++)
		if (!strcmp(metrics->rules[i].name, name))
			return &metrics->rules[i];
	if (metrics->rule_count == MOST_RULES)
		return NULL;
	if (!grow(metrics->rules, metrics->rule_count + 1, &metrics->rule_room))
		return NULL;
	copy = strdup(name);
	if (!copy)
		return NULL;
	metrics->rules[metrics->rule_count] = (struct rule_counts){.name = copy};
	return &metrics->rules[metrics->rule_count++];
}

/* The page /metrics. Figures have 15 digits: more show the rounding errors of sums
 * (0.56499999999999995). */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP duyetd_%s %s\n# TYPE duyetd_%s %s\n", name, help, name, type);
}

/* No value needs an escape: names of rules have letters, digits, -, _ and . only. */
static void sample(struct buf *out, const char *name, const char *label, const char *value,
		   double number)
{
	buf_printf(out, "duyetd_%s{%s=\"%s\"} %.15g\n", name, label, value, number);
}

static void print_counters(const struct metrics *metrics, struct buf *out)
{
	static const struct {
		const char *name, *help;
		size_t at;
	} rows[] = {
		{"comments_judged_total", "Comments judged; one delivered again counts again.",
		 offsetof(struct metrics, judged)},
		{"entries_settled_total", "Entries whose verdict this process published.",
		 offsetof(struct metrics, settled)},
		{"checks_broken_total", "Checks that could not be finished and counted as failing.",
		 offsetof(struct metrics, broken)},
		{"entries_claimed_total", "Entries claimed after an earlier delivery.",
		 offsetof(struct metrics, claimed)},
		{"entries_orphaned_total", "Entries found that no consumer held.",
		 offsetof(struct metrics, orphans)},
		{"entries_dead_total", "Entries moved to PREFIX:dead.",
		 offsetof(struct metrics, dead)},
		{"reviews_total", "Decisions of people that were published.",
		 offsetof(struct metrics, reviews)},
		{"redis_disconnects_total", "Lost connections to Redis.",
		 offsetof(struct metrics, redis.disconnects)},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t value;

		memcpy(&value, (const char *)metrics + rows[i].at, sizeof value);
		head(out, rows[i].name, "counter", rows[i].help);
		buf_printf(out, "duyetd_%s %" PRIu64 "\n", rows[i].name, value);
	}
	head(out, "log_lines_lost_total", "counter",
	     "Log lines lost because the reader of stderr had no room for them.");
	buf_printf(out, "duyetd_log_lines_lost_total %llu\n", log_lost());
}

static void print_by_label(const struct metrics *metrics, struct buf *out)
{
	head(out, "verdicts_total", "counter", "Comments judged, by verdict.");
	for (int i = 0; i <= DECISION_REJECT; i++)
		sample(out, "verdicts_total", "verdict", decision_name((enum decision)i),
		       (double)metrics->verdicts[i]);
	head(out, "rule_hits_total", "counter",
	     "Comments that failed the rule; watch rules count too.");
	for (size_t i = 0; i < metrics->rule_count; i++)
		sample(out, "rule_hits_total", "rule", metrics->rules[i].name,
		       (double)metrics->rules[i].hits);
	head(out, "rule_broken_total", "counter",
	     "Checks of a rule that could not be finished and counted as failing.");
	for (size_t i = 0; i < metrics->rule_count; i++)
		sample(out, "rule_broken_total", "rule", metrics->rules[i].name,
		       (double)metrics->rules[i].broken);
	head(out, "redis_errors_total", "counter", "Error replies of Redis, by kind.");
	for (int i = FAULT_LOST + 1; i < FAULTS; i++)
		sample(out, "redis_errors_total", "kind", fault_name((enum fault)i),
		       (double)metrics->redis.faults[i]);
	head(out, "review_errors_total", "counter",
	     "Error replies of Redis on the connections for reviews, by kind.");
	for (int i = FAULT_LOST + 1; i < FAULTS; i++)
		sample(out, "review_errors_total", "kind", fault_name((enum fault)i),
		       (double)metrics->review_redis.faults[i]);
	head(out, "reloads_total", "counter", "Reloads of the rules, by result.");
	sample(out, "reloads_total", "result", "loaded", (double)metrics->reloads);
	sample(out, "reloads_total", "result", "failed", (double)metrics->reload_failures);
}

static void print_histogram(struct buf *out, const char *name, const char *help,
			    const struct histogram *histogram)
{
	uint64_t total = 0;

	head(out, name, "histogram", help);
	for (int i = 0; i < HISTOGRAM_BOUNDS && histogram->bounds[i] > 0; i++) {
		total += histogram->counts[i];
		buf_printf(out, "duyetd_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
			   histogram->bounds[i], total);
	}
	total += histogram->counts[HISTOGRAM_BOUNDS];
	buf_printf(out, "duyetd_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, total);
	buf_printf(out, "duyetd_%s_sum %.15g\nduyetd_%s_count %" PRIu64 "\n", name, histogram->sum,
		   name, total);
}

static void gauge(struct buf *out, const char *name, const char *help, double value)
{
	if (value < 0)
		return;
	head(out, name, "gauge", help);
	buf_printf(out, "duyetd_%s %.15g\n", name, value);
}

static void print_gauges(const struct metrics *metrics, const struct gauges *gauges,
			 struct buf *out)
{
	gauge(out, "redis_up", "1 when Redis is reached.", gauges->up);
	gauge(out, "stalled", "1 when comments wait and none was settled for 2 * --claim-after.",
	      gauges->stalled);
	gauge(out, "backlog_entries", "Entries that wait to be settled.", (double)gauges->backlog);
	gauge(out, "pending_entries", "Entries delivered and not settled.",
	      (double)gauges->pending);
	gauge(out, "held_entries", "Comments held for a person.", (double)gauges->held);
	gauge(out, "oldest_held_seconds",
	      "How long the oldest held comment has waited for a person.", gauges->oldest_held);
	gauge(out, "oldest_entry_seconds", "How long the oldest entry has waited.", gauges->oldest);
	gauge(out, "reviews_up", "1 when Redis is reached for reviews.", gauges->reviews_up);
	gauge(out, "review_entries", "Reviews that wait to be settled.", (double)gauges->reviews);
	gauge(out, "oldest_review_seconds", "How long the oldest review has waited.",
	      gauges->oldest_review);
	gauge(out, "last_reload_seconds", "How long the last load of rules took.",
	      metrics->reload_seconds);
	gauge(out, "rules", "Rules loaded.", (double)ruleset_count(gauges->rules));
	head(out, "rules_info", "gauge", "1; the label is the id of the rules that judge.");
	sample(out, "rules_info", "ruleset", ruleset_id(gauges->rules), 1);
	head(out, "build_info", "gauge", "1; the label is the version.");
	sample(out, "build_info", "version", DUYETD_VERSION, 1);
}

/* Bytes; 0 when /proc cannot be read. */
static void measure_memory(double *virtual, double *resident)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";
	char *rest = line;
	double page = (double)sysconf(_SC_PAGESIZE);

	if (file && !fgets(line, sizeof line, file))
		*line = '\0';
	if (file)
		fclose(file);
	*virtual = (double)strtoul(line, &rest, 10) * page;
	*resident = (double)strtoul(rest, NULL, 10) * page;
}

static double soft_limit(const struct rlimit *limit)
{
	return limit->rlim_cur == RLIM_INFINITY ? -1 : (double)limit->rlim_cur;
}

static int open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = -3; /* . and .. and the directory's own */

	if (!directory)
		return -1;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* The names are those of Prometheus's own client libraries; a limit of -1 is none. */
static void print_process(const struct metrics *metrics, struct buf *out)
{
	struct rusage usage = {0};
	struct rlimit memory = {0}, files = {0};
	double virtual, resident;

	getrusage(RUSAGE_SELF, &usage);
	getrlimit(RLIMIT_AS, &memory);
	getrlimit(RLIMIT_NOFILE, &files);
	measure_memory(&virtual, &resident);
	const struct {
		const char *name, *type, *help;
		double value;
	} rows[] = {
		{"cpu_seconds_total", "counter", "CPU time used.",
		 (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6},
		{"virtual_memory_bytes", "gauge", "Address space in use.", virtual},
		{"virtual_memory_max_bytes", "gauge", "Address space allowed; -1: no limit.",
		 soft_limit(&memory)},
		{"resident_memory_bytes", "gauge", "Memory in use.", resident},
		{"open_fds", "gauge", "Files open.", open_files()},
		{"max_fds", "gauge", "Most open files allowed.", soft_limit(&files)},
		{"start_time_seconds", "gauge", "Start time in Unix time.", metrics->started},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		buf_printf(out, "# HELP process_%s %s\n# TYPE process_%s %s\nprocess_%s %.15g\n",
			   rows[i].name, rows[i].help, rows[i].name, rows[i].type, rows[i].name,
			   rows[i].value);
}

void prometheus_print(const struct metrics *metrics, const struct gauges *gauges, struct buf *out)
{
	print_counters(metrics, out);
	print_by_label(metrics, out);
	print_histogram(out, "judging_seconds", "Time to judge one comment.", &metrics->judging);
	print_histogram(out, "verdict_latency_seconds", "Time from submission to verdict.",
			&metrics->latency);
	print_histogram(out, "batch_entries", "Entries a batch.", &metrics->batches);
	print_gauges(metrics, gauges, out);
	print_process(metrics, out);
}
