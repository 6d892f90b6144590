/* Host names without a scheme, and names whose letters are apart or joined to words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "link/domain.h"
#include "link/spelling.h"
#include "link/words.h"
#include "read_text.h"

/* Reads `marked`, in which a | may be at any place. Returns the glyph after the |. */
static size_t read_marked(const char *marked)
{
	static char bytes[256]; /* the text borrows them */
	const char *mark = strchr(marked, '|');
	size_t before = mark ? (size_t)(mark - marked) : strlen(marked);

	snprintf(bytes, sizeof bytes, "%.*s%s", (int)before, marked, mark ? mark + 1 : "");
	must_read(bytes);
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].at == before)
			return i;
	return text->glyphs;
}

/* The bytes of glyphs [first, end). */
static const char *between(size_t first, size_t end)
{
	static char bytes[256];
	size_t at = 0, len = 0;

	if (end > first)
		text_span(text, first, end - first, &at, &len);
	snprintf(bytes, sizeof bytes, "%.*s", (int)len, text->bytes + at);
	return bytes;
}

/* Reads the chain that begins after the |, as if a link ended there. `beside`: the link is directly
 * before it. `expected`: the host that is found; NULL: none. */
static void expect_host(const char *marked, bool beside, const char *expected)
{
	size_t first = read_marked(marked), seen;
	struct host host;
	bool found = domain_read(text, first, label_read(text, first, false), beside, &host, &seen);

	if (found != (expected != NULL) ||
	    (found && strcmp(between(host.first, host.end), expected) != 0))
		fail_msg("\"%s\": expected %s, found %s", marked, expected ? expected : "no host",
			 found ? between(host.first, host.end) : "no host");
	assert_true(!found || (seen >= host.end && seen <= text->glyphs));
}

static void a_dot_belongs_to_a_host_or_ends_a_sentence(void **state)
{
	(void)state;
	expect_host("xem |vidu88.com nhé", false, "vidu88.com");
	expect_host("|tin.vidu88.com.vn", false, "tin.vidu88.com.vn");
	expect_host("|xong.Com nhé", false, NULL);
	expect_host("đẹp |hay.me", false, NULL);
	expect_host("|đẹp.com", false, NULL);
	expect_host("|Vidu.com.Hay lắm", false, "Vidu.com");
	expect_host("|abc . com . vn", false, "abc . com . vn");
	expect_host("|tám tám chấm com", false, NULL);
	expect_host("tám |tám chấm com", false, NULL); /* the word before the | is not read */
	expect_host("|vidu88 chấm com", false, "vidu88 chấm com");
}

static void names_of_programs_and_idioms_are_no_hosts(void **state)
{
	(void)state;
	expect_host("|main.rs", false, NULL);
	expect_host("|ASP.NET", false, NULL);
	expect_host("|U23.VN", false, NULL);
	expect_host("|bang.info()", false, NULL);
	expect_host("|com.vidu.app", false, NULL);
	expect_host("bó |tay.com", false, NULL);
	expect_host("ngón |tay.com", false, "tay.com");
}

static void a_path_or_a_link_beside_makes_a_name_a_host(void **state)
{
	(void)state;
	expect_host("|hay.win", false, NULL);
	expect_host("|hay.win/vao", false, "hay.win");
	expect_host("|hay.win", true, "hay.win");
}

static void an_address_is_a_host(void **state)
{
	struct host host;
	size_t seen;

	(void)state;
	must_read("203.0.113.7/x");
	assert_true(domain_read(text, 0, label_read(text, 0, false), false, &host, &seen));
	assert_true(host.ip);
	assert_int_equal(seen, strlen("203.0.113.7"));
	must_read("vidu88.com");
	assert_true(domain_read(text, 0, label_read(text, 0, false), false, &host, &seen));
	assert_false(host.ip);
}

static void names_with_joined_words_are_found(void **state)
{
	(void)state;
	expect_host("|ởshopee.vn", false, "shopee.vn");
	expect_host("|vidu88.com-nạp", false, "vidu88.com");
	expect_host("|vidu88.comĐủ", false, "vidu88.com");
	expect_host("|vidu88.c.o.m", false, "vidu88.c.o.m");
	expect_host("v i d u 8 |8 . com", false, NULL); /* the letters before the | are not read */
}

/* ---- letters apart -------------------------------------------------------------------- */

/* A top-level domain with its letters apart after the |: its end, and how it is written. */
static void expect_spelled(const char *marked, const char *expected, const char *word)
{
	char found[SPELLED_MAX + 1] = "";
	size_t first = read_marked(marked), end = spelled_read(text, first, found);

	if ((end != 0) != (expected != NULL) ||
	    (expected && strcmp(between(first, end), expected) != 0))
		fail_msg("\"%s\": expected %s, found %s", marked, expected ? expected : "none",
			 end ? between(first, end) : "none");
	if (expected && word)
		assert_string_equal(found, word);
}

