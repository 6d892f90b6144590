/* Rows of a stream with the last decision of people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "command/decisions.h"
#include "reply.h"

static struct decisions *decisions;
static struct buf lines;

static int begin(void **state)
{
	(void)state;
	decisions = decisions_new();
	return decisions ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	decisions_free(decisions);
	buf_free(&lines);
	return 0;
}

/* `words`: names and values in turn, separated by commas. */
static redisReply *row(const char *words)
{
	char bytes[512] = "";
	size_t count = 0, len = 0;

	for (const char *at = words; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		count++;
	len = (size_t)snprintf(bytes, sizeof bytes, "*%zu\r\n", count);
	for (const char *at = words; count; count--) {
		size_t word = strcspn(at, ",");

		len += (size_t)snprintf(bytes + len, sizeof bytes - len, "$%zu\r\n%.*s\r\n", word,
					(int)word, at);
		at += word + 1;
	}
	return parse(bytes, len);
}

static void add(const char *words)
{
	redisReply *fields = row(words);

	assert_true(decisions_add(decisions, fields));
	freeReplyObject(fields);
}

/* `expected`: the line, "" for none, or NULL when people have not decided. */
static void writes(const char *words, const char *expected)
{
	redisReply *fields = row(words);

	buf_empty(&lines);
	assert_int_equal(decisions_write(decisions, &lines, fields), expected != NULL);
	assert_string_equal(buf_string(&lines), expected ? expected : "");
	freeReplyObject(fields);
}

static void the_last_decision_and_the_first_verdict_of_the_rules_count(void **state)
{
	(void)state;
	add("id,c1,verdict,approve,by,lan,judged,hold,entry,1-0,text,a");
	add("id,c2,verdict,approve,by,lan,judged,hold,entry,2-0");
	add("id,c1,verdict,reject,by,minh,judged,,entry,1-0,via,replay");
	writes("id,c1,verdict,approve,by,lan,judged,hold,entry,1-0,text,a",
	       "{\"verdict\":\"reject\",\"by\":\"minh\",\"via\":\"replay\",\"judged\":\"hold\","
	       "\"id\":\"c1\",\"entry\":\"1-0\",\"text\":\"a\"}\n");
	writes("id,c1,verdict,reject,by,minh,judged,,entry,1-0,via,replay", "");
	writes("id,c1,verdict,reject,by,duyetd,entry,3-0", NULL); /* an edit */
}

static void a_row_of_the_rules_says_what_they_decided(void **state)
{
	(void)state;
	add("id,c1,verdict,approve,by,lan,judged,,entry,1-0");
	writes("entry,1-0,id,c1,verdict,reject,by,duyetd",
	       "{\"verdict\":\"approve\",\"by\":\"lan\",\"via\":\"\",\"judged\":\"reject\","
	       "\"entry\":\"1-0\",\"id\":\"c1\"}\n");
}

static void a_row_with_the_text_follows_one_without(void **state)
{
	(void)state;
	add("id,c1,verdict,approve,by,lan,judged,reject,entry,1-0");
	writes("id,c1", NULL);
	writes("id,c1,entry,1-0", "{\"verdict\":\"approve\",\"by\":\"lan\",\"via\":\"\","
				  "\"judged\":\"reject\",\"id\":\"c1\",\"entry\":\"1-0\"}\n");
	writes("id,c1,entry,1-0", "");
	writes("id,c1,entry,1-0,text,a",
	       "{\"verdict\":\"approve\",\"by\":\"lan\",\"via\":\"\",\"judged\":\"reject\","
	       "\"id\":\"c1\",\"entry\":\"1-0\",\"text\":\"a\"}\n");
	writes("id,c1,entry,1-0,text,a", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_last_decision_and_the_first_verdict_of_the_rules_count, begin, end),
		cmocka_unit_test_setup_teardown(a_row_of_the_rules_says_what_they_decided, begin,
						end),
		cmocka_unit_test_setup_teardown(a_row_with_the_text_follows_one_without, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
