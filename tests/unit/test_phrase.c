/* Phrases and patterns found as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "rules/match/build.h"
#include "rules/match/scan.h"
#include "text/read_text.h"

struct find_case {
	const char *phrase, *text;
	const char *expect; /* what a person would underline; NULL: nothing */
};

/* The bytes of the first hit in `text`, or NULL. */
static const char *find(const char *phrase, const char *except, unsigned flags, const char *text)
{
	static char found[512];
	struct scan_builder *b = scan_builder_new();
	const char *why, *answer = NULL;
	size_t at, len;

	assert_null(scan_add_phrase(b, 0, phrase, flags));
	if (except)
		assert_null(scan_add_phrase(b, 0, except, flags | SCAN_EXCEPT));
	struct scan *scan = scan_compile(b, &why);
	assert_non_null(scan);
	struct scan_scratch *scratch = scan_scratch_new();
	struct text *t = text_new();
	struct scan_result result;
	assert_int_equal(text_read(t, text, strlen(text)), TEXT_OK);
	assert_true(scan_text(scan, scratch, t, &result));
	if (result.count) {
		text_span(t, result.hits[0].first, result.hits[0].count, &at, &len);
		snprintf(found, sizeof found, "%.*s", (int)len, text + at);
		answer = found;
	}
	text_free(t);
	scan_scratch_free(scratch);
	scan_free(scan);
	return answer;
}

static void expect(const struct find_case *c, const char *except, unsigned flags)
{
	const char *found = find(c->phrase, except, flags, c->text);
	if ((found == NULL) != (c->expect == NULL) || (found && strcmp(found, c->expect) != 0))
		fail_msg("\"%s\" in \"%s\": expected \"%s\", found \"%s\"", c->phrase, c->text,
			 c->expect ? c->expect : "(nothing)", found ? found : "(nothing)");
}

static void expect_all(const struct find_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect(&cases[i], NULL, 0);
}
#define EXPECT_ALL(cases) expect_all(cases, sizeof cases / sizeof *cases)

static void spacing_and_signs_between_words_are_allowed_or_not(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"nhà cái", "vào nhà cái này chơi đi", "nhà cái"},
		{"nhà cái", "NHÀ CÁI uy tín", "NHÀ CÁI"},
		{"nhà cái", "vào nhà\ncái này", NULL},
		{"nhà cái", "vào\nnhà\ncái\nnày", "nhà\ncái"},
		{"nhà cái uy tín", "vào nhà\ncái uy tín", "nhà\ncái uy tín"},
		{"nhà cái", "vào nhà   cái này", "nhà   cái"},
		{"nhà cái", "vào nhà-cái, nhà_cái", "nhà-cái"},
		{"nhà cái", "vào nhà 🎰 cái này", NULL},
		{"nhà cái", "vào nhà🎰🎰cái này", "nhà🎰🎰cái"},
		{"nhà cái uy tín", "vào nhà 🎰 cái 🎰 uy 🎰 tín", "nhà 🎰 cái 🎰 uy 🎰 tín"},
		{"nhà cái uy tín", "vào nhà 🎰 cái uy tín", NULL},
		{"nhà cái", "vào nhà* cái này", NULL},
		{"nhà cái", "ở nhà... cái gì", NULL},
		{"nhà cái", "ra khỏi nhà (cái nhà cũ)", NULL},
		{"nhà cái", "mua nhà/cái gì", NULL},
		{"nhà cái", "Về nhà.Cái xe hỏng", NULL},
		{"nhà cái uy tín", "nhà, cái, uy, tín", "nhà, cái, uy, tín"},
		{"nhà cái uy tín", "nhà. Cái. Uy. Tín", "nhà. Cái. Uy. Tín"},
		{"nhà cái uy tín", "nhà cái, uy tín", NULL},
		{"nhà cái", "nhà cáii", "nhà cáii"},
		{"nhà cái", "nhà cáo", NULL},
		{"nhà cái", "anhà cái", NULL},
		{"nhà cái", "ăn nhà cái ít", "nhà cái"},
		{"anh hai", "thương anh hai lắm", "anh hai"},
		{"anh hai", "thương anhhh hhai lắm", "anhhh hhai"},
		{"anh hai", "thương anhai lắm", NULL},
		{"fun88", "chơi fun88 nhé", "fun88"},
		{"fun88", "chơi fun888 nhé", NULL},
		{"fun88", "chơi fun 88 nhé", "fun 88"},
		{"nhà cái", "vào nhacai88 nhé", "nhacai"},
		{"ml", "chai 92ml thôi", NULL},
		{"má", "thi ̀ hu ́ cạn ma ́ u dân", NULL},
		{"máu", "thi ̀ hu ́ cạn ma ́ u dân", "ma ́ u"},
		{"v~", "hay quá v", NULL},
		{"v~", "hay quá v~", "v"},
		{"赌场", "去 赌场 吧", "赌场"},
	};
	EXPECT_ALL(cases);
}

