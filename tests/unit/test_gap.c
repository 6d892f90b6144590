/* What may be between the letters of a phrase, without the rest of the search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "read_text.h"
#include "rules/match/gap.h"

static struct phrase phrase;
static struct skeleton skeleton;
static struct phrase_search search;

/* The match of the phrase with as many letters of the text, one for one, from `first` on. */
static struct match match_of(const char *words, const char *bytes, size_t first)
{
	assert_null(phrase_read(&phrase, words, text));
	must_read(bytes);
	assert_true(skeleton_read(&skeleton, text, SKELETON_PLAIN));
	assert_true(first + phrase.letters <= skeleton.letters);
	search = (struct phrase_search){.text = text, .skeleton = &skeleton};
	return (struct match){.phrase = &phrase,
			      .search = &search,
			      .first = first,
			      .end = first + phrase.letters};
}

static bool joins(struct match *m)
{
	for (size_t p = 1, i = m->first + 1; p < phrase.letters; p++, i++) {
		bool same = phrase.syllable[p] == phrase.syllable[p - 1];

		if (!(same && adjoins(m, i)) && !gap_joins(m, p, i, same))
			return false;
	}
	return gaps_allow_match(m);
}

static void expect(const char *words, const char *bytes, size_t first, bool expected)
{
	struct match m = match_of(words, bytes, first);

	if (joins(&m) != expected)
		fail_msg("\"%s\" in \"%s\": expected %s", words, bytes, expected ? "yes" : "no");
	phrase_clear(&phrase);
}

static void two_words_may_have_a_blank_or_a_joiner_between_them(void **state)
{
	(void)state;
	expect("nhà cái", "nhà cái", 0, true);
	expect("nhà cái", "nhà    cái", 0, true);
	expect("nhà cái", "nhà-cái", 0, true);
	expect("nhà cái", "nhà.cái", 0, true);
	expect("nhà cái", "nhà🎰🎰cái", 0, true);
	expect("nhà cái", "nhà🎰 cái", 0, false);
	expect("nhà cái", "nhà--cái", 0, false);
	expect("nhà cái", "nhà/cái", 0, false);
	expect("nhà cái", "nhà, cái", 0, false);
	expect("nhà cái", "nhà.Cái", 0, false);
	expect("nhà cái", "NHÀ.CÁI", 0, true);
	expect("nhà cái", "nhà\ncái", 0, true); /* each word on a line of its own */
	expect("nhà cái", "vào nhà\ncái này", 3, false);
}

static void signs_that_repeat_are_a_disguise(void **state)
{
	(void)state;
	expect("nhà cái uy tín", "nhà, cái, uy, tín", 0, true);
	expect("nhà cái uy tín", "nhà... cái... uy... tín", 0, true);
	expect("nhà cái uy tín", "nhà, cái. uy, tín", 0, false);
	expect("nhà cái uy tín", "nhà cái, uy tín", 0, false);
	expect("nhà cái uy tín", "nhà/cái/uy/tín", 0, true);
	expect("nhà, cái", "nhà, cái", 0, true); /* the phrase's own sign */
}

static void long_gaps_belong_to_no_phrase(void **state)
{
	static const char bell[] = "🎰";
	char bytes[256] = "nhà";

	(void)state;
	for (int i = 0; i < 32; i++)
		strcat(bytes, bell);
	strcat(bytes, "cái");
	expect("nhà cái", bytes, 0, true);
	strcpy(bytes + strlen(bytes) - strlen("cái"), bell);
	strcat(bytes, "cái");
	expect("nhà cái", bytes, 0, false);
}

static void words_may_be_spelled_out(void **state)
{
	(void)state;
	expect("nhà cái", "n.h.à c.á.i", 0, true);
	expect("nhà cái", "n h à   c á i", 0, true);
	expect("nhà cái", "n, h, à c á i", 0, false); /* a list */
	expect("nhà cái", "n h à. C á i", 0, false);  /* two sentences */
	expect("nhà cái", "n h à.C á i", 0, true);
	expect("chó", "ch ó", 0, true);
	expect("hoa", "ho a", 0, false); /* both may be words */
	expect("fun88", "fun 88", 0, true);
	expect("m88", "m 88", 0, false);
	expect("fun88", "fun 88%", 0, false);
	expect("kubet", "ku\nbet", 0, true);
	expect("kubet", "ku bet", 0, false);
}

