/* Loading the rules again in a thread, while the old ones judge. Judging is a fake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "monitor/metrics.h"
#include "queue/judging.h"
#include "queue/reload.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

static struct ruleset *current; /* what judging uses */
static unsigned changes;

const struct ruleset *judging_rules(const struct judging *judging)
{
	(void)judging;
	return current;
}

void judging_change_rules(struct judging *judging, struct ruleset *rules)
{
	(void)judging;
	ruleset_free(current);
	current = rules;
	changes++;
}

static char directory[] = "/tmp/duyetd-reload-XXXXXX", path[64];
static struct event_base *loop;
static struct metrics metrics;
static struct reload *reload;
static unsigned finishes, loads;

static void on_finished(void *arg, bool loaded)
{
	(void)arg;
	finishes++;
	loads += loaded;
}

static void write_rules(const char *yaml)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(yaml, file);
	fclose(file);
}

static int begin(void **state)
{
	const struct reload_options options = {.directory = directory, .finished = on_finished};
	struct problems *problems = problems_new();

	(void)state;
	log_open(LOG_ERROR);
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/10.yaml", directory);
	write_rules("rules:\n  - {name: old, kind: length, at-least: 3, message: Ngắn.}\n");
	current = ruleset_load(directory, problems);
	assert_non_null(current);
	problems_free(problems);
	loop = event_base_new();
	metrics = (struct metrics){0};
	changes = finishes = loads = 0;
	reload = reload_new(loop, &options, NULL, &metrics);
	return reload ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	reload_free(reload);
	ruleset_free(current);
	event_base_free(loop);
	unlink(path);
	rmdir(directory);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	return 0;
}

static void wait_for(unsigned count)
{
	while (finishes < count)
		assert_int_equal(event_base_loop(loop, EVLOOP_ONCE), 0);
}

static void new_rules_replace_the_old_ones(void **state)
{
	char old[64];

	(void)state;
	snprintf(old, sizeof old, "%s", ruleset_id(current));
	write_rules("rules:\n  - {name: new, kind: length, at-least: 4, message: Ngắn.}\n");
	reload_start(reload);
	assert_int_equal(changes, 0); /* not before the loop turns */
	wait_for(1);
	assert_int_equal(loads, 1);
	assert_int_equal(changes, 1);
	assert_string_not_equal(ruleset_id(current), old);
	assert_int_equal(metrics.reloads, 1);
	assert_int_equal(metrics.reload_failures, 0);
}

static void after_an_error_the_old_rules_stay(void **state)
{
	const struct ruleset *old = current;

	(void)state;
	write_rules("rules:\n  - {name: new, kind: size}\n");
	reload_start(reload);
	wait_for(1);
	assert_int_equal(loads, 0);
	assert_int_equal(changes, 0);
	assert_ptr_equal(current, old);
	assert_int_equal(metrics.reloads, 0);
	assert_int_equal(metrics.reload_failures, 1);
	write_rules("rules:\n  - {name: new, kind: length, at-least: 4, message: Ngắn.}\n");
	reload_start(reload);
	wait_for(2);
	assert_int_equal(loads, 1);
}

static void one_more_load_follows_those_asked_for_meanwhile(void **state)
{
	struct problems *problems = problems_new();
	struct ruleset *expected;

	(void)state;
	reload_start(reload);
	write_rules("rules:\n  - {name: new, kind: length, at-least: 4, message: Ngắn.}\n");
	reload_start(reload);
	reload_start(reload);
	wait_for(2);
	assert_int_equal(event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED), 0);
	assert_int_equal(finishes, 2);
	expected = ruleset_load(directory, problems);
	assert_string_equal(ruleset_id(current), ruleset_id(expected));
	ruleset_free(expected);
	problems_free(problems);
}

static void a_load_under_way_ends_before_it_is_freed(void **state)
{
	(void)state;
	reload_start(reload);
	reload_free(reload);
	reload = NULL;
	event_base_loop(loop, EVLOOP_NONBLOCK);
	assert_int_equal(finishes, 0);
	assert_int_equal(event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_rules_replace_the_old_ones, begin, end),
		cmocka_unit_test_setup_teardown(after_an_error_the_old_rules_stay, begin, end),
		cmocka_unit_test_setup_teardown(one_more_load_follows_those_asked_for_meanwhile,
						begin, end),
		cmocka_unit_test_setup_teardown(a_load_under_way_ends_before_it_is_freed, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