static void every_unicode_form_of_a_letter_is_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"hoà", "nước hòa bình này", "hòa"},
		{"thuý", "chị thúy ơi", "thúy"},
		{"lý", "vô lí quá đi thôi", "lí"},
		{"quý", "quí khách đâu rồi", "quí"},
		{"thúy", "chị ấy bị thúi lắm", NULL},
		{"nhà cái", "nha\xCC\x80 ca\xCC\x81i này", "nha\xCC\x80 ca\xCC\x81i"},
		{"nhà cái", "n\xE2\x80\x8Bhà c\xE2\x80\x8B\xE2\x80\x8Bái",
		 "n\xE2\x80\x8Bhà c\xE2\x80\x8B\xE2\x80\x8Bái"},
		{"nhà cái", "ｎｈà ｃáｉ", "ｎｈà ｃáｉ"},
		{"nhà cái", "𝐧𝐡𝐚̀ 𝐜𝐚́𝐢", "𝐧𝐡𝐚̀ 𝐜𝐚́𝐢"},
		{"casino", "vào \xD1\x81\xD0\xB0sin\xD0\xBE chơi", "\xD1\x81\xD0\xB0sin\xD0\xBE"},
		{"đĩ", "con \xC3\xB0ĩ kia", "\xC3\xB0ĩ"},
		{"nhà cái", "nh&agrave; c&#225;i", "nh&agrave; c&#225;i"},
	};
	EXPECT_ALL(cases);
}

static void separated_and_repeated_letters_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"nhà cái", "vào n.h.à c.á.i này", "n.h.à c.á.i"},
		{"nhà cái", "vào n-h-à-c-á-i này", "n-h-à-c-á-i"},
		{"nhà cái", "vào n h à c á i này", "n h à c á i"},
		{"nhà cái", "vào n h à   c á i này", "n h à   c á i"},
		{"nhà cái", "vào n_h_à_c_á_i này", "n_h_à_c_á_i"},
		{"nhà cái", "vào n💰h💰à💰c💰á💰i này", "n💰h💰à💰c💰á💰i"},
		{"nhà cái", "vào nhàcái này", "nhàcái"},
		{"nhà cái", "vào nhhhààà cáiiii này", "nhhhààà cáiiii"},
		{"nhà cái", "vào nh à c ái này", "nh à c ái"},
		{"ngu", "đồ nguuuu", "nguuuu"},
		{"ngu", "đồ n.g.u kia", "n.g.u"},
		{"chết", "ch3t đi cho rồi", "ch3t"},
		{"chịch", "CH!CH khỏe, tối ngày", "CH!CH"},
		{"lừa đảo", "bọn lừ@ đ@o kia", "lừ@ đ@o"},
		{"ngon ngon", "ngon!ngon quá đi", NULL},
	};
	EXPECT_ALL(cases);
}

