/* Whatever PCRE2 finds, the scan finds: libhs never names too few candidates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/match/build.h"
#include "rules/match/pattern.h"
#include "rules/match/scan.h"
#include "text/canonical.h"
#include "text/read_text.h"

/* clang-format off */
static const char *const patterns[] = {
	"\\bkèo\\s+(?:châu\\s+á|nhà\\s+cái)\\b", "\\bđồ\\b", "KÈO", "Đồ", "\\w+@\\w+", "[\\w.+-]+@[^\\W_]+",
	"[^\\w\\s]", "[^\\s]{3}", "\\W\\d+\\W", "\\Bo\\B", "(?<!\\w)đ", "[]a]\\]", "[^]a]b",
	"\\x{111}ồ", "\\p{Lu}", "\\p{L}\\p{N}", "[[:alpha:]]+\\d", "[:.]\\w", "[b[:digit:]]o", "\\Qa.b\\E", "(?i)ĐỒ", "(a|\\b)b", "\\d{2,}",
	"(\\w)\\1", "kèo.{0,3}đồ", "a.{2,}b", "o.{1}o", "[.{2}]b", "a\\.{2}", "(?:k.{0,2}){2}", "a.{1,4}?b", "(?s)a.{2}b", "(?>.{0,3})b", "a.{0,3}+b", "a(?!.{0,3}b)", "o(?!\\w)", "(?<!\\w.)o", "(?<=\\w)o", "\\w++.", "(?=.*kèo).*đồ", "^\\w+$", "\\Aa", "o\\z", "\\h\\d", "[\\d\\w]{4}", ".\\n.", "(?x) k è o # \\b",
	"kèo\\s+nhà\\W*cái", "k[eè]o(?:\\s*nhà)?\\s*c[aá]i+", "(?:kèo|đồ)\\s(?:nhà|châu)\\s(?:cái|á)", "châu(?:nhà|cái){2}kèo", "nhà(?:kèo)*cái", "nhà\\w?cái", "nhà.?cái",
	"n+h+[àa]+\\s*cái", "(?i:NHÀ)\\s*(?<x>CÁI)", "nhà{1,2}\\s{0,3}ca*ái", "đồ(?=\\s)\\s*nhà(?!x)\\s*cái",
	"châu\\s+[á!]\\s+kèo", "(?:nhà|cái){2}", "nhà{2}cái", "x*nhà\\s*x?cái", "nhà\\x20cái|châu\\x{20}nhà", "[^\\w]nhà\\b cái",
	"(?:(?:kèo)*nhà)+ cái", "nhà[\\s._-]*cái", "nhà[ab\\s]*cái", "kèo(|a|b) nhà", "(?|kèo|nhà) (cái)", "cái{,3} kèo", "cá{ 1, 2 }i", "(?#{ 1, 2 })o{ 2 }",
	"\\p{Ll}+\\P{L}", "[\\p{Lu}\\d]o", "[^\\p{Lu}]b", "[^a]\\p{Lu}д", "\\pLд", "\\P{Ll}á", "[[:upper:]]á", "\\Q.\\E\\w", "(?#)\\bo\\b", "(?#)\\Wo",
	"[[:alpha:]]д", "[[:lower:][:digit:]_]á", "[[:punct:]]o", "[^[:^alpha:]]o", "[^[:alpha:]]o", "[[:^alpha:]]á", "[^\\P{L}]o", "[^\\p{Cn}]b", "[^\\PL\\d]á", "[^\\p{L}-]b", "[^-\\p{L}]b", "[^[:punct:]]{2}b", "[^\\S]o", "[^\\D]{2}", "(?#)\\p{L}o", "(?#)[[:word:]]á", "[[:graph:]]o",
	"[\U0001E900a]o", "\\x{1E900}\\d", "[\\x{13A0}a]o", "[[:<:]]\\d", "\\d[[:>:]]", "[[:<:]]nhà",
	"[^a-z]b", "[^A-Z\\s]b", "[^đ]ồ", "[^\\x61]b", "[]a][^b]", "(?-i)Ab", "(?-i:[A-Z])b", "(?^:NH)À", "(?i:nh)À", "KÈO(?-s:.)",
};
/* clang-format on */
static const char *const pieces[] = {
	"kèo", "Kèo",	 "KÈO",	     "đồ",	   "Đồ",     " ",     "  ",  "\n",
	"nhà", "cái",	 "châu",     "á",	   "a",	     "b",     "ab",  "a.b",
	"]",   "@",	 ".",	     "_",	   "1",	     "22",    "o",   "ó",
	"+",   "-",	 "\xC2\xA0", "д",	   "漢",     "😀",     "!",   "[]",
	"Ab1", "ﬁ",	 "０",	     "àà",	   "NHÀ",    "cáiii", "CÁI", "сái" /* Cyrillic с */,
	"‿",   "\u0301", "\u20e3",   "\U0001E922", "\u2E4F", "\uAB70" /* newer than libhs */};
