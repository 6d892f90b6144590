/* Which literals a pattern must have: too few cost time, a wrong one would hide a hit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../fuzz/pattern_maker.h"
#include "rules/match/prefilter.h"

static const struct {
	const char *pattern, *literals; /* with | between them, "" for none */
} cases[] = {
	/* Signs, blanks and word boundaries are not in a skeleton; marks and case neither. */
	{"nhà cái", "nhacai"},
	{"\\bNHÀ\\s+cái\\b", "nhacai"},
	{"nhà\\W*cái", "nhacai"},
	{"nhà[\\s._-]*cái", "nhacai"},
	{"nhà[^\\w]cái", "nhacai"},
	{"đánh\\x20b\\x{1EA1}c", "danhbac"},
	{"quý khách", "quichach"},
	{"zalo 0912", "zalo0912"},
	/* A stretched letter is one; letters that meet are one run. */
	{"nhà+ cái{2}", "nhacai"},
	{"một cái ít", "motcait"},
	{"nhà{1,3}", ""},
	/* Parts that may match anything separate literals. */
	{"nhà.?cái", ""},
	{"nhà\\w*đánh bạc", "danhbac"},
	{"nhà.*đánh bạc.*cái", "danhbac"},
	{"nhà[a-c]cái mới", "caimoi"},
	{"nhà\\d+cái mới", "caimoi"},
	{"nhà[^x]cái mới", "caimoi"},
	{"nhà(\\w)\\1đánh bạc", "danhbac"},
	{"nhà\\p{Lu}\\pLđánh bạc", "danhbac"},
	/* Alternatives are combined as long as they are few. */
	{"kèo\\s+(?:thơm|châu\\s+á)", "ceothom|ceochaua"},
	{"v[aà]y nóng", "vainong"},
	{"[kc]èo thơm", "ceothom"},
	{"đánh bạc|chơi cờ", "danhbac|choico"},
	{"đánh bạc|bạc", ""},
	{"đánh bạc|\\w+ bạc", ""},
	{"(?:đánh|chơi)(?:\\s+bạc)?\\s+online",
	 "danhbaconline|danhonline|choibaconline|choionline"},
	{"[abc][abc][abc] nhà cái", "anhacai|bnhacai|cnhacai"},
	{"(?:app|web|trang)\\s+(?:vay|nạp|rút)\\s+(?:nhanh|ngay)",
	 "vainhanh|vaingai|napnhanh|napngai|rutnhanh|rutngai"},
	/* Repeats: a part that occurs twice occurs once. */
	{"(?:đánh bạc)+", "danhbac"},
	{"nhà (?:đánh bạc){2} cái", "danhbac"},
	{"(?:đánh bạc)* nhà cái", "nhacai"},
	{"(?:đánh bạc){0,2} nhà cái", "nhacai"},
	{"x?nhà cái", "xnhacai|nhacai"},
	{"x*nhà cái", "xnhacai|nhacai"},
	/* Groups of any kind; what looks around takes no letters. */
	{"(nhà)(?<b>\\s)(?P<c>cái)(?'d'\\s)", "nhacai"},
	{"(?>nhà)(?|\\s)(?i:CÁI)(?i)", "nhacai"},
	{"nhà(?=x)(?!y)(?<=z)(?<!w) cái", "nhacai"},
	{"(?<*a)(?:b|c>nhà cái lớn)", ""}, /* a look-behind, not a name that ends at > */
	/* Syntax that is not analysed: no literal, and never a wrong one. */
	{"(?x)n h à c á i", ""},
	{"\\Qnhà cái\\E", ""},
	{"(*UTF)nhà cái", ""},
	{"nhà cái\\k<a>", ""},
	{"nhà cái{,3}", ""},
	{"nhà cái[[:digit:]]", ""},
	{"(?(1)nhà|cái) đánh bạc", ""},
	{"(?#x)nhà cái", ""},
	{"nhà cái\\", ""},
	{"nhà cái[", ""},
	{"nhà cái(?", ""},
	{"\\N{U+61}nhà cái", ""},
	/* Look-alikes, other marks and other scripts are left to PCRE2. */
	{"nhа cái lớn", "cailon"}, /* Cyrillic a */
	{"nhä cái lớn", "cailon"},
	{"漢đánh bạc", "danhbac"},
	/* Too short to be useful. */
	{"vay", ""},
	{"tháng \\d+ được", ""},
	{"lớn quá", "lonqua"},
	{"", ""},
};

static void required_letters_of_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct literals found;
		char all[LITERALS * (LITERAL_LETTERS + 1) + 1] = "";
		if (prefilter_find(cases[i].pattern, &found))
			for (unsigned k = 0; k < found.count; k++)
				sprintf(all + strlen(all), "%s%s", k ? "|" : "", found.literal[k]);
		if (strcmp(all, cases[i].literals) != 0)
			fail_msg("%s: %s, not %s", cases[i].pattern, all, cases[i].literals);
	}
}

