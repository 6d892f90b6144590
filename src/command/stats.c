/* stats: verdicts by day, and how often people overturned each rule. */
#include "command/command.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/grow.h"
#include "base/json.h"
#include "base/options.h"
#include "base/parse.h"
#include "command/figures.h"
#include "command/terminal.h"
#include "queue/queue.h"
#include "redis/blocking.h"

enum format { FORMAT_TEXT, FORMAT_JSON };
enum { MOST_DAYS = 3660, DAY_S = 86400, BAR = 16, NAME_COLUMNS = 20, LEAST_COLUMNS = 10 };

struct settings {
	const char *redis, *password_file, *prefix;
	int64_t days;
	int format, color;
};

static const struct option_row rows[] = {
	{"days", "N", OPTION_NUMBER, offsetof(struct settings, days), .initial = "7", .least = 1,
	 .most = MOST_DAYS, .help = "number of days; the last is today, in UTC"},
	{"redis", "URL", OPTION_STRING, offsetof(struct settings, redis),
	 .initial = "redis://127.0.0.1:6379", .help = "where Redis is, as for run; no sentinels"},
	{"redis-password-file", "FILE", OPTION_STRING, offsetof(struct settings, password_file),
	 .help = "file with Redis's password"},
	{"prefix", "P", OPTION_STRING, offsetof(struct settings, prefix), .initial = "comments",
	 .help = "what all keys begin with, as for run"},
	{"format", "text|json", OPTION_CHOICE, offsetof(struct settings, format), .initial = "text",
	 .help = "json is for programs: one object"},
	{"color", COLOR_CHOICES, OPTION_CHOICE, offsetof(struct settings, color), .initial = "auto",
	 .help = "colours; auto is where the output is a terminal"},
};

static struct option_origin origins[sizeof rows / sizeof rows[0]];

static const struct usage usage = {
	.command = "stats",
	.operands = "",
	.about = "Prints the decisions of each day, and for each rule how many of its rejections\n"
		 "people overturned: the rule that is wrong most often comes first.\n"
		 "Decisions of people count on the day of the comment's first verdict.",
	.example = "  duyetd stats --days 30\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.origins = origins,
};

/* The counts of a day that do not belong to a rule. */
enum day_count {
	APPROVE,
	REJECT,
	HOLD,
	REVIEWED,
	OVERTURNED,
	HELD_DECIDED,
	HELD_TOO_LONG,
	DAY_COUNTS
};

static const char *const day_names[DAY_COUNTS] = {
	[APPROVE] = "approve",
	[REJECT] = "reject",
	[HOLD] = "hold",
	[REVIEWED] = "reviewed",
	[OVERTURNED] = "overturned",
	[HELD_DECIDED] = "held-decided",
	[HELD_TOO_LONG] = "held-too-long",
};

/* The counts of a rule: NAME:RULE. */
enum rule_count { HITS, HELD, RULE_OVERTURNED, HELD_APPROVED, HELD_REJECTED, WATCHED, RULE_COUNTS };

static const char *const rule_names[RULE_COUNTS] = {
	[HITS] = "rule",
	[HELD] = "held",
	[RULE_OVERTURNED] = "overturned",
	[HELD_APPROVED] = "held-approved",
	[HELD_REJECTED] = "held-rejected",
	[WATCHED] = "watch",
};

struct day {
	char name[16]; /* 2026-11-27 */
	uint64_t counts[DAY_COUNTS];
};

struct rule_row {
	char *name;
	uint64_t counts[RULE_COUNTS];
};

struct stats {
	struct day *days; /* the oldest first */
	size_t day_count;
	struct rule_row *rules; /* while they are read, sorted by name */
	size_t rule_count, rule_room;
};

/* Reading. */

/* The index of the rule, or of where it belongs. */
static size_t find_rule(const struct stats *stats, const char *name)
{
	size_t from = 0, until = stats->rule_count;

	while (from < until) {
		size_t middle = (from + until) / 2;

		if (strcmp(stats->rules[middle].name, name) < 0)
			from = middle + 1;
		else
			until = middle;
	}
	return from;
}

/* The row of the rule, which is added if it is new. Returns NULL when out of memory. */
static struct rule_row *rule_row(struct stats *stats, const char *name)
{
	size_t at = find_rule(stats, name);
	char *copy;

