/* The progress line. Its times are so long, and its counts so far from whole numbers a second, that
 * no result depends on the speed of the machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command/terminal.h"

enum { LONG_MS = 1000000000 }; /* a million seconds */

static char drawn[512];
static FILE *file;
static int real_stderr;

static void capture(void)
{
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	file = tmpfile();
	assert_non_null(file);
	assert_int_not_equal(dup2(fileno(file), STDERR_FILENO), -1);
}

/* What was drawn since, and stderr is as before. */
static const char *captured(void)
{
	ssize_t len;

	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	len = pread(fileno(file), drawn, sizeof drawn - 1, 0);
	assert_true(len >= 0);
	drawn[len] = '\0';
	fclose(file);
	return drawn;
}

/* On a terminal, a million seconds after it began. */
static struct progress begun(uint64_t total)
{
	struct progress progress;

	progress_begin(&progress, NULL, 0);
	progress.shown = true;
	progress.total = total;
	progress.began -= LONG_MS;
	return progress;
}

static const char *printed(struct progress *progress, uint64_t bytes, uint64_t comments)
{
	capture();
	progress_print(progress, bytes, comments);
	return captured();
}

static void the_bar_has_speed_and_time_left(void **state)
{
	struct progress progress = begun(1000000);

	(void)state;
	assert_string_equal(
		printed(&progress, 999999, 5500000),
		"\r\033[K[#######################.] 100 %  5,500,000 comments, 5/s, 1 s left");
	assert_true(progress.printed >= progress.began + LONG_MS);
}

static void the_time_left_is_estimated_half_way(void **state)
{
	struct progress progress = begun(200);
	const char *left;

	(void)state;
	left = strrchr(printed(&progress, 100, 7500000), ',');
	assert_memory_equal(
		drawn, "\r\033[K[############............]  50 %  7,500,000 comments, 7/s,",
		strlen("\r\033[K[############............]  50 %  7,500,000 comments, 7/s,"));
	assert_non_null(left);
	assert_true(atoi(left + 2) >= 1000000);
	assert_string_equal(left + strlen(left) - 7, " s left");
}

static void before_the_first_byte_no_time_is_estimated(void **state)
{
	struct progress progress = begun(200);

	(void)state;
	assert_string_equal(printed(&progress, 0, 0),
			    "\r\033[K[........................]   0 %  0 comments, 0/s");
}

static void without_a_total_no_bar_is_printed(void **state)
{
	struct progress progress = begun(0);

	(void)state;
	assert_string_equal(printed(&progress, 12345, 3500000), "\r\033[K3,500,000 comments, 3/s");
}

static void it_is_printed_late_and_seldom(void **state)
{
	struct progress progress = begun(0);

	(void)state;
	progress.began += 2 * (int64_t)LONG_MS;
	assert_string_equal(printed(&progress, 1, 1), "");
	progress = begun(0);
	progress.printed = progress.began + 2 * (int64_t)LONG_MS;
	assert_string_equal(printed(&progress, 1, 1), "");
}

static void without_a_terminal_nothing_is_printed(void **state)
{
	struct progress progress;

	(void)state;
	capture();
	progress_begin(&progress, NULL, 0);
	progress.began -= LONG_MS;
	progress_print(&progress, 1, 1);
	progress_end(&progress);
	assert_string_equal(captured(), "");
	assert_false(progress.shown);
}

static void the_end_clears_the_line(void **state)
{
	struct progress progress = begun(0);

	(void)state;
	capture();
	progress_end(&progress);
	assert_string_equal(captured(), "");
	printed(&progress, 1, 1);
	capture();
	progress_end(&progress);
	assert_string_equal(captured(), "\r\033[K");
}

static void the_total_is_the_size_of_regular_files(void **state)
{
	char name[] = "/tmp/duyetd-progress.XXXXXX";
	char null[] = "/dev/null";
	char *files[] = {name, name, null};
	struct progress progress;
	int made = mkstemp(name);

	(void)state;
	assert_int_not_equal(made, -1);
	assert_int_equal(write(made, "12345", 5), 5);
	close(made);
	progress_begin(&progress, files, 2);
	assert_int_equal(progress.total, 10);
	progress_begin(&progress, files, 3);
	assert_int_equal(progress.total, 0);
	unlink(name);
	progress_begin(&progress, files, 2);
	assert_int_equal(progress.total, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bar_has_speed_and_time_left),
		cmocka_unit_test(the_time_left_is_estimated_half_way),
		cmocka_unit_test(before_the_first_byte_no_time_is_estimated),
		cmocka_unit_test(without_a_total_no_bar_is_printed),
		cmocka_unit_test(it_is_printed_late_and_seldom),
		cmocka_unit_test(without_a_terminal_nothing_is_printed),
		cmocka_unit_test(the_end_clears_the_line),
		cmocka_unit_test(the_total_is_the_size_of_regular_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