/* Few, so that combinations of several occur. */
static const char *const words[] = {"kèo", "nhà", "cái", "châu", " ", "x", "à"};
enum {
	PATTERNS = sizeof patterns / sizeof *patterns,
	PIECES = sizeof pieces / sizeof *pieces,
	WORDS = sizeof words / sizeof *words
};

static void make_text(char *text, size_t size)
{
	bool few = rand() % 2;

	text[0] = '\0';
	for (int n = rand() % 12 + 1; n > 0; n--)
		snprintf(text + strlen(text), size - strlen(text), "%s",
			 few ? words[rand() % WORDS] : pieces[rand() % PIECES]);
}

/* PCRE2 alone, pattern after pattern. */
struct reference {
	pcre2_code *code[PATTERNS];
	struct pattern_scratch *scratch;
	struct canonical canonical;
};

static void begin(struct reference *reference, bool caseless)
{
	size_t offset;
	char why[128];

	*reference = (struct reference){.scratch = pattern_scratch_new()};
	for (size_t i = 0; i < PATTERNS; i++) {
		reference->code[i] =
			pattern_compile(patterns[i], caseless, NULL, why, sizeof why, &offset);
		assert_non_null(reference->code[i]);
	}
}

static bool finds(struct reference *reference, size_t i)
{
	size_t at = 0, end;
	return pattern_next(reference->code[i], reference->scratch, reference->canonical.bytes,
			    reference->canonical.len, &at, &end) == PATTERN_FOUND;
}

static void end(struct reference *reference)
{
	for (size_t i = 0; i < PATTERNS; i++)
		pcre2_code_free(reference->code[i]);
	pattern_scratch_free(reference->scratch);
	canonical_clear(&reference->canonical);
}

static struct scan *compile(unsigned flags)
{
	struct scan_builder *b = scan_builder_new();
	const char *why;
	size_t offset;

	for (unsigned i = 0; i < PATTERNS; i++)
		if ((why = scan_add_pattern(b, i, patterns[i], flags, &offset)))
			fail_msg("%s: %s", patterns[i], why);
	struct scan *scan = scan_compile(b, &why);
	assert_non_null(scan);
	return scan;
}

static void same_as_pcre2(unsigned flags)
{
	struct scan *scan = compile(flags);
	struct scan_scratch *scratch = scan_scratch_new();
	struct text *text = text_new();
	struct reference reference;
	char s[512];
	size_t found = 0;

	begin(&reference, !(flags & SCAN_CASE));
	srand(7);
	for (int round = 0; round < 5000; round++) {
		struct scan_result result;
		make_text(s, sizeof s);
		if (text_read(text, s, strlen(s)) != TEXT_OK)
			continue;
		assert_true(scan_text(scan, scratch, text, &result));
		assert_true(canonical_write(&reference.canonical, text, !(flags & SCAN_CASE)));
		for (unsigned i = 0, k = 0; i < PATTERNS; i++) {
			bool hit = k < result.count && result.hits[k].rule_index == i;
			while (k < result.count && result.hits[k].rule_index == i)
				k++;
			if (hit != finds(&reference, i))
				fail_msg("%s in \"%s\": the scan says %d", patterns[i], s, hit);
			found += hit;
		}
	}
	assert_in_range(found, 1000, 1000000); /* the pieces do make matches */
	end(&reference);
	text_free(text);
	scan_scratch_free(scratch);
	scan_free(scan);
}

