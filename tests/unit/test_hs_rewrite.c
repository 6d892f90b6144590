/* What libhs gets for a pattern: an expression that matches too little would hide a hit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/match/hs_agrees.h"
#include "rules/match/hs_rewrite.h"

#define BEYOND "\\x{80}-\\x{10ffff}"

static void assert_rewritten(const char *source, bool caseless, const char *expected)
{
	char *rewritten = hs_rewrite(source, caseless);

	if (!rewritten != !expected || (expected && strcmp(rewritten, expected) != 0))
		fail_msg("\"%s\" became \"%s\", expected \"%s\"", source,
			 rewritten ? rewritten : "(nothing)", expected ? expected : "(nothing)");
	free(rewritten);
}

static void each_construct_matches_at_least_what_it_did(void **unused)
{
	(void)unused;
	assert_rewritten("k\xc3\xa8o\\s+\\d", false, "k\xc3\xa8o\\s+\\d");
	assert_rewritten("\\bvay\\b ngay\\B", false, "vay ngay");
	assert_rewritten("a\\w", false, "a[\\w" BEYOND "]");
	assert_rewritten("[\\w.]", false, "[\\w" BEYOND ".]");
	assert_rewritten("[^\\w.]", false, "[^\\w.]");
	assert_rewritten("[^\\W.]", false, "[^\\x00.]");
	assert_rewritten("\\p{Lu}x", false, "[\\p{Lu}A-Za-z" BEYOND "]x");
	assert_rewritten("[\\pL-]", false, "[\\pLA-Za-z" BEYOND "-]");
	assert_rewritten("[[:alpha:]]", false, "[[:alpha:]A-Za-z" BEYOND "]");
	assert_rewritten("[]a]", false, "[\\]a]");
	assert_rewritten("[a-\xe1\xbb\xb9]", true, "[" BEYOND "a-\xe1\xbb\xb9]");
	assert_rewritten("a.{0,20}b.{2,}c", false, "a.*b.+c");
	assert_rewritten("a{2,3}", false, "a{2,3}");
	assert_rewritten("(?:a{200}){200}", false, "(?:a+)+");
}

static void a_class_that_begins_a_pattern_is_found_by_its_last_character(void **unused)
{
	(void)unused;
	assert_rewritten("[a.]+bc+", false, "[a.]bc+");
	assert_rewritten("(?<![a)])(?<=\\))[])a]+b|[c]+", false, "[\\])a]b|[c]+");
	/* A rare sign such as @ needs no class before it. */
	assert_rewritten("(?<![a)])[a.]+@b+|[c]+", false, "@b+|[c]+");
	assert_rewritten("[a]+", false, "[a]");
	/* Not changed: another construct than a look-behind and a class with +. */
	assert_rewritten("(?<=(a))[b]+\\1", false, "(?<=(a))[b]+\\1");
	assert_rewritten("x[a]+@", false, "x[a]+@");
	assert_rewritten("([a])+@", false, "([a])+@");
	assert_rewritten("[a]+{2}@", false, "[a]+{2}@");
	assert_rewritten("[a]++@", false, "[a]++@");
	assert_rewritten("(?<!a", false, "(?<!a");
}

static void what_cannot_be_rewritten_stays(void **unused)
{
	static const char *const sources[] = {
		"\\Qa.b\\E", "(?x)a b", "(*UTF)a", "a\\Kb",    "\xc3\x80",
		"[[:<:]]a",  "\\1\\b2", "a\\b?",   "[^\\W-z]", "(?#a)b",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		assert_rewritten(sources[i], false, NULL);
}

static void what_libhs_understands_otherwise_is_left_to_pcre2(void **unused)
{
	(void)unused;
	assert_true(hs_agrees("a{3}b{1,2}c{1,}", true, false));
	assert_false(hs_agrees("a{,3}", true, false));
	assert_false(hs_agrees("a{ 3 }", true, false));
	assert_false(hs_agrees("a{3, 5}", true, false));
	assert_false(hs_agrees("[\\E]a]", true, false));
	assert_true(hs_agrees("\\Qa\\E", true, false));
	/* Properties of Unicode, of which libhs knows an older version. */
	assert_true(hs_agrees("\\w", true, false));
	assert_false(hs_agrees("\\w", false, false));
	assert_false(hs_agrees("[[:alpha:]]", false, false));
	/* Letters with more than two case forms: sigma. */
	assert_true(hs_agrees("\xcf\x83", true, false));
	assert_false(hs_agrees("\xcf\x83", true, true));
	assert_true(hs_agrees("[a-\xe1\xbb\xb9]", true, true));
	assert_false(hs_agrees("[a-\xe1\xbb\xb9]", false, true));
}

static void counts_make_a_pattern_large(void **unused)
{
	(void)unused;
	assert_false(hs_is_too_large("(a{10}){30}"));
	assert_true(hs_is_too_large("(a{10}){31}"));
	assert_true(hs_is_too_large("(?:[a-z]{100}\\.){200}"));
}

static void case_is_ignored_only_where_no_letter_needs_its_own(void **unused)
{
	(void)unused;
	assert_true(hs_ignores_case("a(?i)b"));
	assert_true(hs_ignores_case("a(?s-im:b)"));
	assert_false(hs_ignores_case("a(?s)i"));
	assert_true(hs_found_in_small_letters("Vay [A-Z]+ \\d"));
	assert_true(hs_found_in_small_letters("[^\\s.]"));
	assert_true(hs_found_in_small_letters("[^0-9.-]"));
	assert_false(hs_found_in_small_letters("vay[^A-Z]"));
	assert_false(hs_found_in_small_letters("[^\\141]"));
	assert_false(hs_found_in_small_letters("[^!-~]"));
	assert_false(hs_found_in_small_letters("(?-i)vay"));
	assert_false(hs_found_in_small_letters("\\Qvay\\E"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_construct_matches_at_least_what_it_did),
		cmocka_unit_test(a_class_that_begins_a_pattern_is_found_by_its_last_character),
		cmocka_unit_test(what_cannot_be_rewritten_stays),
		cmocka_unit_test(what_libhs_understands_otherwise_is_left_to_pcre2),
		cmocka_unit_test(counts_make_a_pattern_large),
		cmocka_unit_test(case_is_ignored_only_where_no_letter_needs_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
