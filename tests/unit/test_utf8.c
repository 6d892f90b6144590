/* base/utf8 agrees with ICU on every sequence of bytes, and cuts only between characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <unicode/utf8.h>

#include "base/utf8.h"

static void agree(const uint8_t *bytes, size_t len)
{
	uint32_t ch = 0;
	int32_t end = 0, wanted;
	size_t count = utf8_decode((const char *)bytes, len, &ch);

	U8_NEXT(bytes, end, (int32_t)len, wanted);
	if (wanted < 0 ? count != 0 : count != (size_t)end || ch != (uint32_t)wanted)
		fail_msg("%02x %02x %02x %02x, %zu bytes: U+%04X in %zu bytes", bytes[0], bytes[1],
			 bytes[2], bytes[3], len, ch, count);
}

/* All pairs of bytes, each followed by the bytes at which a rule of table 3-7 of the Unicode
 * Standard changes. */
static void decoding_equals_icu(void **state)
{
	static const uint8_t later[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};

	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++)
		for (size_t i = 0; i < sizeof later * sizeof later; i++) {
			uint8_t bytes[] = {(uint8_t)(pair >> 8), (uint8_t)pair,
					   later[i / sizeof later], later[i % sizeof later]};
			for (size_t len = 1; len <= sizeof bytes; len++)
				agree(bytes, len);
		}
}

static void encoding_reverses_decoding(void **state)
{
	(void)state;
	for (uint32_t ch = 0; ch <= 0x10ffff; ch += ch == 0xd7ff ? 0x801 : 1) {
		char bytes[UTF8_MOST];
		uint32_t decoded;
		size_t len = utf8_encode(ch, bytes);

		assert_int_equal(len, U8_LENGTH(ch));
		assert_int_equal(utf8_decode(bytes, len, &decoded), len);
		assert_int_equal(decoded, ch);
	}
}

static void a_cut_is_between_characters(void **state)
{
	static const char text[] = "aạ한😀";
	static const size_t left[] = {0, 1, 1, 1, 4, 4, 4, 7, 7, 7, 7, 11};
	static const size_t right[] = {0, 1, 4, 4, 4, 7, 7, 7, 11, 11, 11, 11};
	size_t len = strlen(text);

	(void)state;
	assert_int_equal(len + 1, sizeof left / sizeof left[0]);
	for (size_t at = 0; at <= len; at++) {
		assert_int_equal(utf8_left(text, at, len), left[at]);
		assert_int_equal(utf8_right(text, at, len), right[at]);
	}
	assert_int_equal(utf8_count(text, len), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding_equals_icu),
		cmocka_unit_test(encoding_reverses_decoding),
		cmocka_unit_test(a_cut_is_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
