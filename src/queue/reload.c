#include "queue/reload.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "monitor/metrics.h"
#include "monitor/sd_notify.h"
#include "queue/judging.h"
#include "redis/background.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

/* The nice value of the loading thread: it gets a tenth of the loop's CPU time when cores are busy.
 * Measured with 10,000 patterns, 3,000 comments a second and two cores for everything: p99 is 0.6
 * ms without a reload, 1.1 ms during one, and 2.7 ms during one without this nice value. */
enum { NICENESS = 10 };

struct reload {
	struct event_base *base;
	struct reload_options options;
	struct judging *judging;
	struct metrics *metrics;
	struct background *loading; /* NULL: none is under way */
	bool again;		    /* another load after it */
	int64_t start;		    /* ms, of clock_ms() */
	struct ruleset *rules;	    /* what was loaded; NULL: not loaded */
	struct problems *problems;
};

static void load(void *arg)
{
	struct reload *reload = arg;

	setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
	reload->problems = problems_new();
	reload->rules =
		reload->problems ? ruleset_load(reload->options.directory, reload->problems) : NULL;
}

static void log_problem(const struct problem *problem)
{
	char about[LOG_LINE / 2];
	const struct place *place = &problem->place;

	if (place->file && place->line)
		snprintf(about, sizeof about, "%s:%zu:%zu", place->file, place->line,
			 place->column);
	else
		snprintf(about, sizeof about, "%s", place->file ? place->file : "rules");
	log_event(problem->severity == PROBLEM_ERROR ? LOG_ERROR : LOG_WARNING, about, "%s",
		  problem->message);
}

/* Logs the first problems only. A file may have hundreds of thousands, and judging waits while they
 * are logged. */
static void log_problems(const struct problems *problems)
{
	enum { MOST_LOGGED = 50 };
	size_t count = 0, shown = 0;
	const struct problem *list = problems ? problems_list(problems, &count) : NULL;

	if (!problems || !problems_are_complete(problems))
		log_event(LOG_ERROR, "rules", "out of memory");
	for (size_t i = 0; i < count; i++) {
		if (list[i].severity == PROBLEM_HINT)
			continue;
		if (shown++ < MOST_LOGGED)
			log_problem(&list[i]);
	}
	if (shown > MOST_LOGGED)
		log_event(LOG_WARNING, "rules",
			  "more problems, which `duyetd check` shows count=%zu",
			  shown - MOST_LOGGED);
}

static void keep_rules(struct reload *reload)
{
	const char *id = ruleset_id(judging_rules(reload->judging));

	reload->metrics->reload_failures++;
	log_event(LOG_ERROR, "rules", "not loaded, the old rules stay in use ruleset=%s", id);
	reload->options.finished(reload->options.arg, false);
}

static void take_rules(struct reload *reload, struct ruleset *rules)
{
	const struct ruleset *old = judging_rules(reload->judging);
	char *diff = ruleset_diff(old, rules);

	reload->metrics->reloads++;
	log_event(LOG_INFO, "rules", "loaded old=%s ruleset=%s rules=%zu %s", ruleset_id(old),
		  ruleset_id(rules), ruleset_count(rules), diff && *diff ? diff : "changed=none");
	free(diff);
	judging_change_rules(reload->judging, rules);
	reload->options.finished(reload->options.arg, true);
}

static void take_result(struct reload *reload)
{
	struct ruleset *rules = reload->rules;
	struct problems *problems = reload->problems;

	reload->metrics->reload_seconds = (double)(clock_ms() - reload->start) / 1e3;
	reload->rules = NULL;
	reload->problems = NULL;
	log_problems(problems);
	if (rules)
		take_rules(reload, rules);
	else
		keep_rules(reload);
	problems_free(problems);
}

static void on_loaded(void *arg)
{
	struct reload *reload = arg;

	reload->loading = NULL;
	take_result(reload);
	if (reload->again)
		reload_start(reload);
}

void reload_start(struct reload *reload)
{
	reload->again = reload->loading;
	if (reload->loading)
		return;
	reload->start = clock_ms();
	sd_notify_reloading();
	log_event(LOG_INFO, "rules", "loading from=%s", reload->options.directory);
	reload->loading = background_start(reload->base, load, on_loaded, reload);
	if (!reload->loading)
		keep_rules(reload);
}

struct reload *reload_new(struct event_base *base, const struct reload_options *options,
			  struct judging *judging, struct metrics *metrics)
{
	struct reload *reload = calloc(1, sizeof *reload);

	if (!reload)
		return NULL;
	reload->base = base;
	reload->options = *options;
	reload->judging = judging;
	reload->metrics = metrics;
	return reload;
}

void reload_free(struct reload *reload)
{
	if (!reload)
		return;
	if (reload->loading) {
		background_wait(reload->loading);
		ruleset_free(reload->rules);
		problems_free(reload->problems);
	}
	free(reload);
}