static void patterns_match_as_pcre2_in_any_case(void **state)
{
	(void)state;
	same_as_pcre2(0);
}

static void patterns_match_as_pcre2_case_sensitive(void **state)
{
	(void)state;
	same_as_pcre2(SCAN_CASE);
}

static bool scan_finds(const char *pattern, unsigned flags, const char *s)
{
	struct scan_builder *b = scan_builder_new();
	struct scan_scratch *scratch = scan_scratch_new();
	struct text *text = text_new();
	struct scan_result result;
	const char *why;
	size_t offset;

	assert_null(scan_add_pattern(b, 0, pattern, flags, &offset));
	struct scan *scan = scan_compile(b, &why);
	assert_non_null(scan);
	assert_int_equal(text_read(text, s, strlen(s)), TEXT_OK);
	assert_true(scan_text(scan, scratch, text, &result));
	text_free(text);
	scan_scratch_free(scratch);
	scan_free(scan);
	return result.count;
}

/* libhs reads texts that are longer than its vectors differently from short ones. */
static void patterns_are_found_at_any_place(void **state)
{
	(void)state;
	static const char *const found[][2] = {{"ab?c", "ac"},	      {"dq|a", "a"},
					       {"[đĐ]", "-đ-"},	      {"=[\\hа-я\\[\\]]", "x=д[]x"},
					       {"nhà", "nhà"},	      {"vay", "vay"},
					       {"[^\\W\\d_]+@", "a@"}};
	static const char *const filling[] = {".", "一"};
	char s[1024];

	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		for (int before = 0; before < 300; before++) {
			s[0] = '\0';
			for (int k = 0; k < before % 150; k++)
				strcat(s, filling[before / 150]);
			strcat(s, found[i][1]);
			for (int k = before % 100; k; k--)
				strcat(s, "z");
			if (!scan_finds(found[i][0], SCAN_CASE, s))
				fail_msg("%s in %s", found[i][0], s);
		}
}

/* Returns the phrases that the scan finds in `s`: bit i is the phrase with the index i. */
static unsigned phrases_found(const struct scan *scan, struct scan_scratch *scratch,
			      struct text *text, const char *s)
{
	struct scan_result result;
	unsigned found = 0;

	assert_int_equal(text_read(text, s, strlen(s)), TEXT_OK);
	assert_true(scan_text(scan, scratch, text, &result));
	for (size_t i = 0; i < result.count; i++)
		found |= 1u << result.hits[i].rule_index;
	return found;
}

/* libhs uses other engines for a few phrases than for many. */
static void few_phrases_are_found_at_any_place(void **state)
{
	(void)state;
	static const char *const sets[][3] = {{"nhà cái", "ngu"},
					      {"nhà cái", "lồn"},
					      {"vay tiền", "cặc"},
					      {"nhà cái", "cặc", "vcl"}};

	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		struct scan_builder *b = scan_builder_new();
		struct scan_scratch *scratch = scan_scratch_new();
		struct text *text = text_new();
		const char *why;
		unsigned count = 0;

		for (; count < 3 && sets[i][count]; count++)
			assert_null(scan_add_phrase(b, count, sets[i][count], 0));
		struct scan *scan = scan_compile(b, &why);
		assert_non_null(scan);
		for (int place = 0; place < 300; place++) {
			char s[2048] = "";
			unsigned phrase = (unsigned)place % count;
			for (int k = 0; k < place; k++)
				strcat(s, k % 2 ? "t " : "z ");
			strcat(s, sets[i][phrase]);
			for (int k = place % 40; k; k--)
				strcat(s, k % 2 ? " t" : " z");
			if (!(phrases_found(scan, scratch, text, s) & 1u << phrase))
				fail_msg("%s in %s", sets[i][phrase], s);
		}
		text_free(text);
		scan_scratch_free(scratch);
		scan_free(scan);
	}
}