static void letters_that_look_alike_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"kubet", "chơi кubет nhé", "кubет"},
		{"kubet", "CHƠI КUBЕТ NHÉ", "КUBЕТ"},
		{"kubet", "chơi κυβετ nhé", "κυβετ"},
		{"kubet", "chơi ΚUΒΕΤ nhé", "ΚUΒΕΤ"},
		{"nhà cái", "ΝΗÀ CÁΙ uy tín", "ΝΗÀ CÁΙ"},
		{"nhà cái", "νηà cáι uy tín", "νηà cáι"}, /* the same in small letters */
		{"sunwin", "vào SUNWІN", "SUNWІN"},
		{"sunwin", "vào suпwin", "suпwin"},
		{"lồn", "cái lồн đó", "lồн"},
		{"lồn", "cái Іồn đó", "Іồn"},
		{"hitclub", "vào Һitclub nhé", "Һitclub"},
		{"789bet", "vào 789ßet và 789βet", "789ßet"},
		{"kubet", "vào kⴑbet", "kⴑbet"},
		{"kubet", "vào ҡubet, kụbet, kừbet", "ҡubet"},
		{"kubet", "vào kụbet", "kụbet"},
		{"kubet", "vào kừbet", "kừbet"},
		{"ngon", "ngõn", NULL},
		{"lo", "Io thì không phải", NULL}, /* a Latin I is no l */
	};
	EXPECT_ALL(cases);
}

static void digits_and_signs_for_letters_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"óc chó", "đúng là óc ch0", "óc ch0"},
		{"óc chó", "đúng là 0c chó", "0c chó"},
		{"lồn", "cái 1ồn gì", "1ồn"},
		{"lồn", "cái !ồn gì", "!ồn"},
		{"nhà cái", "nh4 c41 uy tín", "nh4 c41"},
		{"hitclub", "vào hitc1ub", "hitc1ub"},
		{"hitclub", "vào h1tc1ub", "h1tc1ub"},
		{"mẹ kiếp", "m3 k13p nó", "m3 k13p"},
		{"kubet", "vào kub3t77", "kub3t"},
		{"kubet", "vào ku8et", "ku8et"},
		{"789bet", "vào 789 b€t", "789 b€t"},
		{"địt", "đ!t cả lũ", "đ!t"},
		{"địt", "₫ịt cả lũ", "₫ịt"},
		{"địt", "đ¡t cả lũ", "đ¡t"},
		{"cặc", "©ặc gì", "©ặc"},
		{"kubet", "kub€t", "kub€t"},
		{"lồn", "cái £ồn", "£ồn"},
		/* Quantities, models and exclamations. */
		{"sok", "giá 50k thôi", NULL},
		{"lol", "mua 10l xăng", NULL},
		{"lol", "phòng LO1 tầng 3", NULL},
		{"sml", "uống 5ml thuốc", NULL},
		{"sml", "uống 5ML thuốc", NULL},
		{"ag", "mạng 4G", NULL},
		{"ss", "iPhone 5s", NULL},
		{"imt", "cao 1m7", NULL},
		{"aa", "giấy A4", NULL},
		{"vl", "mua v1 hay v2", NULL},
		{"vcl", "bản vc1", NULL},
		{"lầni", "nhiều lần!", NULL},
		{"chói", "con chó! con chó!!!", NULL},
		{"kd", "hết 100k₫", NULL},
		{"nhà cái", "về nhà cá!", NULL},
		{"cặc", "c4c0n đây", NULL},
	};
	EXPECT_ALL(cases);
}