	if (at < stats->rule_count && !strcmp(stats->rules[at].name, name))
		return &stats->rules[at];
	if (!grow(stats->rules, stats->rule_count + 1, &stats->rule_room) || !(copy = strdup(name)))
		return NULL;
	memmove(&stats->rules[at + 1], &stats->rules[at],
		(stats->rule_count++ - at) * sizeof *stats->rules);
	stats->rules[at] = (struct rule_row){.name = copy};
	return &stats->rules[at];
}

/* Returns false when out of memory. Unknown fields are left out. */
static bool add_count(struct stats *stats, struct day *day, const char *name, uint64_t count)
{
	const char *colon = strchr(name, ':');

	for (int i = 0; i < DAY_COUNTS; i++)
		if (!strcmp(name, day_names[i]))
			day->counts[i] = count;
	for (int i = 0; colon && i < RULE_COUNTS; i++) {
		struct rule_row *rule;

		if (strlen(rule_names[i]) != (size_t)(colon - name) ||
		    memcmp(name, rule_names[i], (size_t)(colon - name)) != 0)
			continue;
		rule = rule_row(stats, colon + 1);
		if (!rule)
			return false;
		rule->counts[i] += count;
	}
	return true;
}

/* `hash`: names and values in turn. */
static bool add_day(struct stats *stats, struct day *day, const redisReply *hash)
{
	for (size_t i = 0; i + 1 < hash->elements; i += 2) {
		const redisReply *name = hash->element[i], *value = hash->element[i + 1];
		int64_t count;

		if (name->type == REDIS_REPLY_STRING && value->type == REDIS_REPLY_STRING &&
		    parse_number(value->str, &count) && count > 0 &&
		    !add_count(stats, day, name->str, (uint64_t)count))
			return false;
	}
	return true;
}

static bool read_day(struct stats *stats, struct day *day, struct blocking *blocking,
		     const char *key)
{
	redisReply *hash = redisCommand(blocking->redis, "HGETALL %s:%s", key, day->name);
	bool good = blocking_is_good(blocking, hash);

	if (good && !add_day(stats, day, hash))
		good = blocking_fail(blocking, "out of memory");
	freeReplyObject(hash);
	return good;
}

static bool read_days(struct stats *stats, struct blocking *blocking, const char *key)
{
	time_t now = time(NULL);

	if (!blocking_open(blocking))
		return false;
	for (size_t i = 0; i < stats->day_count; i++) {
		time_t then = now - (time_t)(stats->day_count - 1 - i) * DAY_S;
		struct tm date;

		gmtime_r(&then, &date);
		strftime(stats->days[i].name, sizeof stats->days[i].name, "%Y-%m-%d", &date);
		if (!read_day(stats, &stats->days[i], blocking, key))
			return false;
	}
	return true;
}

/* Whether nothing was counted: neither on these days nor, as the totals say, before. */
static bool is_uncounted(const struct stats *stats, struct blocking *blocking, const char *key)
{
	redisReply *totals;
	bool empty;

	if (stats->rule_count)
		return false;
	for (size_t i = 0; i < stats->day_count; i++)
		for (int k = 0; k < DAY_COUNTS; k++)
			if (stats->days[i].counts[k])
				return false;
	totals = redisCommand(blocking->redis, "HGETALL %s", key);
	empty = totals && totals->type == REDIS_REPLY_ARRAY && !totals->elements;
	freeReplyObject(totals);
	return empty;
}

/* The rejections of a rule. A decision whose day is not known counts on another day than its
 * verdict, so there may be more overturned than rejected. */
static uint64_t rejections(const struct rule_row *rule)
{
	const uint64_t *counts = rule->counts;
	uint64_t rejected = counts[HITS] > counts[HELD] ? counts[HITS] - counts[HELD] : 0;

	return rejected > counts[RULE_OVERTURNED] ? rejected : counts[RULE_OVERTURNED];
}

