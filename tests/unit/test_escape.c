/* Escaping of untrusted bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <unicode/uchar.h>
#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/utf8.h"

static struct buf out;

static const char *escape(const char *bytes, size_t len, const char *special)
{
	char one[ESCAPE_SIZE];

	buf_empty(&out);
	for (size_t at = 0; at < len;) {
		size_t took = escape_next(one, bytes + at, len - at, special);

		assert_in_range(took, 1, len - at);
		buf_add_string(&out, one);
		at += took;
	}
	return buf_string(&out);
}

static void harmless_text_is_left_alone(void **state)
{
	static const char *const texts[] = {
		"",	"abc",	"Tiếng Việt có dấu", "“…” – — ’", "👩‍👩‍👧",
		"\"\\", "日本", "e\xcc\x81"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_string_equal(escape(texts[i], strlen(texts[i]), ""), texts[i]);
		assert_false(escape_needed(texts[i], strlen(texts[i])));
	}
}

static void control_characters_are_escaped(void **state)
{
	static const struct {
		const char *bytes, *escaped;
		size_t len;
	} rows[] = {
		{"a\nb\r\tc", "a\\nb\\r\\tc", 6},
		{"\x1b[2J", "\\x1b[2J", 4},
		{"a\0b", "a\\x00b", 3},
		{"\x7f", "\\x7f", 1},
		{"\xc2\x9b"
		 "1m",
		 "\\u{9b}1m", 4}, /* CSI in one character */
		{"\xe2\x80\xae", "\\u{202e}", 3},
		{"\xe2\x80\xa8", "\\u{2028}", 3},
		{"\xe2\x80\x8b", "\\u{200b}", 3},
		{"\xef\xbb\xbf", "\\u{feff}", 3},
		{"\xff", "\\xff", 1},
		{"\xc0\xaf", "\\xc0\\xaf", 2},		/* overlong */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80", 3}, /* a surrogate */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 4},
		{"\xe1\xba", "\\xe1\\xba", 2}, /* cut */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(escape(rows[i].bytes, rows[i].len, ""), rows[i].escaped);
		assert_true(escape_needed(rows[i].bytes, rows[i].len));
	}
}

/* What Unicode says has no appearance is escaped, except what emoji are made with. */
static void invisible_characters_are_escaped(void **state)
{
	char bytes[UTF8_MOST];

	(void)state;
	for (uint32_t ch = 0x80; ch <= 0x10ffff; ch++) {
		bool emoji = ch == 0x200d || (ch >= 0xfe00 && ch <= 0xfe0f);

		if (!u_hasBinaryProperty((UChar32)ch, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
			continue;
		if (escape_needed(bytes, utf8_encode(ch, bytes)) == emoji)
			fail_msg("U+%04X", (unsigned)ch);
	}
}

static void special_characters_get_a_backslash(void **state)
{
	(void)state;
	assert_string_equal(escape("a\"b\\c", 5, "\"\\"), "a\\\"b\\\\c");
}

static void a_quoted_value_has_an_end(void **state)
{
	char quoted[LOG_QUOTED], longer[1000];

	(void)state;
	assert_string_equal(log_quote(quoted, "x\" level=error\n", 15), "\"x\\\" level=error\\n\"");
	for (size_t len = 200; len < sizeof longer; len++) {
		memset(longer, len % 2 ? '"' : '\n', len);
		log_quote(quoted, longer, len);
		assert_true(strlen(quoted) < LOG_QUOTED);
		assert_int_equal(quoted[strlen(quoted) - 1], '"');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(harmless_text_is_left_alone),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(invisible_characters_are_escaped),
		cmocka_unit_test(special_characters_get_a_backslash),
		cmocka_unit_test(a_quoted_value_has_an_end),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return failed;
}