static void styled_letters_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"nhà cái uy tín", "vào 𝐧𝐡𝐚 𝐜𝐚𝐢 𝐮𝐲 𝐭𝐢𝐧 nhé", "𝐧𝐡𝐚 𝐜𝐚𝐢 𝐮𝐲 𝐭𝐢𝐧"},
		{"địt mẹ", "𝓭𝓲𝓽 𝓶𝓮 mày", "𝓭𝓲𝓽 𝓶𝓮"},
		{"vãi lồn", "🅅🄰🄸 🄻🄾🄽 thật", "🅅🄰🄸 🄻🄾🄽"},
		{"vãi lồn", "🆅🅰🅸 🅻🅾🅽 thật", "🆅🅰🅸 🅻🅾🅽"},
		{"vãi lồn", "⒱⒜⒤ ⒧⒪⒩ thật", "⒱⒜⒤ ⒧⒪⒩"},
		{"vãi lồn", "ⓥⓐⓘ ⓛⓞⓝ thật", "ⓥⓐⓘ ⓛⓞⓝ"},
		{"vãi lồn", "ᴠᴀɪ ʟᴏɴ thật", "ᴠᴀɪ ʟᴏɴ"},
		{"vãi lồn", "ᵛᵃⁱ ˡᵒⁿ thật", "ᵛᵃⁱ ˡᵒⁿ"},
		{"vãi lồn", "vai lon thì sao", NULL},
		{"kubet", "vào 🇰🇺🇧🇪🇹 nhé", "🇰🇺🇧🇪🇹"},
		{"kubet", "vào 🇰 🇺 🇧 🇪 🇹 nhé", "🇰 🇺 🇧 🇪 🇹"},
		{"vnvnvn", "Việt Nam 🇻🇳🇻🇳🇻🇳", NULL},
		{"vn", "Việt Nam 🇻🇳", NULL},
		{"kubet", "k҉u҉b҉e҉t҉ đây", "k҉u҉b҉e҉t҉"},
		{"kubet", "k⃝u⃝b⃝e⃝t⃝ đây", "k⃝u⃝b⃝e⃝t⃝"},
		{"go88", "go➑➑ đây", "go➑➑"},
	};
	EXPECT_ALL(cases);
}

/* After U+202E a text is shown from right to left. */
static void letters_shown_from_right_to_left_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"kubet", "vào \u202etebuk\u202c chơi", "tebuk"},
		{"kubet", "vào \u2067\u202etebuk\u202c\u2069 chơi", "tebuk"},
		{"kubet", "vào \u202etebuk", "tebuk"},
		{"kubet", "vào &#8238;tebuk", "tebuk"},
		{"kubet", "vào \u202eubuk\u202c và \u202etebuk\u202c", "tebuk"},
		{"kubet", "vào ku\u202eteb\u202c chơi", "ku\u202eteb"},
		{"nhà cái", "vào nhà \u202eiác\u202c uy tín", "nhà \u202eiác"},
		{"nhà cái", "vào \u202enhà cái\u202c uy tín", "nhà cái"},
		{"nhà cái", "vào \u202dnhà cái\u202c uy tín", "nhà cái"},
		{"kubet", "vào \u202e\ntebuk", NULL},
		{"kubet", "vào \u202e a\ntebuk\nva \u202etebuk", "tebuk"},
		{"kubet", "vào \u202e<br>tebuk", NULL},
		{"kubet", "vào tebuk", NULL},
		{"hay", "thật \u202e1\u202c ya\u202eh\u202c", NULL},
	};
	EXPECT_ALL(cases);
}

static void teencode_spellings_are_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"địt", "đjt cả lũ", "đjt"},
		{"địt mẹ", "djt mẹ nó", "djt mẹ"},
		{"nhà cái", "nhà cáj uy tín", "nhà cáj"},
		{"nhà cái", "nhà káj uy tín", "nhà káj"},
		{"cặc", "con cặk", "cặk"},
		{"cặc", "con kặc", "kặc"},
		{"cặc", "con kặk", "kặk"},
		{"óc chó", "đồ ók chó", "ók chó"},
		{"óc chó", "ok cho mình hỏi", NULL},
		{"óc chó", "đồ óc khó", NULL},
		{"có bầu", "ko bầu bí gì", NULL},
		{"cẹt", "kẹt xe quá", NULL},
		{"con đĩ", "con đj học", NULL},
		{"cl", "kl là gì", NULL},
		{"cc", "kkk vui quá", NULL},
		{"kèo", "cèo gì", NULL},
		{"fuck", "fucccck", "fucccck"},
		{"fuck", "fuckkkk", "fuckkkk"},
		{"thúy", "thúj", NULL},
	};
	EXPECT_ALL(cases);
}

