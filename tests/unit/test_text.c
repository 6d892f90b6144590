/* Reading texts: the same result in every form, with places in the original; malformed texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "text/codepoint.h"
#include "text/skeleton.h"
#include "read_text.h"

/* The original bytes of word `i`. */
static const char *word(size_t i)
{
	static char bytes[64];
	size_t at, len;

	text_span(text, text->word[i].first, text->word[i].count, &at, &len);
	snprintf(bytes, sizeof bytes, "%.*s", (int)len, text->bytes + at);
	return bytes;
}

/* ệ in NFC, NFD, NFD's other order, Windows-1258 style, with its tone apart, as an entity. */
static void a_letter_is_equal_in_every_form(void **state)
{
	static const char *const forms[] = {
		"vi\xE1\xBB\x87t",     "vie\xCC\xA3\xCC\x82t", "vie\xCC\x82\xCC\xA3t",
		"vi\xC3\xAA\xCC\xA3t", "vi\xC3\xAA \xCC\xA3t", "vi&#7879;t",
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		must_read(forms[i]);
		assert_int_equal(text->glyphs, 4);
		assert_int_equal(text->glyph[2].ch, 0x1EC7);
		assert_int_equal(text->glyph[2].letter, 'e');
		assert_int_equal(text->glyph[2].marks, MARK_CIRCUMFLEX | MARK_DOT);
		assert_int_equal(text->words, 1);
		assert_true(text->word[0].accented);
		assert_int_equal(text->word[0].kind, WORD_SYLLABLE);
		assert_string_equal(word(0), forms[i]);
	}
}

static void words_have_their_places(void **state)
{
	(void)state;
	must_read("Rẻ.Đẹp 👍 2,5 triệu, size M");
	assert_int_equal(text->words, 6);
	assert_string_equal(word(1), "Đẹp");
	assert_string_equal(word(2), "2,5");
	assert_int_equal(text->word[2].kind, WORD_NUMBER);
	assert_string_equal(word(4), "size");
	assert_int_equal(text->word[4].kind, WORD_OTHER);
	assert_int_equal(text->accented, 3);
}

static void words_that_lack_marks_are_recognised(void **state)
{
	static const struct {
		const char *word;
		bool lacks_marks;
	} cases[] = {
		{"viet", true},	 {"duoc", true},  {"dit", true},   {"tiên", false},
		{"toi", false},	 {"các", false},  {"cac", true},   {"benh", true},
		{"binh", false}, {"quyen", true}, {"quay", false}, {"nguyên", false},
		{"chich", true}, {"lam", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		must_read(cases[i].word);
		assert_int_equal(text->word[0].kind, WORD_SYLLABLE);
		if (text->word[0].lacks_marks != cases[i].lacks_marks)
			fail_msg("%s: lacks_marks is %d", cases[i].word, text->word[0].lacks_marks);
	}
}

static void glyphs_have_their_flags(void **state)
{
	(void)state;
	must_read("\xD0\xB0\xEF\xBD\x81\xC3\xBC"
		  "A\xE2\x80\x8B"
		  "b&#99;");
	assert_int_equal(text->glyphs, 6);
	assert_true(text->glyph[0].flags & GLYPH_LOOKALIKE);
	assert_true(text->glyph[1].flags & GLYPH_COMPAT);
	assert_true(text->glyph[2].flags & GLYPH_FOREIGN);
	assert_true(text->glyph[3].flags & GLYPH_UPPER);
	assert_true(text->glyph[4].flags & GLYPH_INVISIBLE);
	assert_true(text->glyph[5].flags & GLYPH_ENTITY);
	for (size_t i = 0; i < text->glyphs; i++)
		assert_int_equal(text->glyph[i].letter, "aauabc"[i]);
}

/* What a letter may be read as, in the order of the alphabet. */
static void looks(uint32_t c, uint8_t letter[3])
{
	const struct look_alike *two = codepoint_look_alike(c);

	letter[0] = codepoint_look(c)->glyph.letter;
	letter[1] = two ? two->upper : letter[0];
	letter[2] = two ? two->lower : letter[0];
	if (two)
		assert_true(letter[0] == letter[1] || letter[0] == letter[2]);
}

static void both_cases_look_alike(void **state)
{
	int pairs = 0, two_way = 0;

	(void)state;
	for (UChar32 c = 0; c <= 0x10FFFF; c++) {
		UChar32 upper = u_toupper(c);
		uint8_t a[3], b[3];
		if (u_tolower(c) != c || upper == c || u_tolower(upper) != c)
			continue;
		looks((uint32_t)c, a);
		looks((uint32_t)upper, b);
		if (a[1] != b[1] || a[2] != b[2])
			fail_msg("U+%04X is %c or %c, U+%04X is %c or %c", c, a[1], a[2], upper,
				 b[1], b[2]);
		pairs++;
		two_way += a[1] != a[2];
	}
	assert_true(pairs > 1000);
	assert_true(two_way > 20);
}

static void words_of_another_script_have_no_vietnamese_marks(void **state)
{
	(void)state;
	must_read("там όχι мама");
	assert_int_equal(text->words, 3);
	assert_int_equal(text->accented, 0);
	for (size_t i = 0; i < text->words; i++)
		assert_true(text->word[i].foreign);
	must_read("tôi ко biết"); /* as a disguise */
	assert_int_equal(text->accented, 2);
}

static void flags_are_no_letters(void **state)
{
	(void)state;
	must_read("Vui 🇻🇳🇻🇳 quá");
	assert_int_equal(text->words, 2);
	must_read("Vui 🇰🇺🇧🇪🇹 quá");
	assert_int_equal(text->words, 3);
	assert_int_equal(text->word[1].count, 5);
	must_read("Vui (´・ω・`) (°Д°) quá");
	assert_int_equal(text->words, 2);
}

static void key_caps_are_no_numbers(void **state)
{
	(void)state;
	must_read("top 1\xEF\xB8\x8F\xE2\x83\xA3 nhé");
	assert_int_equal(text->words, 2);
	must_read("top 1 nhé");
	assert_int_equal(text->words, 3);
}

/* `before` letters, then the letter q `equal` times, then z: blanks at random. */
static void spell_run(char *bytes, size_t before, size_t equal)
{
	for (size_t i = 0; i < before + equal + 1; i++) {
		if (rand() % 4 == 0)
			*bytes++ = ' ';
		*bytes++ = (char)(i < before ? 'a' + i : i < before + equal ? 'q' : 'z');
	}
	*bytes = '\0';
}

/* Runs are read eight letters at a time, so a run is tried at every place among eight. */
static void equal_letters_are_one_run(void **state)
{
	struct skeleton skeleton = {0};
	char bytes[100];

	(void)state;
	for (size_t before = 0; before < 9; before++)
		for (size_t equal = 1; equal < 19; equal++) {
			spell_run(bytes, before, equal);
			must_read(bytes);
			assert_true(skeleton_read(&skeleton, text, SKELETON_PLAIN));
			assert_int_equal(skeleton.letters, before + equal + 1);
			assert_int_equal(skeleton.runs, before + 2);
			assert_memory_equal(skeleton.run, "abcdefgh", before);
			assert_memory_equal(skeleton.run + before, "qz", 2);
			for (size_t i = 0; i <= before; i++)
				assert_int_equal(skeleton.start[i], i);
			assert_int_equal(skeleton.start[before + 1], before + equal);
			assert_int_equal(skeleton.start[before + 2], skeleton.letters);
			assert_int_equal(text->glyph[skeleton.glyph[before + equal]].ch, 'z');
		}
	skeleton_clear(&skeleton);
}

static void spans_are_on_boundaries(void **state)
{
	static const char bytes[] =
		"nha\xCC\x80 \xE2\x80\x8B"
		"c&aacute;i \xEF\xAC\x81 "
		"thi \xCC\x80 \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9 ma \xCC\x81 u";

	(void)state;
	must_read(bytes);
	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];

		assert_true(g->len > 0 && g->at + g->len <= strlen(bytes));
		assert_true(utf8_begins(bytes[g->at]));
		assert_true(utf8_begins(bytes[g->at + g->len]));
		assert_true(i == 0 || g->at >= g[-1].at);
	}
}