static void a_top_level_domain_may_have_its_letters_apart(void **state)
{
	(void)state;
	expect_spelled("vidu88.|c.o.m nhé", "c.o.m", "com");
	expect_spelled("vidu88 |C-O-M", "C-O-M", "com");
	expect_spelled("vidu88 |w in nhé", "w in", "win");
	expect_spelled("vidu88 |cờ o mờ nhé", "cờ o mờ", NULL);
	expect_spelled("vidu88 |c o m e", "c o m", "com"); /* the longest top-level domain */
	expect_spelled("vidu88 |c.o-m", "c.o", "co");	   /* another sign ends it */
	expect_spelled("vidu88 |c.o.mua", "c.o", "co");
	expect_spelled("vidu88 |c.o.m.e", NULL, NULL); /* only blanks may separate it from a word */
	expect_spelled("vidu88 |sh op", NULL, NULL);
	expect_spelled("vidu88 |com", NULL, NULL);
	expect_spelled("vidu88 |c.ó.m", NULL, NULL);
	expect_spelled("vidu88 |a.b.c", NULL, NULL);
}

/* The letters apart that end before the |. */
static void expect_before(const char *marked, size_t floor, const char *expected, const char *word)
{
	char found[SPELLED_MAX + 1];
	size_t end = read_marked(marked), first = spelled_before(text, floor, end, found);

	assert_string_equal(between(first, end), expected);
	assert_string_equal(found, word);
}

static void a_name_may_have_its_letters_apart(void **state)
{
	(void)state;
	expect_before("v i d u 8 8|.com", 0, "v i d u 8 8", "vidu88");
	expect_before("V_I_D_U|.com", 0, "V_I_D_U", "vidu");
	expect_before("v i d u|.com", 4, "d u", "du");
	expect_before("ab v i|.com", 0, "v i", "vi");
	expect_before("v-i d u|.com", 0, "i d u", "idu");
	expect_before("ví|.com", 0, "", "");
}

static void the_end_of_letters_apart_is_bounded(void **state)
{
	size_t first;

	(void)state;
	first = read_marked("|a.b.c xong");
	assert_string_equal(between(first, spelled_end(text, first)), "a.b.c");
	first = read_marked("|a b c");
	assert_int_equal(spelled_end(text, first), first);
	first = read_marked("|a.b-c");
	assert_string_equal(between(first, spelled_end(text, first)), "a.b");
	first = read_marked("|a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a");
	assert_in_range(spelled_end(text, first), SPELLED_RUN, SPELLED_RUN + 3);
}

/* ---- joined to words ------------------------------------------------------------------ */

static void expect_split_after_tld(const char *bytes, const char *expected, enum tld expected_look)
{
	struct label label, tld;
	enum tld look;
	bool found;

	must_read(bytes);
	label = label_read(text, 0, false);
	found = split_after_tld(text, &label, &tld, &look);
	assert_int_equal(found, expected != NULL);
	if (found) {
		assert_string_equal(between(tld.first, tld.first + tld.count), expected);
		assert_int_equal(look, expected_look);
	}
}

static void a_word_may_follow_a_top_level_domain(void **state)
{
	(void)state;
	expect_split_after_tld("com-nạp", "com", TLD_STRONG);
	expect_split_after_tld("comVào", "com", TLD_STRONG);
	expect_split_after_tld("comđể", "com", TLD_STRONG);
	expect_split_after_tld("shopđể", "shop", TLD_FAMILIAR);
	expect_split_after_tld("shopVao", NULL, 0); /* before a capital, .shop counts as a word */
	expect_split_after_tld("vn-index", NULL, 0);
	expect_split_after_tld("vn-nạp", "vn", TLD_NATION);
	expect_split_after_tld("com", NULL, 0);
	expect_split_after_tld("comet", NULL, 0);
}

static void a_name_may_follow_a_syllable(void **state)
{
	struct label label, name;
	size_t cut = 0;

	(void)state;
	must_read("ởvidu");
	label = label_read(text, 0, false);
	assert_true(split_before_name(text, &label, &cut, &name));
	assert_string_equal(between(name.first, name.first + name.count), "vidu");
	assert_false(split_before_name(text, &label, &cut, &name));
	/* The longest form of the syllable is first. */
	must_read("tảinga");
	label = label_read(text, 0, false);
	cut = 0;
	assert_true(split_before_name(text, &label, &cut, &name));
	assert_string_equal(between(name.first, name.first + name.count), "nga");
	assert_true(split_before_name(text, &label, &cut, &name));
	assert_string_equal(between(name.first, name.first + name.count), "inga");
	assert_false(split_before_name(text, &label, &cut, &name));
}

/* WORDS_LAST_SIGN is the last character that counts as a sign, apart from the discs, so most emoji
 * need no search. */
static void no_sign_is_beyond_the_last(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint32_t ch = 0; ch <= 0x10FFFF; ch++)
		if (words_is_point(ch) || words_is_letter_point(ch) ||
		    (words_is_ball(ch) && !words_is_disc(ch)))
			last = ch;
	assert_int_equal(last, WORDS_LAST_SIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dot_belongs_to_a_host_or_ends_a_sentence),
		cmocka_unit_test(names_of_programs_and_idioms_are_no_hosts),
		cmocka_unit_test(a_path_or_a_link_beside_makes_a_name_a_host),
		cmocka_unit_test(an_address_is_a_host),
		cmocka_unit_test(names_with_joined_words_are_found),
		cmocka_unit_test(a_top_level_domain_may_have_its_letters_apart),
		cmocka_unit_test(a_name_may_have_its_letters_apart),
		cmocka_unit_test(the_end_of_letters_apart_is_bounded),
		cmocka_unit_test(a_word_may_follow_a_top_level_domain),
		cmocka_unit_test(a_name_may_follow_a_syllable),
		cmocka_unit_test(no_sign_is_beyond_the_last),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
