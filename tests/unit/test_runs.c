/* Runs of syllables that tell rejected texts from approved ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "command/runs.h"
#include "text/read_text.h"

static struct text *text;
static struct runs *runs;
static uint64_t comments; /* so far */

static void add(enum runs_side side, const char *string)
{
	assert_int_equal(text_read(text, string, strlen(string)), TEXT_OK);
	assert_true(runs_add(runs, side, text, ++comments));
}

static void add_many(enum runs_side side, const char *string, int count)
{
	while (count--)
		add(side, string);
}

static int set_up(void **state)
{
	(void)state;
	text = text_new();
	runs = runs_new();
	return !text || !runs;
}

static int tear_down(void **state)
{
	(void)state;
	runs_free(runs);
	text_free(text);
	return 0;
}

static void assert_next(size_t number, size_t first, size_t words, uint32_t rejected,
			uint32_t approved)
{
	struct run_found found;

	assert_true(runs_next(runs, 2, &found));
	assert_int_equal(found.text, number);
	assert_int_equal(found.first, first);
	assert_int_equal(found.words, words);
	assert_int_equal(found.rejected, rejected);
	assert_int_equal(found.approved, approved);
	assert_true(found.ratio > 10);
	runs_cover(runs, &found);
}

static void assert_no_next(void)
{
	struct run_found found;

	assert_false(runs_next(runs, 2, &found));
}

static void the_longest_run_that_all_have_is_found(void **state)
{
	(void)state;
	add(RUNS_REJECTED, "ai cần bán thuốc lá cũ thì gọi");
	add(RUNS_REJECTED, "tôi Bán Thuốc Lá  Cũ đây");
	add(RUNS_REJECTED, "BÁN THUỐC LÁ CŨ, giá tốt");
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	assert_true(runs_count(runs));
	assert_next(0, 2, 4, 3, 0);
	assert_no_next(); /* its parts tell nothing more */
}

static void a_text_is_counted_once(void **state)
{
	(void)state;
	add(RUNS_REJECTED, "hoà giải, hòa giải, hoà giải");
	add(RUNS_REJECTED, "hòa giải");
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	assert_true(runs_count(runs));
	assert_next(0, 0, 2, 2, 0);
	assert_no_next();
}

static void the_next_run_counts_texts_without_the_ones_before(void **state)
{
	(void)state;
	add_many(RUNS_REJECTED, "đổi điểm lấy quà", 5);
	add_many(RUNS_REJECTED, "thuê người gõ chữ", 3);
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	add(RUNS_APPROVED, "thuê người gõ chữ");
	assert_true(runs_count(runs));
	assert_next(0, 0, 4, 5, 0);
	assert_next(5, 0, 4, 3, 1);
	assert_no_next();
}

static void a_run_does_not_cross_sentences(void **state)
{
	(void)state;
	add_many(RUNS_REJECTED, "Một. Hai! Ba\nbốn, năm 6 bảy - tám", 5);
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	assert_true(runs_count(runs));
	assert_no_next();
}

static void common_runs_are_left_out(void **state)
{
	(void)state;
	add_many(RUNS_REJECTED, "bài viết", 5);
	add_many(RUNS_REJECTED, "hôm nay", 5);
	add(RUNS_EVERYDAY, "Hôm nay trời đẹp");
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	assert_true(runs_count(runs));
	assert_no_next();
}

static void what_was_rejected_later_is_not_approved(void **state)
{
	(void)state;
	comments = 1000;
	add_many(RUNS_APPROVED, "bài viết hay quá", 100);
	comments = 0;
	add_many(RUNS_APPROVED, "đổi điểm lấy quà", 5);
	comments = 0;
	add_many(RUNS_REJECTED, "đổi điểm lấy quà", 5);
	comments = 5000;
	add(RUNS_APPROVED, "đổi điểm lấy quà");
	assert_true(runs_count(runs));
	assert_int_equal(runs_texts(runs, RUNS_REJECTED), 5);
	assert_int_equal(runs_texts(runs, RUNS_APPROVED), 101);
	assert_next(0, 0, 4, 5, 1);
}

static void rejected_comments_alone_suggest_nothing(void **state)
{
	(void)state;
	add_many(RUNS_REJECTED, "đổi điểm lấy quà", 5);
	assert_true(runs_count(runs));
	assert_no_next();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_longest_run_that_all_have_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_text_is_counted_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_next_run_counts_texts_without_the_ones_before,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_run_does_not_cross_sentences, set_up, tear_down),
		cmocka_unit_test_setup_teardown(common_runs_are_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_rejected_later_is_not_approved, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(rejected_comments_alone_suggest_nothing, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