static void malformed_texts_are_errors(void **state)
{
	static char long_one[LIMIT_TEXT_BYTES + 1], marks[2 * (LIMIT_MARKS + 1) + 2] = "a";
	static const char *const ill[] = {"\xFF", "a\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
					  "\xE1\xBB"};

	(void)state;
	for (size_t i = 0; i < sizeof ill / sizeof *ill; i++)
		assert_int_equal(text_read(text, ill[i], strlen(ill[i])), TEXT_NOT_UTF8);
	assert_int_equal(text_read(text, "a\0b", 3), TEXT_NUL);
	assert_int_equal(text_read(text, "", 0), TEXT_EMPTY);
	assert_int_equal(text_read(text, " \xE2\x80\x8B\n", 5), TEXT_EMPTY);
	assert_int_equal(text->glyphs + text->words + text->links, 0);
	memset(long_one, 'a', sizeof long_one);
	assert_int_equal(text_read(text, long_one, sizeof long_one), TEXT_TOO_LONG);
	assert_int_equal(text_read(text, long_one, sizeof long_one - 1), TEXT_OK);
	for (size_t i = 0; i <= LIMIT_MARKS; i++)
		strcat(marks, "\xCC\x81");
	assert_int_equal(text_read(text, marks, strlen(marks)), TEXT_TOO_MANY_MARKS);
	assert_int_equal(text_read(text, marks, strlen(marks) - 2), TEXT_OK);
	assert_int_equal(text_read(text, marks + 1, strlen(marks) - 1), TEXT_TOO_MANY_MARKS);
	assert_int_equal(text_read(text, marks + 1, strlen(marks) - 3), TEXT_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_is_equal_in_every_form),
		cmocka_unit_test(words_have_their_places),
		cmocka_unit_test(words_that_lack_marks_are_recognised),
		cmocka_unit_test(glyphs_have_their_flags),
		cmocka_unit_test(both_cases_look_alike),
		cmocka_unit_test(words_of_another_script_have_no_vietnamese_marks),
		cmocka_unit_test(flags_are_no_letters),
		cmocka_unit_test(key_caps_are_no_numbers),
		cmocka_unit_test(equal_letters_are_one_run),
		cmocka_unit_test(spans_are_on_boundaries),
		cmocka_unit_test(malformed_texts_are_errors),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
