/*
 * The slowest texts: no text of 16 KiB takes more than a few times the steps of plain prose with as
 * many bytes, or as many letters where three bytes expand to 18. A step is an executed basic block
 * of src/: counted and not timed, so the result is the same on every machine. src/ must be compiled
 * with -fsanitize-coverage=trace-pc; tests/check/worst.sh does this. With PRINT_SLOW in the
 * environment, each text that takes more than twice the steps of prose is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rules/judge.h"
#include "rules/problems.h"
#include "rules/ruleset.h"
#include "text/read_text.h"

enum { BYTES = 16384, PATTERNS = 1500, MOST_TIMES = 6 };

/* Plain prose: any two sentences differ, as those of a comment do. */
/* clang-format off */
static const char *const who[] = {
	"Tôi", "Bạn tôi", "Ông hàng xóm", "Chị ấy", "Tác giả", "Cả nhà mình", "Người lái xe"};
static const char *const what[] = {
	"đọc bài này rất kỹ", "đi qua đoạn đường ấy", "thấy xe nối đuôi nhau", "chẳng nhường ai cả",
	"cảm ơn các bác sĩ", "mong mọi thứ sớm ổn", "trả 10.000 đồng một lượt", "kể lại chuyện cũ",
	"nghĩ giá vé là hợp lý", "chờ cơn mưa tạnh", "đồng ý với ý kiến trên"};
static const char *const when[] = {
	"hôm qua", "sáng nay", "mỗi buổi chiều", "từ năm ngoái", "trong kỳ nghỉ", "lúc tan làm",
	"khi trời lạnh", "suốt mùa hè", "vào cuối tuần", "sau bữa tối", "trước giờ học",
	"dịp lễ vừa rồi", "đúng một tháng trước"};
/* clang-format on */

/* Characters and words that some step of reading a text treats specially. */
/* clang-format off */
static const char *const pieces[] = {
	"a", "o", "đ", "ế", "n", "ng", "N", "Đ", "1", "0", " ", "\n", ".", ",", "-", "_", "/", ":", "@",
	"!", "&", "#", ";", "(", "[", "]", "%", "&#46;", "&amp;", "\xcc\x81", "\xcc\xa3", "\xe2\x80\x8b",
	"\xef\xb8\x8f", "а", "ｎ", "𝐧", "👍", "🇻", "ﷺ", "각", "ᄀ", "www.", "http://", ".com", "vn",
	"chấm", "nhà", "cái", "nha", "cai", "vay", "tiền", "x", "[b]", "[/b]",
};
/* clang-format on */
enum { PIECES = sizeof pieces / sizeof *pieces };

/* Many hits, hits inside an `except`, and texts that were slow before. */
static const char *const phrases[] = {"nhà cái ", "ngôi nhà cái ", "về nhà cái là ", "n.h.à c.á.i ",
				      "_chấm",	  "www.x",	   "avay.caicái",    "ᄀ&#46;🇻"};
enum { PHRASES = sizeof phrases / sizeof *phrases };

static struct ruleset *rules;
static struct judge *judge;
static struct text *reader;
extern uint64_t steps __attribute__((weak)); /* of tests/check/steps.c, where that is linked */
static uint64_t state = 88172645463325252u;

static size_t chance(size_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % limit);
}

/* Returns the steps of judging the text with warm buffers, divided by the number of its bytes or
 * of its letters, whichever is larger. */
static double cost(const char *text, size_t len)
{
	struct field field = {"text", text, 4, len};
	struct comment comment = {&field, 1};

	judge_comment(judge, rules, &comment);
	steps = 0;
	judge_comment(judge, rules, &comment);
	uint64_t taken = steps;
	text_read(reader, text, len);
	return (double)taken / (double)(reader->glyphs > len ? reader->glyphs : len);
}

static size_t repeat(char text[BYTES], const char *pattern)
{
	size_t len = 0, step = strlen(pattern);

	for (; len + step <= BYTES; len += step)
		memcpy(text + len, pattern, step);
	return len;
}

#define PICK(list, i) (list)[(i) % (sizeof(list) / sizeof *(list))]

static size_t write_prose(char text[BYTES])
{
	size_t len = 0;

	for (size_t i = 0; len < BYTES - 128; i++)
		len += (size_t)snprintf(text + len, 128, "%s %s, %s. ", PICK(who, i), PICK(what, i),
					PICK(when, i));
	return len;
}

static void make_pattern(char pattern[128])
{
	*pattern = '\0';
	for (size_t glyphs = chance(6) + 1; glyphs; glyphs--)
		strcat(pattern, pieces[chance(PIECES)]);
}

static void repeated_pieces_take_limited_time(void **unused)
{
	static char text[BYTES];
	char pattern[128], slowest[128] = "";
	double plain, most = 0;

	(void)unused;
	if (!&steps)
		skip();
	plain = cost(text, write_prose(text));
	for (size_t i = 0; i < PIECES + PHRASES + PATTERNS; i++) {
		double times;

		if (i < PIECES)
			strcpy(pattern, pieces[i]);
		else if (i < PIECES + PHRASES)
			strcpy(pattern, phrases[i - PIECES]);
		else
			make_pattern(pattern);
		times = cost(text, repeat(text, pattern)) / plain;
		if (getenv("PRINT_SLOW") && times > 2)
			print_message("%.1f \"%s\"\n", times, pattern);
		if (times > most)
			strcpy(slowest, pattern);
		most = times > most ? times : most;
	}
	print_message("prose: %.1f steps a byte; %.1f times that: \"%s\"\n", plain, most, slowest);
	assert_true(most < (double)MOST_TIMES);
}

static int set_up(void **unused)
{
	struct problems *problems = problems_new();

	(void)unused;
	rules = ruleset_load("rules", problems);
	problems_free(problems);
	judge = judge_new();
	reader = text_new();
	return !rules || !judge || !reader;
}

static int tear_down(void **unused)
{
	(void)unused;
	judge_free(judge);
	text_free(reader);
	ruleset_free(rules);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(repeated_pieces_take_limited_time)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
