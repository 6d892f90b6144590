/* Links: tests/cases/links.cases, hosts, and the cost of hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include "base/limits.h"
#include "base/utf8.h"
#include "link/tail.h"
#include "link/link.h"
#include "text/read_text.h"

enum { SPANS = 16, LINE = 4096 };

/* One case: the text without its signs, and the spans that were between them. */
struct expected {
	char text[LINE];
	size_t len, count;
	struct {
		size_t at, end;
		bool mail;
	} span[SPANS];
};

static size_t unescape(const char *s, char *out, size_t *used)
{
	*used = 2;
	if (s[1] == 'n')
		return *out = '\n', 1;
	if (s[1] == 'u') {
		char hex[5] = {s[2], s[3], s[4], s[5]};
		*used = 6;
		return utf8_encode((uint32_t)strtoul(hex, NULL, 16), out);
	}
	return *out = s[1], 1;
}

static bool starts(const char *s, const char *sign)
{
	return !strncmp(s, sign, strlen(sign));
}

static void parse(const char *line, struct expected *e)
{
	e->len = e->count = 0;
	for (const char *s = line; *s;) {
		size_t used = 1;
		if (starts(s, "«") || starts(s, "‹")) {
			assert_true(e->count < SPANS);
			used = strlen(starts(s, "«") ? "«" : "‹");
			e->span[e->count].mail = used > 2;
			e->span[e->count].at = e->len;
		} else if (starts(s, "»") || starts(s, "›")) {
			used = strlen(starts(s, "»") ? "»" : "›");
			e->span[e->count++].end = e->len;
		} else if (*s == '\\') {
			e->len += unescape(s, e->text + e->len, &used);
		} else {
			e->text[e->len++] = *s;
		}
		s += used;
	}
	e->text[e->len] = '\0';
}

static bool as_expected(const struct text *text, const struct expected *e)
{
	bool same = text->links == e->count;
	for (size_t i = 0; same && i < e->count; i++) {
		size_t at, len;
		text_span(text, text->link[i].first, text->link[i].count, &at, &len);
		same = at == e->span[i].at && at + len == e->span[i].end &&
		       (text->link[i].kind == LINK_EMAIL) == e->span[i].mail;
	}
	return same;
}

static void print_found(const struct text *text)
{
	for (size_t i = 0; i < text->links; i++) {
		size_t at, len;
		text_span(text, text->link[i].first, text->link[i].count, &at, &len);
		print_error("    found %d: %.*s\n", text->link[i].kind, (int)len, text->bytes + at);
	}
}

/* Calls `check` for each case of the file; the number of those it was false for. */
static int for_each_case(bool (*check)(struct text *, const struct expected *))
{
	struct text *text = text_new();
	FILE *file = fopen("tests/cases/links.cases", "r");
	char line[LINE];
	int number = 0, cases = 0, wrong = 0;

	assert_non_null(text);
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct expected e;
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || starts(line, "# "))
			continue;
		parse(line, &e);
		cases++;
		if (check(text, &e))
			continue;
		wrong++;
		print_error("links.cases:%d: %s\n", number, line);
		print_found(text);
	}
	fclose(file);
	text_free(text);
	assert_true(cases > 100);
	return wrong;
}

static bool finds_it(struct text *text, const struct expected *e)
{
	return text_read(text, e->text, e->len) == TEXT_OK && as_expected(text, e);
}

static void links_of_the_case_file_are_found(void **state)
{
	(void)state;
	assert_int_equal(for_each_case(finds_it), 0);
}

static bool same_links(const struct link *a, const struct link *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i].first != b[i].first || a[i].count != b[i].count ||
		    a[i].host_first != b[i].host_first || a[i].kind != b[i].kind)
			return false;
	return true;
}

/* The same text decomposed has the same links, glyph for glyph. */
static bool finds_it_decomposed(struct text *text, const struct expected *e)
{
	UErrorCode err = U_ZERO_ERROR;
	UChar wide[LINE], apart[2 * LINE];
	char bytes[4 * LINE];
	int32_t len, count;
	size_t links;
	struct link link[SPANS];

	if (text_read(text, e->text, e->len) != TEXT_OK)
		return false;
	links = text->links;
	assert_true(links <= SPANS);
	if (links)
		memcpy(link, text->link, links * sizeof *link);
	u_strFromUTF8(wide, LINE, &count, e->text, (int32_t)e->len, &err);
	count = unorm2_normalize(unorm2_getNFDInstance(&err), wide, count, apart, 2 * LINE, &err);
	u_strToUTF8(bytes, sizeof bytes, &len, apart, count, &err);
	assert_true(U_SUCCESS(err));
	if (text_read(text, bytes, (size_t)len) != TEXT_OK || text->links != links)
		return false;
	return same_links(link, text->link, links);
}

