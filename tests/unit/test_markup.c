/* HTML in comments: what is a tag, what it shows, what it hides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read_text.h"

/* The ASCII of glyphs [from, to): '|' for a line break, '#' for the barrier. */
static const char *shown(size_t from, size_t to)
{
	static char out[256];
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		uint32_t ch = text->glyph[i].ch;
		out[n++] = (char)(ch == '\n' ? '|' : ch == TEXT_BARRIER ? '#' : ch);
	}
	out[n] = '\0';
	return out;
}

static void check(const char *html, const char *visible, const char *hidden)
{
	must_read(html);
	if (strcmp(shown(0, text->visible), visible) != 0)
		fail_msg("%s shows \"%s\", expected \"%s\"", html, shown(0, text->visible),
			 visible);
	if (strcmp(shown(text->visible, text->glyphs), hidden) != 0)
		fail_msg("%s hides \"%s\", expected \"%s\"", html,
			 shown(text->visible, text->glyphs), hidden);
}

static void tags_are_not_text(void **state)
{
	(void)state;
	check("a<b>b</b>c", "abc", "");
	check("a<B >b</b\t>c", "abc", "");
	check("a<br>b<br/>c<BR />d", "a|b|c|d", "");
	check("<p>a</p><p>b</p>", "|a|b|", "");
	check("a <br> b", "a|b", "");
	check("a<wbr>b<hr>c", "ab|c", "");
	check("a<img>b", "a b", "");
	check("a<!-- -->b", "ab", "");
	check("a</div>b", "a|b", "");
	check("<input disabled>a", " a",
	      "|#|disabled"); /* the name of an attribute is looked into */
}

