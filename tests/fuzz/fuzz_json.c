/*
 * A line of JSON as `judge` reads it, compared with jansson: both accept the same lines, with the
 * same strings, except for the documented differences.
 */
#include "fuzz.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include "base/json.h"

enum { MOST = 64 };

static struct json_member members[MOST];

/* The last of the members so named is what jansson keeps. */
static const struct json_member *last_named(const struct json_member *member, long count)
{
	const struct json_member *last = member;

	for (const struct json_member *other = member; other < members + count; other++)
		if (other->name_len == member->name_len &&
		    !memcmp(other->name, member->name, member->name_len))
			last = other;
	return last;
}

static void compare(const json_t *object, long count)
{
	for (const struct json_member *member = members; member < members + count; member++) {
		const json_t *value = json_object_getn(object, member->name, member->name_len);

		if (last_named(member, count) != member)
			continue;
		REQUIRE(value);
		REQUIRE(json_is_string(value) == (member->kind == MEMBER_STRING));
		REQUIRE(json_is_number(value) == (member->kind == MEMBER_NUMBER));
		if (json_is_string(value))
			REQUIRE(json_string_length(value) == member->value_len &&
				!memcmp(json_string_value(value), member->value,
					member->value_len));
	}
}

/* What is written is read back as it was. */
static void check_writing(const struct json_member *member, bool utf8)
{
	struct buf line = {0};
	struct json_member read;
	const char *why = NULL;
	size_t at = 0;

	buf_add_char(&line, '{');
	json_add_string(&line, member->name, member->name_len);
	buf_add_char(&line, ':');
	json_add_string(&line, member->value, member->value_len);
	buf_add_char(&line, '}');
	REQUIRE(json_read(line.data, line.len, &read, 1, &why, &at) == 1);
	REQUIRE(!utf8 || (read.value_len == member->value_len &&
			  !memcmp(read.value, member->value, read.value_len)));
	buf_free(&line);
}

static bool is_within(const char *at, size_t len, const char *line, size_t size)
{
	return at >= line && len <= size && (size_t)(at - line) <= size - len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	const char *why = NULL;
	json_error_t error;
	json_t *value;
	size_t at = 0;
	long count;

	REQUIRE(line);
	memcpy(line, data, size);
	line[size] = '\0';
	value = json_loadb(line, size, JSON_ALLOW_NUL, &error);
	count = json_read(line, size, members, MOST, &why, &at);
	REQUIRE(count >= -1 && count <= MOST);
	REQUIRE(count >= 0 || (why && at <= size));
	if (json_is_object(value) && count >= 0)
		compare(value, count);
	/* jansson accepts deeper nesting, has no limit of members, and ignores a NUL after a
	 * number. */
	REQUIRE(count >= 0 || !json_is_object(value) || strstr(why, "many") ||
		strstr(why, "deep") || memchr(data, '\0', size));
	for (long i = 0; i < count; i++) {
		REQUIRE(is_within(members[i].name, members[i].name_len, line, size));
		if (members[i].kind == MEMBER_OTHER)
			continue;
		REQUIRE(is_within(members[i].value, members[i].value_len, line, size));
		check_writing(&members[i], value != NULL);
	}
	json_decref(value);
	free(line);
	return 0;
}
