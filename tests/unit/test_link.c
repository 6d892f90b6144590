/* Links: tests/cases/links.cases, hosts, and the cost of hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "text/link.h"

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

static size_t utf8(uint32_t c, char *out)
{
	if (c < 0x80)
		return *out = (char)c, 1;
	if (c < 0x800)
		return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
	out[0] = (char)(0xE0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 0x3F));
	out[2] = (char)(0x80 | (c & 0x3F));
	return 3;
}

static size_t unescape(const char *s, char *out, size_t *used)
{
	*used = 2;
	if (s[1] == 'n')
		return *out = '\n', 1;
	if (s[1] == 'u') {
		char hex[5] = {s[2], s[3], s[4], s[5]};
		*used = 6;
		return utf8((uint32_t)strtoul(hex, NULL, 16), out);
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

static void finds_the_cases(void **state)
{
	(void)state;
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
		assert_int_equal(text_read(text, e.text, e.len), TEXT_OK);
		if (as_expected(text, &e))
			continue;
		wrong++;
		print_error("links.cases:%d: %s\n", number, line);
		print_found(text);
	}
	fclose(file);
	text_free(text);
	assert_true(cases > 100);
	assert_int_equal(wrong, 0);
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

static void tells_the_host(void **state)
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

static void refuses_a_small_buffer(void **state)
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
		cmocka_unit_test(finds_the_cases),
		cmocka_unit_test(tells_the_host),
		cmocka_unit_test(refuses_a_small_buffer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
