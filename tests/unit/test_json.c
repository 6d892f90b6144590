/* The reader and writer of lines of JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

enum { MOST = 4 };

/* Reads a copy without spare bytes, so that a sanitizer sees any access beyond its end. */
static long read_copy(const char *json, struct json_member *members, char **copy, size_t *at)
{
	size_t len = strlen(json);
	const char *why = NULL;
	long count;

	*copy = malloc(len ? len : 1);
	memcpy(*copy, json, len);
	count = json_read(*copy, len, members, MOST, &why, at);
	if (count < 0)
		assert_non_null(why);
	return count;
}

static void reads_as(const char *json, const char *value, size_t len)
{
	struct json_member members[MOST];
	char *copy;
	size_t at;

	assert_int_equal(read_copy(json, members, &copy, &at), 1);
	assert_int_equal(members[0].value_len, len);
	assert_memory_equal(members[0].value, value, len);
	free(copy);
}

static void strings_are_unescaped(void **state)
{
	(void)state;
	reads_as("{\"a\":\"\"}", "", 0);
	reads_as(" { \"a\" : \"hòa bình\" } ", "hòa bình", strlen("hòa bình"));
	reads_as("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t", 8);
	reads_as("{\"a\":\"x\\u0111y\\u1ebfz\"}", "xđyếz", strlen("xđyếz"));
	reads_as("{\"a\":\"\\ud83d\\uDE00!\"}", "😀!", 5);
	reads_as("{\"a\":\"a\\u0000b\"}", "a\0b", 3);
}

static void members_have_their_kind_and_value(void **state)
{
	static const char four[] =
		"{\"id\":-1.5e+3,\"x\":[1,{\"y\":\"\\u0041\"},[]],\"t\":\"b\",\"n\":null}";
	struct json_member members[MOST];
	char *copy;
	size_t at;

	(void)state;
	assert_int_equal(read_copy("{}", members, &copy, &at), 0);
	free(copy);
	assert_int_equal(read_copy(four, members, &copy, &at), 4);
	assert_int_equal(members[0].kind, MEMBER_NUMBER);
	assert_memory_equal(members[0].value, "-1.5e+3", members[0].value_len);
	assert_int_equal(members[1].kind, MEMBER_OTHER);
	assert_int_equal(members[2].kind, MEMBER_STRING);
	assert_memory_equal(members[2].value, "b", members[2].value_len);
	assert_int_equal(members[3].kind, MEMBER_OTHER);
	free(copy);
	assert_int_equal(read_copy("{\"a\":true,\"b\":false}", members, &copy, &at), 2);
	assert_int_equal(members[0].kind, MEMBER_FLAG);
	assert_int_equal(members[1].kind, MEMBER_FLAG);
	assert_memory_equal(members[1].value, "false", members[1].value_len);
	free(copy);
}

static void invalid_json_is_an_error_with_its_offset(void **state)
{
	/* clang-format off */
	static const struct {
		const char *json;
		size_t at;
	} cases[] = {
		{"", 0},		{"[]", 0},	      {"{", 1},
		{"{\"a\"}", 4},		{"{\"a\":}", 5},      {"{\"a\":\"b}", 8},
		{"{\"a\":\"b\",}", 9},	{"{\"a\":\"b\"", 8},  {"{\"a\":\"b\"} x", 10},
		{"{a:1}", 1},		{"{\"a\":01}", 6},    {"{\"a\":1.}", 7},
		{"{\"a\":+1}", 5},	{"{\"a\":tru}", 5},   {"{\"a\":nul", 5},
		{"{\"a\":\"\\x\"}", 7}, {"{\"a\":\"\\u12\"}", 10}, {"{\"a\":\"\\ud800\"}", 12},
		{"{\"a\":\"\\udc00\"}", 12}, {"{\"a\":\"\n\"}", 6}, {"{\"a\":[1,]}", 8},
		{"{\"a\":{\"b\" 1}}", 10}, {"{\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5}", 25},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct json_member members[MOST];
		char *copy;
		size_t at = 999;

		if (read_copy(cases[i].json, members, &copy, &at) >= 0)
			fail_msg("%s: accepted, expected an error", cases[i].json);
		if (at != cases[i].at)
			fail_msg("%s: error at %zu, expected %zu", cases[i].json, at, cases[i].at);
		free(copy);
	}
}

static void values_nested_too_deep_are_an_error(void **state)
{
	char json[4096] = "{\"a\":";
	struct json_member members[MOST];
	const char *why;
	size_t at, len = strlen(json);

	(void)state;
	memset(json + len, '[', 2000);
	assert_int_equal(json_read(json, len + 2000, members, MOST, &why, &at), -1);
	assert_string_equal(why, "values nested too deep: expected at most 64 levels");
}

static void writes_as(const char *bytes, size_t len, const char *json)
{
	struct buf buf = {0};

	json_add_string(&buf, bytes, len);
	assert_string_equal(buf_string(&buf), json);
	buf_free(&buf);
}

static void strings_are_written_with_escapes(void **state)
{
	(void)state;
	writes_as("", 0, "\"\"");
	writes_as("hòa", strlen("hòa"), "\"hòa\"");
	writes_as("a\"\\\n\x1b\x7f\0z", 8, "\"a\\\"\\\\\\n\\u001b\\u007f\\u0000z\"");
	/* clang-format off */
	writes_as("\xff" "a\xc3", 3, "\"\xef\xbf\xbd" "a\xef\xbf\xbd\"");
	/* clang-format on */
	writes_as("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	writes_as("\xf0\x9f\x98\x80", 4, "\"😀\"");
	writes_as("\xf4\x90\x80\x80", 4, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_unescaped),
		cmocka_unit_test(members_have_their_kind_and_value),
		cmocka_unit_test(invalid_json_is_an_error_with_its_offset),
		cmocka_unit_test(values_nested_too_deep_are_an_error),
		cmocka_unit_test(strings_are_written_with_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