static void words_may_be_joined(void **state)
{
	struct match m;

	(void)state;
	expect("nhà cái", "nhàcái", 0, true);
	expect("ho à", "hoà", 0, false); /* a syllable of its own */
	expect("cá độ", "cado", 0, false);
	expect("cá độ", "CaDo", 0, true);
	m = match_of("cá độ", "cado", 0);
	search.unaccented = true;
	assert_true(joins(&m));
	assert_true(m.marks_optional);
	phrase_clear(&phrase);
	m = match_of("nhà cái", "nhàcái", 0);
	phrase.plain = true;
	assert_false(joins(&m));
	phrase_clear(&phrase);
}

/* Some marks are missing in the text. `fits`: the text is the phrase, with what is between its
 * letters; `optional`: its marks may be missing, because it is a slug. */
static void expect_slug(const char *words, const char *bytes, size_t first, bool fits,
			bool optional)
{
	struct match m = match_of(words, bytes, first);

	m.missing = true;
	assert_int_equal(joins(&m), fits);
	assert_int_equal(m.marks_optional, optional);
	phrase_clear(&phrase);
}

static void a_slug_has_no_marks(void **state)
{
	(void)state;
	expect_slug("nhà cái", "nha-cai", 0, true, true);
	expect_slug("nhà cái", "nha cai", 0, true, false);
	expect_slug("nhà cái", "mua-nha-cai", 3, false, false);
	expect_slug("nhà cái", "nha-cai-moi", 0, false, false);
	expect_slug("nhà cái uy tín", "mua-nha-cai-uy-tin-nao", 3, true, true);
	expect_slug("nhà cái uy tín", "nha-cai-uy_tin", 0, true, false);
}

static void a_plain_phrase_keeps_its_own_sign(void **state)
{
	static const struct {
		const char *bytes;
		bool alike;
	} rows[] = {{"nhà, cái", true},	 {"nhà,cái", true},  {"nhà,   cái", true},
		    {"nhà; cái", false}, {"nhà cái", false}, {"nhà ,cái", false},
		    {"nhàcái", true}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct match m = match_of("nhà, cái", rows[i].bytes, 0);

		assert_int_equal(gap_is_alike(&m, 3, 3), rows[i].alike);
		phrase_clear(&phrase);
	}
}

static void words_begin_after_gaps_and_with_capitals(void **state)
{
	struct match m = match_of("a", "vào LoDe, 5Kubet 1M88", 0);
	const char *letters = "vaolode5kubet1m88", *begins = "10010101100001000";

	(void)state;
	for (size_t i = 0; letters[i]; i++)
		if (match_begins_word(&m, i) != (begins[i] == '1'))
			fail_msg("letter %zu, %c: expected %c", i, letters[i], begins[i]);
	assert_true(match_begins_word(&m, strlen(letters)));
	assert_true(match_has_vowel(&m, 0, 3));
	assert_false(match_has_vowel(&m, 2, 2));
	assert_false(match_has_vowel(&m, 3, 4));
	assert_true(match_has_vowel(&m, 3, 5));
	phrase_clear(&phrase);
}

static int end_all(void **state)
{
	skeleton_clear(&skeleton);
	return end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_words_may_have_a_blank_or_a_joiner_between_them),
		cmocka_unit_test(signs_that_repeat_are_a_disguise),
		cmocka_unit_test(long_gaps_belong_to_no_phrase),
		cmocka_unit_test(words_may_be_spelled_out),
		cmocka_unit_test(words_may_be_joined),
		cmocka_unit_test(a_slug_has_no_marks),
		cmocka_unit_test(a_plain_phrase_keeps_its_own_sign),
		cmocka_unit_test(words_begin_after_gaps_and_with_capitals),
	};

	return cmocka_run_group_tests(tests, begin, end_all);
}
