/* Which sentences of a text are the same, and which texts need not be searched for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "read_text.h"
#include "rules/kind/sentence.h"

static const struct {
	const char *text;
	size_t count;
	const char *sentence; /* the first of the same; "" where none is repeated */
} texts[] = {
	{"Giá rẻ lắm nhé. Mua ngay hôm nay! MUA NGAY hôm nay?Mua, ngay hôm nay...", 3,
	 "Mua ngay hôm nay"},
	{"mua ngay hôm nay\nmua ngay hôm nay", 2, "mua ngay hôm nay"},
	{"gọi số 1 nhé bạn. Gọi số 22 nhé bạn", 2, "gọi số 1 nhé bạn"},
	{"Привет мой друг. Привет мой друг", 2, "Привет мой друг"},
	{"mua ngay hôm nay. giá rẻ lắm. mua ngay hôm nay. hay quá đi thôi", 2, "mua ngay hôm nay"},
	/* The same sentences are the last ones. */
	{"đọc hết cả bài. hay. hay quá đi thôi! mua ngay hôm nay. mua ngay hôm nay", 2,
	 "mua ngay hôm nay"},
	{"đọc bài. mua ngay hôm nay. mua ngay hôm nay. mua ngay hôm nay. mua ngay hôm nay", 4,
	 "mua ngay hôm nay"},
	/* Other marks, other letters. */
	{"mua ngay hôm nay. mua ngày hôm nay", 1, ""},
	/* Fewer than three words. */
	{"Hay quá. Hay quá. Hay quá.", 0, ""},
};

static void the_most_frequent_sentence_is_found(void **state)
{
	struct arena arena = {0};
	struct stretch found;
	size_t at, len;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		must_read(texts[i].text);
		assert_true(sentence_most_frequent(text, &arena, &found));
		if (found.count != texts[i].count)
			fail_msg("\"%s\": %zu times", texts[i].text, found.count);
		if (found.count < 2)
			continue;
		text_span(text, found.first, found.len, &at, &len);
		assert_int_equal(len, strlen(texts[i].sentence));
		assert_memory_equal(text->bytes + at, texts[i].sentence, len);
	}
	arena_free(&arena);
}

/* How many sentences end before the last word. */
static size_t count_ends(void)
{
	size_t ends = 0, last = text->word[text->words - 1].first;

	for (size_t i = 0; i < last; i++)
		ends += sentence_ends(&text->glyph[i]);
	return ends;
}

static void no_text_with_a_repeat_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		must_read(texts[i].text);
		for (size_t most = 0; most < texts[i].count; most++)
			if (!sentence_may_repeat(text, most, count_ends()))
				fail_msg("\"%s\": not more than %zu", texts[i].text, most);
	}
}

static void sentences_of_other_lengths_are_left_out(void **state)
{
	(void)state;
	must_read("một hai ba. bốn năm sáu bảy. tám chín mười mười một");
	assert_false(sentence_may_repeat(text, 1, count_ends()));
	must_read("Hay quá. Hay quá. Hay quá.");
	assert_false(sentence_may_repeat(text, 0, count_ends()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_frequent_sentence_is_found),
		cmocka_unit_test(no_text_with_a_repeat_is_left_out),
		cmocka_unit_test(sentences_of_other_lengths_are_left_out),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
