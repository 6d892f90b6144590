/* Words that check proposes: real syllables, and the keys of Telex and VNI. */
#include "rules/lint/telex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/utf8.h"
#include "text/letter.h"
#include "read_text.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void spell(const struct letters *letters, char *out)
{
	uint16_t used;

	for (size_t i = 0; i < letters->count; i++) {
		const struct glyph *glyph = &letters->glyph[i];

		out += utf8_encode(letter_compose(glyph->letter, glyph->marks, &used), out);
	}
	*out = '\0';
}

static void only_real_syllables_are_proposed(void **state)
{
	static const char *const real[] = {"ước",   "nghiêng", "quỳnh", "giếng", "gì",	"quốc",
					   "khuya", "ếch",     "thuở",	"xoắn",	 "yêu", "gái",
					   "rượu",  "quả",     "buồi",	"loét",	 "đề"};
	static const char *const others[] = {"ngưác", "muâ", "chêng", "ănh", "bơng"};

	(void)state;
	for (size_t i = 0; i < COUNT(real); i++) {
		must_read(real[i]);
		if (!is_real_syllable(text->glyph, text->glyphs))
			fail_msg("%s is not real", real[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		must_read(others[i]);
		if (is_real_syllable(text->glyph, text->glyphs))
			fail_msg("%s is real", others[i]);
	}
}

static void telex_and_vni_are_read(void **state)
{
	static const char *const words[][3] = {
		{"tieefn", "Telex", "tiền"},   {"nongs", "Telex", "nóng"},
		{"phiênj", "Telex", "phiện"},  {"giuwowngf", "Telex", "giường"},
		{"ddanhs", "Telex", "đánh"},   {"quyfnh", "Telex", "quỳnh"},
		{"loofn", "Telex", "lồn"},     {"XUOWNGR", "Telex", "xưởng"},
		{"cawjc", "Telex", "cặc"},     {"khoer", NULL, NULL},
		{"tie62n", "VNI", "tiền"},     {"d9o65", "VNI", "độ"},
		{"ca85c", "VNI", "cặc"},       {"d9u7o7ng2", "VNI", "đường"},
		{"giuo72ng", "VNI", "giường"},
	};
	struct letters letters;
	char meant[128];

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		must_read(words[i][0]);
		const char *method = read_keys(text->glyph, text->glyphs, &letters);

		if (!words[i][1]) {
			assert_null(method);
			continue;
		}
		if (!method)
			fail_msg("%s is not read", words[i][0]);
		assert_string_equal(method, words[i][1]);
		spell(&letters, meant);
		assert_string_equal(meant, words[i][2]);
	}
}

/* Other languages, brands, teencode, and letters that are stretched. */
static void other_words_are_not_read(void **state)
{
	static const char *const words[] = {"door",
					    "taxi",
					    "dojo",
					    "inf",
					    "nginx",
					    "beer",
					    "cheer",
					    "boss",
					    "pass",
					    "apps",
					    "songs",
					    "sims",
					    "bots",
					    "lynx",
					    "porn",
					    "sex",
					    "teen",
					    "queen",
					    "laos",
					    "town",
					    "chef",
					    "roof",
					    "ddos",
					    "boost",
					    "google",
					    "zalo",
					    "kubet",
					    "vcl",
					    "wax",
					    "xoilac",
					    "nowgoal",
					    "bong88",
					    "go88",
					    "b52",
					    "cr7",
					    "m4a",
					    "mp3",
					    "bo62",
					    "bet365",
					    "nong1",
					    "chaan",
					    "vaay",
					    "đmm",
					    "đẹppp",
					    "tôi",
					    "nhà",
					    "of",
					    "2k5",
					    "x",
					    "ffffffffffffffffffffffffffffffffff",
					    "tieefnnnnnnnnnnnnnnnnnnnnn"};
	struct letters letters;

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		must_read(words[i]);
		if (read_keys(text->glyph, text->glyphs, &letters))
			fail_msg("%s is read as keys", words[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_real_syllables_are_proposed),
		cmocka_unit_test(telex_and_vni_are_read),
		cmocka_unit_test(other_words_are_not_read),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
