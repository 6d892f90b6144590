/* Values of --redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "redis/endpoint.h"
#include "queue/queue.h"
#include "redis/tls.h"

static void valid_urls_are_parsed(void **state)
{
	static const struct {
		const char *url, *host, *path, *user;
		uint16_t port;
		int64_t db;
	} rows[] = {
		{"redis://example.org", "example.org", "", "", 6379, 0},
		{"redis://a:1,b,[::1]:2/3", "a", "", "", 1, 3},
		{"redis+sentinel://a,b:2/m/3", "a", "", "", 26379, 3},
		{"redis://example.org:7000", "example.org", "", "", 7000, 0},
		{"redis://example.org:7000/3", "example.org", "", "", 7000, 3},
		{"redis://example.org/", "example.org", "", "", 6379, 0},
		{"redis://duyetd@10.0.0.1:7000/3", "10.0.0.1", "", "duyetd", 7000, 3},
		{"redis://[::1]", "::1", "", "", 6379, 0},
		{"redis://[fe80::1]:7000/1", "fe80::1", "", "", 7000, 1},
		{"unix:///run/redis/redis.sock", "", "/run/redis/redis.sock", "", 0, 0},
		{"unix:///run/redis.sock?db=2", "", "/run/redis.sock", "", 0, 2},
		{"unix://duyetd@/run/r@dis.sock", "", "/run/r@dis.sock", "duyetd", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct endpoint endpoint;

		assert_null(endpoint_parse(rows[i].url, &endpoint));
		assert_string_equal(endpoint.seeds[0].host, rows[i].host);
		assert_string_equal(endpoint.path, rows[i].path);
		assert_string_equal(endpoint.user, rows[i].user);
		assert_int_equal(endpoint.seeds[0].port, rows[i].port);
		assert_int_equal(endpoint.db, rows[i].db);
		assert_ptr_equal(endpoint.url, rows[i].url);
	}
}

static void invalid_urls_are_refused_with_a_reason(void **state)
{
	static const char *const rows[][2] = {
		{"", "not a Redis URL"},
		{"example.org:6379", "not a Redis URL"},
		{"http://example.org", "not a Redis URL"},
		{"redis://", "host"},
		{"redis:///1", "host"},
		{"redis://:6379", "port"},
		{"redis://example.org:0", "port"},
		{"redis://example.org:65536", "port"},
		{"redis://example.org:", "port"},
		{"redis://example.org:6379/x", "database"},
		{"redis://example.org:6379/-1", "database"},
		{"redis://user:secret@example.org", "password"},
		{"redis://:secret@example.org", "password"},
		{"redis://@example.org", "user"},
		{"redis://[]:1", "host"},
		{"redis://[::1", "port"},
		{"unix://relative", "path"},
		{"unix://duyetd@relative", "path"},
		{"unix://@/run/redis.sock", "user"},
		{"unix://duyetd:secret@/run/redis.sock", "password"},
		{"unix:///run/redis.sock?x=1", "?"},
		{"unix:///run/redis.sock?db=x", "database"},
	};
	char longer[600] = "redis://";

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct endpoint endpoint;
		const char *why = endpoint_parse(rows[i][0], &endpoint);

		assert_non_null(why);
		assert_non_null(strstr(why, rows[i][1]));
	}
	if (!tls_is_built_in())
		assert_non_null(strstr(endpoint_parse("rediss://x", &(struct endpoint){0}), "TLS"));
	memset(longer + 8, 'x', sizeof longer - 9);
	assert_non_null(endpoint_parse(longer, &(struct endpoint){0}));
	memcpy(longer, "unix:///", 8);
	assert_non_null(endpoint_parse(longer, &(struct endpoint){0}));
}

static void keys_have_the_prefix(void **state)
{
	struct keys keys;
	char longest[PREFIX_SIZE + 2] = "";

	(void)state;
	assert_null(keys_make(&keys, "{comments-1}"));
	assert_string_equal(keys.name[KEY_SUBMITTED], "{comments-1}:submitted");
	assert_string_equal(keys.name[KEY_STATS], "{comments-1}:stats");
	assert_non_null(keys_make(&keys, ""));
	memset(longest, 'x', PREFIX_SIZE);
	assert_null(keys_make(&keys, longest));
	assert_int_equal(strlen(keys.name[KEY_SUBMITTED]), PREFIX_SIZE + strlen(":submitted"));
	longest[PREFIX_SIZE] = 'x';
	assert_non_null(keys_make(&keys, longest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_urls_are_parsed),
		cmocka_unit_test(invalid_urls_are_refused_with_a_reason),
		cmocka_unit_test(keys_have_the_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
