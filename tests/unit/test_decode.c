/* From bytes to glyphs, without markup, words and links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "base/limits.h"
#include "text/decode.h"
#include "read_text.h"

static struct decoder decoder;

/* Begins with `len` bytes, of which nothing is decoded yet. */
static void use(const char *bytes, size_t len)
{
	text->bytes = bytes;
	text->len = len;
	text->glyphs = text->overrides = 0;
	decoder = (struct decoder){.text = text, .canonical = true};
}

static enum text_error decode(const char *bytes)
{
	use(bytes, strlen(bytes));
	return decode_bytes(&decoder, 0, strlen(bytes));
}

static void glyph_is(size_t i, uint32_t ch, size_t at, size_t len, unsigned flags)
{
	assert_true(i < text->glyphs);
	assert_int_equal(text->glyph[i].ch, ch);
	assert_int_equal(text->glyph[i].at, at);
	assert_int_equal(text->glyph[i].len, len);
	assert_int_equal(text->glyph[i].flags, flags);
}

static void every_form_of_a_letter_is_one_glyph(void **state)
{
	/* ế: composed, decomposed, as letter and tone, and with its tone first */
	static const char *const forms[] = {"\xe1\xba\xbf", "e\xcc\x82\xcc\x81", "\xc3\xaa\xcc\x81",
					    "\xc3\xa9\xcc\x82"};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		assert_int_equal(decode(forms[i]), TEXT_OK);
		assert_int_equal(text->glyphs, 1);
		assert_int_equal(text->glyph[0].marks, MARK_CIRCUMFLEX | MARK_ACUTE);
		assert_int_equal(text->glyph[0].letter, 'e');
		glyph_is(0, 0x1EBF, 0, strlen(forms[i]), 0);
		assert_int_equal(decoder.canonical, i == 0);
	}
	assert_int_equal(decode("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8"), TEXT_OK); /* Hangul */
	assert_int_equal(text->glyphs, 1);
	glyph_is(0, 0xAC01, 0, 9, 0);
	assert_int_equal(decode("\xea\xb0\x81\xe1\x86\xa8"), TEXT_OK); /* already complete */
	assert_int_equal(text->glyphs, 2);
}

/* Marks of Thai and Devanagari are letters of their words, but no letters after a Latin one. */
static void a_vowel_sign_is_a_letter_of_its_script(void **state)
{
	(void)state;
	assert_int_equal(decode("\xe0\xb8\x81\xe0\xb8\xb4"), TEXT_OK); /* Thai */
	assert_int_equal(text->glyphs, 2);
	assert_int_equal(text->glyph[1].kind, GLYPH_LETTER);
	assert_int_equal(decode("k\xe0\xb8\xb4\xe0\xa4\xbeu"), TEXT_OK);
	assert_int_equal(text->glyphs, 2);
	glyph_is(0, 'k', 0, 7, GLYPH_FOREIGN);
	glyph_is(1, 'u', 7, 1, 0);
	assert_int_equal(decode("\xd0\xb0\xe0\xb8\xb4"), TEXT_OK); /* Cyrillic before it */
	assert_int_equal(text->glyphs, 2);
}

static void a_separated_mark_goes_back_to_its_letter(void **state)
{
	(void)state;
	assert_int_equal(decode("ma \xcc\x81u"), TEXT_OK);
	assert_int_equal(text->glyphs, 3);
	glyph_is(1, 0xE1, 1, 4, GLYPH_REPAIRED);
	glyph_is(2, 'u', 5, 1, 0);
	assert_true(decoder.repaired);
	assert_int_equal(decode("ma\xcc\x81 u"), TEXT_OK);
	assert_int_equal(text->glyphs, 4);
	assert_false(decoder.repaired);
}

static void a_run_of_blanks_is_one(void **state)
{
	(void)state;
	assert_int_equal(decode("a \t\n b"), TEXT_OK);
	assert_int_equal(text->glyphs, 3);
	glyph_is(1, '\n', 1, 4, 0);
	glyph_is(2, 'b', 5, 1, 0);
	assert_int_equal(decode_blank(&decoder, ' ', 6, 10), TEXT_OK);
	assert_int_equal(decode_blank(&decoder, '\n', 10, 12), TEXT_OK);
	assert_int_equal(text->glyphs, 4);
	glyph_is(3, '\n', 6, 6, 0);
}