static int by_share(const void *one, const void *other)
{
	const struct rule_row *a = one, *b = other;
	double low_a = figures_share(a->counts[RULE_OVERTURNED], rejections(a)).low;
	double low_b = figures_share(b->counts[RULE_OVERTURNED], rejections(b)).low;

	if (low_a != low_b)
		return low_a < low_b ? 1 : -1;
	if (a->counts[HITS] != b->counts[HITS])
		return a->counts[HITS] < b->counts[HITS] ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* As text. */

static void print_bar(const struct colors *colors, uint64_t part, uint64_t count)
{
	int full = (int)(figures_share(part, count).share * (int)BAR + 0.5);

	fprintf(stdout, "  %s", colors->bad);
	for (int i = 0; i < BAR; i++) {
		if (i == full)
			fputs(colors->off, stdout);
		putchar(i < full ? '#' : '.');
	}
	fprintf(stdout, "%s  ", colors->off);
	figures_print_share(stdout, part, count);
	putchar('\n');
}

static void print_name(const char *name)
{
	terminal_print(stdout, name, strlen(name));
	for (size_t i = strlen(name); i < NAME_COLUMNS; i++)
		putchar(' ');
}

static int width_of(int column)
{
	int len = (int)strlen(day_names[column]);

	return len > LEAST_COLUMNS ? len : LEAST_COLUMNS;
}

static void print_counts(const uint64_t *counts)
{
	char text[FIGURES_SIZE];

	for (int i = 0; i < DAY_COUNTS; i++)
		printf(" %*s", width_of(i), figures_grouped(counts[i], text));
	putchar('\n');
}

static void print_days(const struct stats *stats)
{
	uint64_t total[DAY_COUNTS] = {0};

	printf("%-10s", "day");
	for (int i = 0; i < DAY_COUNTS; i++)
		printf(" %*s", width_of(i), day_names[i]);
	putchar('\n');
	for (size_t i = 0; i < stats->day_count; i++) {
		fputs(stats->days[i].name, stdout);
		print_counts(stats->days[i].counts);
		for (int k = 0; k < DAY_COUNTS; k++)
			total[k] += stats->days[i].counts[k];
	}
	printf("%-10s", "all");
	print_counts(total);
}

static void print_rules(const struct stats *stats, const struct colors *colors)
{
	if (!stats->rule_count)
		return;
	printf("\n%-*s %12s %12s  %s\n", NAME_COLUMNS, "rule", "hits", "overturned",
	       "share of its rejections, with the 95 % interval");
	for (size_t i = 0; i < stats->rule_count; i++) {
		const struct rule_row *rule = &stats->rules[i];

		if (!rule->counts[HITS] && !rule->counts[RULE_OVERTURNED])
			continue;
		print_name(rule->name);
		figures_print_number(stdout, rule->counts[HITS]);
		figures_print_number(stdout, rule->counts[RULE_OVERTURNED]);
		print_bar(colors, rule->counts[RULE_OVERTURNED], rejections(rule));
	}
}

static bool has_any(const struct stats *stats, enum rule_count count)
{
	for (size_t i = 0; i < stats->rule_count; i++)
		if (stats->rules[i].counts[count])
			return true;
	return false;
}

static void print_held(const struct stats *stats, const struct colors *colors)
{
	if (has_any(stats, HELD) || has_any(stats, HELD_APPROVED) || has_any(stats, HELD_REJECTED))
		printf("\n%-*s %12s %12s  %s\n", NAME_COLUMNS, "held by", "held", "approved",
		       "share of what people decided");
	for (size_t i = 0; i < stats->rule_count; i++) {
		const struct rule_row *rule = &stats->rules[i];
		uint64_t approved = rule->counts[HELD_APPROVED];
		uint64_t decided = approved + rule->counts[HELD_REJECTED];

		if (!rule->counts[HELD] && !decided)
			continue;
		print_name(rule->name);
		figures_print_number(stdout, rule->counts[HELD]);
		figures_print_number(stdout, approved);
		print_bar(colors, approved, decided);
	}
}

static void print_watched(const struct stats *stats)
{
	if (has_any(stats, WATCHED))
		printf("\n%-*s %12s\n", NAME_COLUMNS, "watched by", "comments");
	for (size_t i = 0; i < stats->rule_count; i++) {
		if (!stats->rules[i].counts[WATCHED])
			continue;
		print_name(stats->rules[i].name);
		figures_print_number(stdout, stats->rules[i].counts[WATCHED]);
		putchar('\n');
	}
}

/* As JSON. */

static void add_day_json(struct buf *out, const struct day *day)
{
	buf_printf(out, "{\"day\":\"%s\"", day->name);
	for (int i = 0; i < DAY_COUNTS; i++)
		figures_add_count(out, day_names[i], day->counts[i]);
	buf_add_char(out, '}');
}

static void add_rule_json(struct buf *out, const struct rule_row *rule)
{
	const uint64_t *counts = rule->counts;

	buf_add_string(out, "{\"rule\":");
	json_add_text(out, rule->name);
	figures_add_count(out, "hits", counts[HITS]);
	for (int i = HELD; i < RULE_COUNTS; i++)
		figures_add_count(out, rule_names[i], counts[i]);
	figures_add_share(out, "overturned-share", counts[RULE_OVERTURNED], rejections(rule));
	figures_add_share(out, "held-approved-share", counts[HELD_APPROVED],
			  counts[HELD_APPROVED] + counts[HELD_REJECTED]);
	buf_add_char(out, '}');
}

/* Returns false when out of memory. */
static bool print_json(const struct stats *stats)
{
	struct buf out = {0};
	bool done;

	buf_add_string(&out, "{\"days\":[");
	for (size_t i = 0; i < stats->day_count; i++) {
		buf_add_string(&out, i ? "," : "");
		add_day_json(&out, &stats->days[i]);
	}
	buf_add_string(&out, "],\"rules\":[");
	for (size_t i = 0; i < stats->rule_count; i++) {
		buf_add_string(&out, i ? "," : "");
		add_rule_json(&out, &stats->rules[i]);
	}
	buf_add_string(&out, "]}\n");
	done = !out.failed;
	if (done)
		fwrite(buf_string(&out), 1, out.len, stdout);
	buf_free(&out);
	return done;
}

/* Returns false when out of memory. */
static bool print(const struct settings *settings, struct stats *stats)
{
	struct colors colors = colors_for(stdout, settings->color);

	if (stats->rule_count)
		qsort(stats->rules, stats->rule_count, sizeof *stats->rules, by_share);
	if (settings->format == FORMAT_JSON)
		return print_json(stats);
	print_days(stats);
	print_rules(stats, &colors);
	print_held(stats, &colors);
	print_watched(stats);
	return true;
}

/* The command. */

static void free_stats(struct stats *stats)
{
	for (size_t i = 0; i < stats->rule_count; i++)
		free(stats->rules[i].name);
	free(stats->rules);
	free(stats->days);
}

static int run(const struct settings *settings, struct blocking *blocking, const char *key)
{
	struct stats stats = {.day_count = (size_t)settings->days};
	bool done = false, uncounted;

	stats.days = calloc(stats.day_count, sizeof *stats.days);
	if (stats.days)
		done = read_days(&stats, blocking, key);
	else
		blocking_fail(blocking, "out of memory");
	uncounted = done && is_uncounted(&stats, blocking, key);
	blocking_close(blocking);
	if (!done)
		fprintf(stderr, "duyetd stats: cannot read %s:YYYY-MM-DD from %s: %s\n", key,
			settings->redis, blocking->why);
	else if (!(done = print(settings, &stats)))
		fprintf(stderr, "duyetd stats: out of memory\n");
	if (uncounted)
		fprintf(stderr,
			"duyetd stats: %s is empty or does not exist: no verdict was counted with "
			"the prefix %s\n",
			key, settings->prefix);
	free_stats(&stats);
	return done ? EXIT_DONE : EXIT_UNAVAILABLE;
}

int command_stats(char **argv)
{
	struct settings settings;
	struct endpoint endpoint;
	struct keys keys;
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct blocking blocking = {.endpoint = &endpoint};
	const char *why;

	if (status != OPTIONS_GO_ON)
		return status;
	why = endpoint_parse(settings.redis, &endpoint);
	if (why)
		return command_wrong_redis(&usage, settings.redis, why);
	why = keys_make(&keys, settings.prefix);
	if (why)
		return command_wrong(&usage, "prefix", settings.prefix, why);
	blocking.password_file = settings.password_file;
	blocking.key = keys.name[KEY_STATS];
	return run(&settings, &blocking, keys.name[KEY_STATS]);
}
