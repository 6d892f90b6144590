/* What check says of a word that has not the shape of a syllable. */
#include "rules/lint/non_syllable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "read_text.h"

/* What is wrong with the first word; an empty string if nothing is. */
static const char *wrong_with(const char *word)
{
	static struct buf out;

	must_read(word);
	buf_empty(&out);
	add_non_syllable(&out, text, &text->word[0]);
	return buf_string(&out);
}

static void disguises_names_and_words_without_marks_pass(void **state)
{
	static const char *const words[] = {"vậyz", "cặk", "café", "đíck", "cặck", "ngjuyen"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_string_equal(wrong_with(words[i]), "");
}

static void joined_and_impossible_words_are_reported(void **state)
{
	(void)state;
	assert_non_null(strstr(wrong_with("tàixỉu"), "is several syllables in one word"));
	assert_non_null(strstr(wrong_with("ngjuyễn"), "is not a syllable"));
	assert_non_null(strstr(wrong_with("ngjuyễn"), "\"nguyễn\""));
}

static void repeated_letters_are_reported(void **state)
{
	static const char *const words[] = {"tiềnn", "tiiền", "tiêền", "ttiền"};
	static const char *const others[] = {"đđm", "bébé", "vãiii"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_string_equal(wrong_with(words[i]),
				    "repeats a letter: write \"tiền\", "
				    "which finds it with repeated letters too");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_null(strstr(wrong_with(others[i]), "repeats"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disguises_names_and_words_without_marks_pass),
		cmocka_unit_test(joined_and_impossible_words_are_reported),
		cmocka_unit_test(repeated_letters_are_reported),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