static void missing_marks_are_found_where_the_text_lacks_marks(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"địt mẹ", "dit me", "dit me"},
		{"địt mẹ", "thằng kia địt me mày", NULL},
		{"lồn", "lớn rồi", NULL},
		{"lồn", "lon bia", NULL},
		{"lồn", "Cho em hai lon bia nhé", NULL},
		{"đồ chó", "lý do cho việc này là gì", NULL},
		{"óc chó", "trong đầu óc cho thấy", NULL},
		{"óc chó", "may dung la oc cho", "oc cho"},
		{"nạp tiền", "nap tien vào đây để nhận thưởng", "nap tien"},
		{"lừa đảo", "bon nay chuyen lua dao nguoi khac", "lua dao"},
		{"lừa đảo", "cây lúa, dao cùn và người nông dân", NULL},
		{"ngu", "đi ngủ thôi", NULL},
		{"ma túy", "ma tuy nhiên", NULL},
		{"tiền", "tiên cá", NULL},
		{"cặc", "các bạn", NULL},
	};
	EXPECT_ALL(cases);
	expect(&(struct find_case){"địt mẹ", "dit me", NULL}, NULL, SCAN_MARKS_EXACT);
	expect(&(struct find_case){"địt mẹ", "địt mẹ", "địt mẹ"}, NULL, SCAN_MARKS_EXACT);
}

static void parts_of_other_words_and_sentences_are_not_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"nhà cái", "Tôi về nhà. Cái xe hỏng rồi", NULL},
		{"ho a", "hoa đẹp quá", NULL},
		{"chó", "c, hó hé gì", NULL},
		{"ngu", "nguồn tin", NULL},
		{"ngu", "người ta", NULL},
		{"seo", "seoul", NULL},
		{"ao", "so sánh 40 với 50", NULL},
		{"đồ", "giá 1d0 thôi", NULL},
	};
	EXPECT_ALL(cases);
}

static void initials_of_names_and_prices_are_not_found(void **state)
{
	(void)state;
	static const struct find_case cases[] = {
		{"đm", "Đ.M. nói đúng", NULL},		 {"đm", "NSND Đ.M.Tùng hát hay", NULL},
		{"đm", "Cháu Đ.M rất ngoan", NULL},	 {"vcl", "Hai cháu A.V.C.L và B", NULL},
		{"đm", "đất ở đây 5 triệu đ/m2", NULL},	 {"đm", "Đ.M. Thằng này láo", "Đ.M"},
		{"đm", "Thằng này láo, đ.m. nó", "đ.m"},
	};
	EXPECT_ALL(cases);
}

static void an_exception_covers_its_own_place_only(void **state)
{
	(void)state;
	const struct find_case honest_home = {"nhà cái", "ngôi nhà cái gì cũng đẹp", NULL};
	const struct find_case both = {"nhà cái", "ngôi nhà cái gì, nhà cái kia", "nhà cái"};
	expect(&honest_home, "ngôi nhà cái", 0);
	expect(&both, "ngôi nhà cái", 0);
	assert_non_null(find("nhà cái", "ngôi nhà", 0, "ngôi nhà cái gì"));
}

static void a_phrase_without_letters_is_an_error(void **state)
{
	(void)state;
	struct scan_builder *b = scan_builder_new();
	assert_non_null(scan_add_phrase(b, 0, "", 0));
	assert_non_null(scan_add_phrase(b, 0, "...", 0));
	assert_non_null(scan_add_phrase(b, 0, "\xC0\xAF", 0));
	scan_builder_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spacing_and_signs_between_words_are_allowed_or_not),
		cmocka_unit_test(every_unicode_form_of_a_letter_is_found),
		cmocka_unit_test(separated_and_repeated_letters_are_found),
		cmocka_unit_test(letters_that_look_alike_are_found),
		cmocka_unit_test(digits_and_signs_for_letters_are_found),
		cmocka_unit_test(styled_letters_are_found),
		cmocka_unit_test(letters_shown_from_right_to_left_are_found),
		cmocka_unit_test(teencode_spellings_are_found),
		cmocka_unit_test(missing_marks_are_found_where_the_text_lacks_marks),
		cmocka_unit_test(parts_of_other_words_and_sentences_are_not_found),
		cmocka_unit_test(initials_of_names_and_prices_are_not_found),
		cmocka_unit_test(an_exception_covers_its_own_place_only),
		cmocka_unit_test(a_phrase_without_letters_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