/* Whether PCRE2 finds the pattern in the canonical text. */
static bool pcre2_finds(const char *pattern, bool caseless, const char *utf8)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct canonical canonical = {0};
	struct text *text = text_new();
	size_t offset, at = 0, end;
	char why[128];

	assert_int_equal(text_read(text, utf8, strlen(utf8)), TEXT_OK);
	assert_true(canonical_write(&canonical, text, caseless));
	pcre2_code *code = pattern_compile(pattern, caseless, NULL, why, sizeof why, &offset);
	assert_non_null(code);
	bool found = pattern_next(code, scratch, canonical.bytes, canonical.len, &at, &end) ==
		     PATTERN_FOUND;
	pcre2_code_free(code);
	canonical_clear(&canonical);
	text_free(text);
	pattern_scratch_free(scratch);
	return found;
}

/* An earlier version did not find these: libhs got an expression that does not match them. Versions
 * of PCRE2 differ in what \W matches. */
static void patterns_that_libhs_alone_loses_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		unsigned flags;
		const char *text;
	} lost[] = {
		{"nhà\\W+cái", 0, "nhà \u0e31 cái"},
		{"nhà\\Wcái", 0, "nhà\U0001e4d0cái"},
		{"nhà[^\\w]cái", SCAN_CASE, "nhà\U0001e4d0cái"},
		{"\ua64b", 0, "\u1c88"},
		{"в+", 0, "\u1c80"},
		{"[\\x{e0}-\\x{1ef9}]", 0, "\uab70"},
		{"[à-ỹ]", 0, "\uab70"},
		{"[\\E]{0,}vay[^\\w]đánh quý", 0, "vayýđánh quý"},
		{"(a)\\1\\B2", 0, "aa2"},
		{"(-)\\1\\b2", 0, "--2"},
		{"(?ix) o # [\n \\w", 0, "ox"},
		{"(?<*a)(?:b|c>nhà cái lớn)", 0, "ab"},
	};

	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		if (scan_finds(lost[i].pattern, lost[i].flags, lost[i].text) !=
		    pcre2_finds(lost[i].pattern, !(lost[i].flags & SCAN_CASE), lost[i].text))
			fail_msg("%s in %s", lost[i].pattern, lost[i].text);
}

/* A pattern that runs into its match limit makes its rule broken, not passed. */
static void a_pattern_at_its_match_limit_breaks_its_rule(void **state)
{
	(void)state;
	struct scan_builder *b = scan_builder_new();
	const char *why;
	size_t offset;
	char s[4001];

	assert_null(scan_add_pattern(b, 3, "(?:a+)+(?:a+)+(?:a+)+b", 0, &offset));
	struct scan *scan = scan_compile(b, &why);
	assert_non_null(scan);
	struct scan_scratch *scratch = scan_scratch_new();
	struct text *text = text_new();
	struct scan_result result;
	memset(s, 'a', 4000);
	s[4000] = '\0';
	memcpy(s + 3000, " aaab ", 6);
	assert_int_equal(text_read(text, s, 4000), TEXT_OK);
	assert_true(scan_text(scan, scratch, text, &result));
	assert_int_equal(result.broken_count, 1);
	assert_int_equal(result.broken[0], 3);
	text_free(text);
	scan_scratch_free(scratch);
	scan_free(scan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_pcre2_in_any_case),
		cmocka_unit_test(patterns_match_as_pcre2_case_sensitive),
		cmocka_unit_test(patterns_are_found_at_any_place),
		cmocka_unit_test(few_phrases_are_found_at_any_place),
		cmocka_unit_test(patterns_that_libhs_alone_loses_are_found),
		cmocka_unit_test(a_pattern_at_its_match_limit_breaks_its_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