static void references_and_other_forms_have_their_flags(void **state)
{
	(void)state;
	assert_int_equal(decode("&agrave;&#66;"), TEXT_OK);
	assert_int_equal(text->glyphs, 2);
	glyph_is(0, 0xE0, 0, 8, GLYPH_ENTITY);
	glyph_is(1, 'B', 8, 5, GLYPH_ENTITY | GLYPH_UPPER);
	assert_false(decoder.canonical);
	assert_int_equal(decode("&agrave"), TEXT_OK); /* without its end it is text */
	assert_int_equal(text->glyphs, 7);
	assert_int_equal(decode("\xe2\x80\x8b"
				"a"),
			 TEXT_OK); /* a zero-width space */
	assert_int_equal(text->glyphs, 1);
	glyph_is(0, 'a', 3, 1, GLYPH_INVISIBLE);
	assert_int_equal(decode("\xef\xbd\x81"), TEXT_OK); /* full-width */
	glyph_is(0, 'a', 0, 3, GLYPH_COMPAT);
	assert_int_equal(decode("1\xef\xb8\x8f\xe2\x83\xa3"), TEXT_OK); /* a keycap */
	glyph_is(0, '1', 0, 7, GLYPH_FOREIGN);
	assert_false(decoder.regional);
	assert_int_equal(decode("\xf0\x9f\x87\xbb\xf0\x9f\x87\xb3"), TEXT_OK); /* a flag */
	assert_true(decoder.regional);
}

static void invalid_text_is_an_error(void **state)
{
	char marks[2 * LIMIT_MARKS + 4] = "a";

	(void)state;
	assert_int_equal(decode("a\xff"), TEXT_NOT_UTF8);
	assert_int_equal(decode("a\xe1\xba"), TEXT_NOT_UTF8);
	assert_int_equal(decode("\xed\xa0\x80"), TEXT_NOT_UTF8); /* a surrogate */
	use("a\0b", 3);
	assert_int_equal(decode_bytes(&decoder, 0, 3), TEXT_NUL);
	for (size_t i = 0; i < LIMIT_MARKS; i++)
		strcat(marks, "\xcc\x81");
	assert_int_equal(decode(marks), TEXT_OK);
	strcat(marks, "\xcc\x81");
	assert_int_equal(decode(marks), TEXT_TOO_MANY_MARKS);
}

static void a_part_of_a_text_can_be_decoded(void **state)
{
	static const char bytes[] = "a<i>b";

	(void)state;
	use(bytes, strlen(bytes));
	assert_int_equal(decode_bytes(&decoder, 0, 1), TEXT_OK);
	assert_true(decoder.canonical);
	decode_nothing(&decoder);
	assert_false(decoder.canonical);
	assert_int_equal(decode_bytes(&decoder, 4, 5), TEXT_OK);
	assert_int_equal(text->glyphs, 2);
	glyph_is(1, 'b', 4, 1, GLYPH_INVISIBLE);
}

static void a_barrier_is_on_a_line_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(decode("a"), TEXT_OK);
	assert_int_equal(decode_barrier(&decoder, 7, 9), TEXT_OK);
	assert_int_equal(text->glyphs, 4);
	glyph_is(1, '\n', 7, 2, 0);
	glyph_is(2, TEXT_BARRIER, 7, 2, 0);
	glyph_is(3, '\n', 7, 2, 0);
	assert_int_equal(decode_barrier(&decoder, 8, 9), TEXT_OK); /* after the line end */
	assert_int_equal(text->glyphs, 6);
	assert_true(decode_room(&decoder, 1000));
	assert_true(text->glyph_room >= text->glyphs + 1000);
}

static void an_override_ends_with_the_line(void **state)
{
	(void)state;
	assert_int_equal(decode("ab\xe2\x80\xae\xe2\x80\xae"
				"cd\nef"),
			 TEXT_OK);
	assert_int_equal(text->overrides, 1);
	assert_int_equal(text->overridden[0].from, 2);
	assert_int_equal(text->overridden[0].to, 5);
	assert_false(decoder.overridden);
	assert_int_equal(decode("a\xe2\x80\xae"
				"b\xe2\x80\xac"
				"c\xe2\x80\xae"
				"d"),
			 TEXT_OK);
	assert_int_equal(text->overrides, 2);
	assert_int_equal(text->overridden[0].to, 2);
	assert_int_equal(text->overridden[1].from, 3);
	assert_true(decoder.overridden); /* to the end of the text */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_letter_is_one_glyph),
		cmocka_unit_test(a_vowel_sign_is_a_letter_of_its_script),
		cmocka_unit_test(a_separated_mark_goes_back_to_its_letter),
		cmocka_unit_test(a_run_of_blanks_is_one),
		cmocka_unit_test(references_and_other_forms_have_their_flags),
		cmocka_unit_test(invalid_text_is_an_error),
		cmocka_unit_test(a_part_of_a_text_can_be_decoded),
		cmocka_unit_test(a_barrier_is_on_a_line_of_its_own),
		cmocka_unit_test(an_override_ends_with_the_line),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