static void normalisation_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(for_each_case(finds_it_decomposed), 0);
}

/* Links are in order, apart, within the text, and hold their hosts. */
static void assert_sound(const struct text *text)
{
	size_t floor = 0;
	for (size_t i = 0; i < text->links; i++) {
		const struct link *link = &text->link[i];
		size_t end = (size_t)link->first + link->count;
		char host[4 * LINE];
		assert_true(link->count && link->host_count);
		assert_true(link->first >= floor && end <= text->glyphs);
		assert_true(link->host_first >= link->first);
		assert_true((size_t)link->host_first + link->host_count <= end);
		char inner[INNER_HOST];
		for (size_t next = 0; link_next_inner(text, link, &next, inner);)
			assert_true(*inner && next <= end);
		assert_true(link->host_count > LINE || link_host(text, link, host, sizeof host));
		floor = end;
	}
}

static const char *const pieces[] = {
	"a",	"shop",	  "vidu", "đẹp",  "fun88", "com", "vn", "www", "t",    "me",
	"http", "mailto", "cham", "chấm", "dot",   "at",  "1",	"203", "0",    "-",
	"_",	".",	  ".",	  ".",	  "..",	   ":",	  "/",	"//",  "\\",   "@",
	"?",	"#",	  "%2e",  "(",	  ")",	   "[",	  "]",	"{",   "<",    ">",
	"\"",	"'",	  " ",	  " ",	  "  ",	   "\n",  "。", "·",   "．",   "\u200b",
	"c",	"o",	  "m",	  "%",	  ",",	   "*",	  "|",	"●",   "ꓸ",    "º",
	"\n",	"Đ",	  "nạp",  "3",	  "'",	   "~",	  "=",	"::",  "chấm", "\\.",
	"😂",	"あ",	  "ü",	  "е",	  "&#46;", "&",	  "…",	",",
};

static void places_are_valid_in_any_text(void **state)
{
	(void)state;
	struct text *text = text_new();
	uint64_t seed = 88172645463325252u;
	for (int round = 0; round < 20000; round++) {
		char bytes[512] = "";
		for (int n = 0; n < 40; n++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			strcat(bytes, pieces[seed % (sizeof pieces / sizeof *pieces)]);
		}
		if (text_read(text, bytes, strlen(bytes)) == TEXT_OK)
			assert_sound(text);
	}
	text_free(text);
}

/* Each is as long as a text may be. Code that is not linear in the length would not end soon. */
static void hostile_texts_take_limited_time(void **state)
{
	(void)state;
	static const char *const hostile[] = {
		"a.",	     "ab.cd.",	 "http://", "http://x",	 "(",	     "a",      "a[.]",
		"a@",	     "a@b.",	 "dot.",    "1.",	 "://",	     "http:",  "mailto:",
		"mailto:a@", "www.",	 "a。",	    "a (at) ",	 "cham ",    "a . ",   ":",
		"http : ",   "com.com.", "\"'",	    "http://a:", "http://[", "-",      "[",
		"a(.",	     "vn.",	 "あ.",	    "..",	 "a.b ",     "c o m ", "c.o.m.",
		"n.h.à.c.",  "a,com",	 "a_com_",  "www.",	 "%25",	     "a%25",   "/./",
		"t.me / ",   "[a:",	 "[1::",    "1.2.3.4-",	 "https//",  "ởa.",    "a.com-",
		"a.comĐ",    "a1dotcom", "a●",	    "a.b(",	 "\n.a",     "a.\n",   "cham dot ",
	};
	static char bytes[LIMIT_TEXT_BYTES];
	struct text *text = text_new();

	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		size_t len = strlen(hostile[i]), used = 0;
		for (; used + len <= sizeof bytes; used += len)
			memcpy(bytes + used, hostile[i], len);
		assert_int_equal(text_read(text, bytes, used), TEXT_OK);
		assert_sound(text);
	}
	text_free(text);
}

static void assert_host(const char *bytes, const char *host)
{
	struct text *text = text_new();
	char found[256];
	assert_int_equal(text_read(text, bytes, strlen(bytes)), TEXT_OK);
	assert_int_equal(text->links, 1);
	assert_int_equal(link_host(text, &text->link[0], found, sizeof found), strlen(host));
	assert_string_equal(found, host);
	text_free(text);
}

