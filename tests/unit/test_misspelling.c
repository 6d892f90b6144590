/* What check says of one word, and which spelling it proposes. */
#include "rules/lint/misspelling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "read_text.h"

/* What is wrong with the first word; an empty string if nothing is. */
static const char *misspelling(const char *word)
{
	static struct buf out;

	must_read(word);
	buf_empty(&out);
	add_misspelling(&out, text, &text->word[0]);
	return buf_string(&out);
}

static void possible_words_pass(void **state)
{
	static const char *const words[] = {"tài",   "nghiêng", "xỉu", "nhà",
					    "xoong", "boóng",	"vậyz"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_string_equal(misspelling(words[i]), "");
}

static void tones_are_checked(void **state)
{
	(void)state;
	assert_string_equal(misspelling("tàì"), "has two tones; did you mean \"tài\"?");
	assert_string_equal(misspelling("bàc"),
			    "has a tone that it cannot have; did you mean \"bác\" or \"bạc\"?");
}

static void one_horn_of_two_is_reported(void **state)
{
	static const char *const words[] = {"nguời", "ngưòi"};
	static const char *const others[] = {"người", "thuở", "huơ", "quờ", "thuốc", "truông"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_string_equal(misspelling(words[i]),
				    "lacks its mark; did you mean \"người\"?");
	assert_string_equal(misspelling("đuợc"), "lacks its mark; did you mean \"được\"?");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_string_equal(misspelling(others[i]), "");
}

static void loan_words_pass(void **state)
{
	(void)state;
	must_read("vip bac");
	assert_true(is_loan(text, &text->word[0]));
	assert_false(is_loan(text, &text->word[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(possible_words_pass),
		cmocka_unit_test(tones_are_checked),
		cmocka_unit_test(one_horn_of_two_is_reported),
		cmocka_unit_test(loan_words_pass),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