static void patterns_with_too_many_alternatives_are_recognised(void **state)
{
	static const struct {
		const char *pattern;
		bool too_many;
	} patterns[] = {
		{"số (?:một|hai|ba|bốn|năm|sáu|bảy|tám) trăm", false},	    /* eight */
		{"nạp (?:trăm|nghìn|triệu|tỷ|đô|xu|vàng|thẻ|tiền)", false}, /* too short */
		{"quý (?:khách một|khách hai|khách ba|khách tư|khách sáu|khách bảy|khách tám|"
		 "khách chín|khách mười)",
		 true},
		/* "quichach" is a literal. */
		{"quý khách (?:một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)", false},
		{"ai (?:trăm nghìn|nghìn tỷ|triệu đô|tỷ bạc lẻ|đô la mỹ|xu vàng mười|vàng miếng|"
		 "thẻ tín dụng|tiền mặt) .* (?:a|b|c|d|e|g|h|i|k)",
		 true},
		/* One alternative is too short, before the eighth or after it. */
		{"quý (?:khách một|ca|khách tư|khách sáu|khách bảy|khách tám|khách chín|khách mười|"
		 "khách hai)",
		 false},
		{"(?:khách một|khách hai|khách tư|khách sáu|khách bảy|khách tám|khách chín|"
		 "khách mười|khách ba|ca) quý",
		 false},
		{"(?:khách một|khách hai|khách tư|khách sáu|khách bảy|khách tám|khách chín|"
		 "khách mười|khách ba|ca) quý đó",
		 true},
		{"[abcdefghik]", false},
		{"\\w+", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (prefilter_has_too_many(patterns[i].pattern) != patterns[i].too_many)
			fail_msg("%s", patterns[i].pattern);
}

/* Literals are searched for in the letters of the text, without those that \W may match and those
 * that occur in no literal. */
static void texts_are_read_as_letters(void **state)
{
	(void)state;
	static const struct {
		const char *canonical, *run;
	} texts[] = {
		{"nhà  cáiii, quý 12", "nhacaiqui12"},
		{"nhà \u0e31 cái", "nhacai"},	/* a Thai vowel sign */
		{"nhà漢cái \u0430", "nhacai"},	/* Cyrillic a by itself */
		{"nhà\U0001e4d0cái", "nhacai"}, /* newer than the Unicode of PCRE2 10.42 */
		{"", ""},
	};
	char run[64];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t len = prefilter_read(texts[i].canonical, strlen(texts[i].canonical), run);
		assert_int_equal(len, strlen(texts[i].run));
		assert_memory_equal(run, texts[i].run, len);
	}
}

/* A pattern that is nested too deep has no literal. That of a long pattern has a limited length. */
static void deep_and_long_patterns_are_bounded(void **state)
{
	(void)state;
	struct literals found;
	char deep[256] = "", wide[4096] = "đánh bạc";

	for (int i = 0; i < 60; i++)
		strcat(deep, "(");
	strcat(deep, "nhà cái");
	for (int i = 0; i < 60; i++)
		strcat(deep, ")");
	assert_false(prefilter_find(deep, &found));
	for (int i = 0; i < 200; i++)
		strcat(wide, " cờ bạc");
	assert_true(prefilter_find(wide, &found));
	assert_in_range(strlen(found.literal[0]), LITERAL_LEAST, LITERAL_LETTERS);
}

/* The fuzzer's maker of patterns: the text of `[ak]` is one of its letters. */
static void text_made_for_a_class_is_one_of_its_characters(void **state)
{
	/* An element of one alternative: a class of two, the first two of its list. */
	static const uint8_t form_bytes[] = {0, 0, 0, 1, 0, 8, 1, 1, 1, 0, 1, 1};
	size_t letters[2] = {0, 0};

	(void)state;
	for (uint8_t i = 0; i < 200; i++) {
		struct choices form = choices_from(form_bytes, sizeof form_bytes);
		struct choices wording = choices_from(&i, 1);
		struct buf pattern = {0}, made = {0};

		wording.at = wording.end; /* only what the byte seeds */
		pattern_make(&form, &wording, &pattern, &made);
		assert_string_equal(buf_string(&pattern), "[ak]");
		assert_int_equal(made.len, 1);
		assert_non_null(strchr("ak", made.data[0]));
		letters[made.data[0] == 'k']++;
		buf_free(&pattern);
		buf_free(&made);
	}
	assert_true(letters[0] && letters[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(required_letters_of_patterns),
		cmocka_unit_test(patterns_with_too_many_alternatives_are_recognised),
		cmocka_unit_test(texts_are_read_as_letters),
		cmocka_unit_test(text_made_for_a_class_is_one_of_its_characters),
		cmocka_unit_test(deep_and_long_patterns_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