static void the_host_of_a_link_is_read(void **state)
{
	(void)state;
	assert_host("https://ICTVietnam.vn/bai-viet", "ictvietnam.vn");
	assert_host("https://ten:mk@www.vidu.com:8080/x", "www.vidu.com");
	assert_host("http://vidu.com@khac.net/", "khac.net");
	assert_host("VIDU [.] com", "vidu.com");
	assert_host("vidu chấm com chấm vn", "vidu.com.vn");
	assert_host("xem vidu . com nhé", "vidu.com");
	assert_host("ｖｉｄｕ。ｃｏｍ", "vidu.com");
	assert_host("http://Bücher.DE/x", "bücher.de");
	assert_host("http://[2001:DB8::1]:80/", "[2001:db8::1]");
	assert_host("http://203.0.113.7/x", "203.0.113.7");
	assert_host("ten@mail.vidu.com", "mail.vidu.com");
	/* a look-alike is another host */
	assert_host("http://vidu.c\xD0\xBEm/", "vidu.c\xD0\xBEm");
}

/* The hosts within the first link of `bytes`, each after a blank. */
static void assert_inner(const char *bytes, const char *hosts)
{
	struct text *text = text_new();
	char found[1024] = "", host[INNER_HOST];
	size_t at = 0;
	assert_int_equal(text_read(text, bytes, strlen(bytes)), TEXT_OK);
	assert_true(text->links);
	while (link_next_inner(text, &text->link[0], &at, host)) {
		strcat(found, " ");
		strcat(found, host);
	}
	assert_string_equal(found, hosts);
	text_free(text);
}

static void hosts_in_the_path_and_query_are_read(void **state)
{
	(void)state;
	assert_inner("https://vidu.com", "");
	assert_inner("https://vidu.com/", "");
	assert_inner("https://vidu.com/khac.net/tin.org?a=b.com&c=1#d.vn",
		     " khac.net tin.org b.com d.vn");
	assert_inner("https://vidu.com/khac.net-la-gi.html", "");
	assert_inner("https://vidu.com/?u=HTTPS%3a%2F%2Fkhac%2Enet%2Fa", " khac.net");
	assert_inner("https://vidu.com/?u=khac%25252Enet", " khac.net");
	assert_inner("https://vidu.com/@khac.net", " khac.net");
	assert_inner("https://khac.net@vidu.com/tin.org", " khac.net tin.org");
	assert_inner("https://vidu.com/ten@khac.net", "");
	assert_inner("vidu.com/khac.net:8080", " khac.net");
	assert_inner("vidu.com/198.51.100.23 1.2.3.4", " 198.51.100.23");
	assert_inner("vidu.com/1.2.3.4/main.rs/tep.zip/.com/a..com", "");
	assert_inner("vidu.com/?utm_source=khac.net&ref=tin.org&source=a.vn&u=b.vn", " b.vn");
	assert_inner("vidu.com/?ref=khac.net/x", " khac.net");
	assert_inner("vidu.com/%", "");
	assert_inner("vidu.com/%2", "");
	assert_inner("vidu.com/%zz%25", "");
}

static bool is_web(const char *bytes)
{
	struct text *text = text_new();
	assert_int_equal(text_read(text, bytes, strlen(bytes)), TEXT_OK);
	assert_int_equal(text->links, 1);
	bool web = link_is_web(text, &text->link[0]);
	text_free(text);
	return web;
}

static void web_schemes_are_recognised(void **state)
{
	(void)state;
	assert_true(is_web("vidu.com"));
	assert_true(is_web("www.vidu.com"));
	assert_true(is_web("HTTP://vidu.com"));
	assert_true(is_web("https://a:b@vidu.com"));
	assert_true(is_web("https : //vidu.com"));
	assert_false(is_web("ftp://vidu.com"));
	assert_false(is_web("zalo://vidu.com"));
	assert_false(is_web("httpx://vidu.com"));
}

static void a_host_that_does_not_fit_the_buffer_is_not_written(void **state)
{
	(void)state;
	struct text *text = text_new();
	char host[8];
	const char *bytes = "vidu.com";
	assert_int_equal(text_read(text, bytes, strlen(bytes)), TEXT_OK);
	assert_int_equal(link_host(text, &text->link[0], host, sizeof host), 0);
	text_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_of_the_case_file_are_found),
		cmocka_unit_test(normalisation_changes_nothing),
		cmocka_unit_test(places_are_valid_in_any_text),
		cmocka_unit_test(hostile_texts_take_limited_time),
		cmocka_unit_test(the_host_of_a_link_is_read),
		cmocka_unit_test(hosts_in_the_path_and_query_are_read),
		cmocka_unit_test(web_schemes_are_recognised),
		cmocka_unit_test(a_host_that_does_not_fit_the_buffer_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