static void what_looks_like_a_tag_is_text(void **state)
{
	static const char *const texts[] = {
		"a < b",  "<3",	 "5<7>2", "x <b va c> d", "a<b",    "<<b",    "<b va",
		"a <- b", "<>",	 "< b>",  "<a@b.c>",	  "<b.c>",  "<a b=>", "<a \"b\">",
		"<!>",	  "<!-", "a<b<c", "</>",	  "<b =x>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check(texts[i], texts[i], "");
	must_read("x <b v\u00e0 c> d");
	assert_int_equal(text->words, 5);
	check("&lt;b&gt;a", "<b>a", "");
}

static void what_markup_hides_is_kept(void **state)
{
	(void)state;
	check("a<span class=\"x y\">b</span>", "ab", "|#|class=\"x y\"");
	check("a<span class='x>y'>b", "ab", "|#|class='x>y'");
	check("a<i id=x><i id=y>b", "ab", "|#|id=x|#|id=y");
	check("a<xyz>b", "ab", "|#|xyz");
	check("a</xyz>b", "ab", "|#|xyz");
	check("a<!--x y-->b", "ab", "|#|x y");
	check("a<!-->b-->c", "ab-->c", "");
	check("a<!--x", "a", "|#|x");
	check("a<script>x<b></Script >b", "ab", "|#|>x<b>");
	check("a<style>x", "a", "|#|>x");
	check("a<?xml v?>b", "ab", "|#|xml v?");
	check("a<b id='&#120;'>b", "ab", "|#|id='x'");
	assert_int_equal(text->words, 1);
}

static void places_are_those_of_the_original(void **state)
{
	size_t at, len;

	(void)state;
	must_read("x k<b>u</b>bet y");
	text_span(text, text->word[1].first, text->word[1].count, &at, &len);
	assert_int_equal(at, 2);
	assert_int_equal(len, strlen("k<b>u</b>bet"));
}

static void tags_of_forums_are_markup(void **state)
{
	(void)state;
	check("a[b]b[/b]c", "abc", "");
	check("[B]a[/b] [color=red]b[/COLOR]", "a b", "|#|=red");
	check("a[url=http://tinnong.com/x]b[/url]", "ab", "|#|=http://tinnong.com/x");
	check("<i>[b]a</i>[/b]", "a", "");
	static const char *const texts[] = {"a[i]", "[b]a", "[q]a[/q]", "[b a]b", "[b", "[]"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check(texts[i], texts[i], "");
}

static void blanks_in_a_row_are_one(void **state)
{
	(void)state;
	check("a  b", "a b", "");
	check("a \t\u00a0&nbsp;&#32; b", "a b", "");
	check("a \r\n \n b", "a|b", "");
	check("a \u200b b", "a b", "");
	must_read("a   b");
	assert_int_equal(text->glyph[1].at, 1);
	assert_int_equal(text->glyph[1].len, 3);
	assert_false(text->canonical);
}

static size_t links(const char *html)
{
	must_read(html);
	return text->links;
}

static void addresses_are_links(void **state)
{
	(void)state;
	assert_int_equal(links("<a href=\"https://tinnong.com/x\">a</a>"), 1);
	assert_int_equal(links("<a href=//tinnong.com>a</a>"), 1);
	assert_int_equal(links("<img src='http://tinnong.com/a.gif'>a"), 1);
	assert_int_equal(links("<!-- https://tinnong.com -->a"), 1);
	assert_int_equal(links("<a href='/\\tinnong.com'>a</a>"), 1);
	assert_int_equal(links("<a href='/tinnong.com/b'>a</a>"), 0);
	assert_int_equal(links("<a href='#tinnong.com'>a</a>"), 0);
	assert_int_equal(links("<a href = ?u=tinnong.com>a</a>"), 0);
	assert_int_equal(links("<a href='/x' title='tinnong.com'>a</a>"), 1);
	assert_int_equal(links("<a href='javascript:a()'>a</a>"), 1);
	assert_int_equal(links("<a href=' javascript:a()'>a</a>"), 1);
	assert_int_equal(links("<a href=data:text/html,a>a</a>"), 1);
	assert_int_equal(links("<img src=data:image/png;base64,A>a"), 0);
	assert_int_equal(links("<img src='data:image/png;base64,A'>a"), 0);
	assert_int_equal(links("javascript:a"), 0);
	assert_int_equal(links("<a href='mailto:x@tinnong.com'>a</a>"), 1);
	assert_int_equal(text->link[0].kind, LINK_EMAIL);
}

static void zeros_before_a_number_are_skipped(void **state)
{
	(void)state;
	check("&#00000000000000107;a&#x0000000000000006b;", "kak", "");
	check("&#0;", "&#0;", "");
	check("&#000;", "&#000;", "");
}

static void nothing_visible_is_empty(void **state)
{
	(void)state;
	assert_int_equal(text_read(text, "<b></b>", 7), TEXT_EMPTY);
	assert_int_equal(text_read(text, "<!-- a -->", 10), TEXT_EMPTY);
}

/* A text may be malformed if many things in it only look like tags: each is read to its end. */
static void reading_is_linear(void **state)
{
	static const char begins[] = "<a x='\"' ";
	enum { BYTES = 60000, UNIT = sizeof begins - 1 };
	char *html = malloc(BYTES);

	(void)state;
	assert_non_null(html);
	for (size_t i = 0; i < BYTES; i++)
		html[i] = i < BYTES / 2 ? "<a "[i % 3] : "x=1 "[i % 4];
	assert_int_equal(text_read(text, html, BYTES), TEXT_OK);
	for (size_t i = 0; i < BYTES; i++)
		html[i] = "<a x='<a y=\" ' "[i % 15];
	enum text_error err = text_read(text, html, BYTES);
	assert_true(err == TEXT_OK || err == TEXT_MARKUP);
	free(html);
}

/* The sanitizers see a read past the end: each text has a buffer of exactly its size. */
static void nothing_is_read_past_the_end(void **state)
{
	static const char whole[] = "a<b>a</b><style>a</style><!-- a --><a href='x'>&amp;</a";

	(void)state;
	for (size_t len = 1; len < sizeof whole; len++) {
		char *exact = malloc(len);

		assert_non_null(exact);
		memcpy(exact, whole, len);
		assert_int_equal(text_read(text, exact, len), TEXT_OK);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_not_text),
		cmocka_unit_test(what_looks_like_a_tag_is_text),
		cmocka_unit_test(what_markup_hides_is_kept),
		cmocka_unit_test(places_are_those_of_the_original),
		cmocka_unit_test(tags_of_forums_are_markup),
		cmocka_unit_test(blanks_in_a_row_are_one),
		cmocka_unit_test(addresses_are_links),
		cmocka_unit_test(zeros_before_a_number_are_skipped),
		cmocka_unit_test(nothing_visible_is_empty),
		cmocka_unit_test(reading_is_linear),
		cmocka_unit_test(nothing_is_read_past_the_end),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
