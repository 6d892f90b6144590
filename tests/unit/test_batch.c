/* Building commands and reading entries, checked with hiredis's reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "base/log.h"
#include "queue/backlog.h"
#include "queue/batch.h"
#include "redis/fault.h"
#include "monitor/metrics.h"
#include "redis/resp.h"
#include "queue/submission.h"
#include "reply.h"

static redisReply *parse_command(struct resp *command)
{
	const char *bytes;
	size_t len;

	assert_true(resp_finish(command, &bytes, &len));
	return parse(bytes, len);
}

static void a_written_command_is_parsed_back(void **state)
{
	struct resp command = {0}, more = {0};
	redisReply *reply;

	(void)state;
	resp_begin(&command);
	resp_words(&command, "XADD key");
	resp_add(&command, "a\0\r\n", 4);
	resp_string(&command, "");
	resp_number(&command, -1234567890123);
	resp_begin(&more);
	for (int i = 0; i < 1000; i++)
		resp_number(&more, i);
	resp_join(&command, &more);
	for (int again = 0; again < 2; again++) {
		reply = parse_command(&command);
		assert_int_equal(reply->elements, 1005);
		assert_string_equal(reply->element[1]->str, "key");
		assert_int_equal(reply->element[2]->len, 4);
		assert_memory_equal(reply->element[2]->str, "a\0\r\n", 4);
		assert_int_equal(reply->element[3]->len, 0);
		assert_string_equal(reply->element[4]->str, "-1234567890123");
		assert_string_equal(reply->element[1004]->str, "999");
		freeReplyObject(reply);
	}
	resp_begin(&command);
	resp_string(&command, "PING");
	reply = parse_command(&command);
	assert_int_equal(reply->elements, 1);
	freeReplyObject(reply);
	resp_free(&command);
	resp_free(&more);
}

/* [[id, [name, value ...]]] as XREADGROUP gives it. */
static struct batch *read_entries(const char *protocol)
{
	redisReply *reply = parse(protocol, strlen(protocol));
	struct batch *batch = batch_read(reply);

	freeReplyObject(reply);
	return batch;
}

static void entries_are_copied(void **state)
{
	struct batch *batch = read_entries(
		"*3\r\n"
		"*2\r\n$3\r\n1-1\r\n*4\r\n$2\r\nid\r\n$1\r\na\r\n$4\r\ntext\r\n$0\r\n\r\n"
		"*2\r\n$3\r\n1-2\r\n*-1\r\n"
		"*2\r\n$3\r\n1-3\r\n*2\r\n$0\r\n\r\n$3\r\n1\n2\r\n");
	char after[ENTRY_ID_SIZE];

	(void)state;
	assert_non_null(batch);
	assert_int_equal(batch->count, 2); /* the deleted one is left out */
	assert_string_equal(batch->entries[0].id, "1-1");
	assert_int_equal(batch->entries[0].fields.count, 2);
	assert_memory_equal(batch->entries[0].fields.fields[0].value, "a", 1);
	assert_int_equal(batch->entries[0].fields.fields[1].value_len, 0);
	assert_string_equal(batch->entries[1].id, "1-3");
	assert_int_equal(batch->entries[1].fields.fields[0].name_len, 0);
	assert_memory_equal(batch->entries[1].fields.fields[0].value, "1\n2", 3);
	assert_true(batch_successor(batch, after));
	assert_string_equal(after, "1-4");
	batch_free(batch);
}

static void the_next_entry_id_is_exact(void **state)
{
	struct batch *batch = read_entries("*1\r\n*2\r\n$41\r\n18446744073709551615-"
					   "18446744073709551615\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n");
	struct batch *large = read_entries("*1\r\n*2\r\n$36\r\n9007199254740993-"
					   "9007199254740993000\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n");
	char after[ENTRY_ID_SIZE];

	(void)state;
	assert_false(batch_successor(batch, after));
	batch_free(batch);
	assert_true(batch_successor(large, after));
	assert_string_equal(after, "9007199254740993-9007199254740993001");
	batch_free(large);
	batch = read_entries("*0\r\n");
	assert_int_equal(batch->count, 0);
	assert_false(batch_successor(batch, after));
	batch_free(batch);
}

/* One entry with `fields` fields and a value of `len` bytes. */
/* Reads the reply and frees it. */
static struct batch *read_reply(struct buf *protocol)
{
	redisReply *reply = parse(protocol->data, protocol->len);
	struct batch *batch = batch_read(reply);

	freeReplyObject(reply);
	buf_free(protocol);
	return batch;
}

static struct batch *read_large(size_t fields, size_t len)
{
	struct buf protocol = {0};

	buf_printf(&protocol, "*1\r\n*2\r\n$3\r\n1-1\r\n*%zu\r\n", 2 * fields);
	for (size_t i = 0; i < fields; i++) {
		buf_printf(&protocol, "$1\r\nf\r\n$%zu\r\n", len);
		for (size_t byte = 0; byte < len; byte++)
			buf_add_char(&protocol, 'x');
		buf_add_string(&protocol, "\r\n");
	}
	return read_reply(&protocol);
}

static size_t bytes_of(const struct comment *comment)
{
	size_t bytes = 0;

	for (size_t i = 0; i < comment->count; i++)
		bytes += comment->fields[i].name_len + comment->fields[i].value_len;
	return bytes;
}

static void large_entries_are_cut_just_above_the_limit(void **state)
{
	struct batch *batch = read_large(LIMIT_FIELDS + 500, 1);

	(void)state;
	assert_int_equal(batch->entries[0].fields.count, LIMIT_FIELDS + 1);
	batch_free(batch);
	batch = read_large(3, 4 * LIMIT_ENTRY_BYTES);
	assert_int_equal(bytes_of(&batch->entries[0].fields), LIMIT_ENTRY_BYTES + 1);
	assert_true(batch->bytes > 12 * LIMIT_ENTRY_BYTES);
	batch_free(batch);
	batch = read_large(LIMIT_FIELDS, 10);
	assert_int_equal(batch->entries[0].fields.count, LIMIT_FIELDS);
	assert_int_equal(bytes_of(&batch->entries[0].fields), LIMIT_FIELDS * 11);
	batch_free(batch);
}

static void fields_after_a_long_text_are_kept(void **state)
{
	enum { LEN = 4 * LIMIT_ENTRY_BYTES };
	struct buf protocol = {0};
	const struct comment *comment;
	struct batch *batch;

	(void)state;
	buf_printf(&protocol, "*1\r\n*2\r\n$3\r\n1-1\r\n*6\r\n$4\r\ntext\r\n$%d\r\n", LEN);
	for (size_t i = 0; i < LEN; i++)
		buf_add_char(&protocol, 'x');
	buf_printf(&protocol, "\r\n$2\r\nid\r\n$2\r\nc1\r\n$5\r\nreply\r\n$1\r\n1\r\n");
	batch = read_reply(&protocol);
	comment = &batch->entries[0].fields;
	assert_int_equal(bytes_of(comment), LIMIT_ENTRY_BYTES + 1);
	assert_true(comment_field(comment, "text")->value_len > LIMIT_TEXT_BYTES);
	assert_true(field_says(comment_field(comment, "id"), "c1"));
	assert_true(submission_wants_reply(comment));
	batch_free(batch);
}

static struct field field(const char *name, const char *value)
{
	return (struct field){name, value, strlen(name), strlen(value)};
}

static void fields_with_a_verdicts_name_are_renamed(void **state)
{
	const struct field fields[] = {field("id", "c1"), field("verdict", "approve"),
				       field("text", "x"), field("VERDICT", "y"), field("", "z")};
	const struct comment comment = {fields, sizeof fields / sizeof fields[0]};
	static const char *const expected[] = {
		"4", "submitted:verdict", "approve", "text", "x", "VERDICT", "y", "", "z"};
	struct resp command = {0};
	redisReply *reply;

	(void)state;
	resp_begin(&command);
	submission_fields(&command, &comment);
	reply = parse_command(&command);
	assert_int_equal(reply->elements, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < reply->elements; i++)
		assert_string_equal(reply->element[i]->str, expected[i]);
	freeReplyObject(reply);
	resp_free(&command);
}

static void error_replies_have_their_fault(void **state)
{
	static const struct {
		const char *reply;
		enum fault fault;
	} rows[] = {
		{"+OK\r\n", FAULT_NONE},
		{":0\r\n", FAULT_NONE},
		{"-NOSCRIPT No matching script.\r\n", FAULT_NOSCRIPT},
		{"-NOGROUP No such key 'x' or consumer group\r\n", FAULT_NOGROUP},
		{"-UNBLOCKED the stream key no longer exists\r\n", FAULT_NOGROUP},
		{"-UNBLOCKED force unblock from blocking operation, instance state changed\r\n",
		 FAULT_READONLY},
		{"-READONLY You can't write against a read only replica.\r\n", FAULT_READONLY},
		{"-LOADING Redis is loading the dataset in memory\r\n", FAULT_LOADING},
		{"-OOM command not allowed\r\n", FAULT_OOM},
		{"-MISCONF Redis is configured\r\n", FAULT_MISCONF},
		{"-BUSY Redis is busy\r\n", FAULT_BUSY},
		{"-NOREPLICAS Not enough good replicas to write.\r\n", FAULT_NOREPLICAS},
		{"-NOPERM this user\r\n", FAULT_NOPERM},
		{"-WRONGPASS invalid\r\n", FAULT_NOPERM},
		{"-ERR AUTH <password> called without any password configured\r\n", FAULT_NOPERM},
		{"-WRONGTYPE Operation against a key script: 12, on @user_script:3.\r\n",
		 FAULT_WRONGTYPE},
		{"-ERR something\r\n", FAULT_OTHER},
	};

	(void)state;
	assert_int_equal(fault_of(NULL), FAULT_LOST);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		redisReply *reply = parse(rows[i].reply, strlen(rows[i].reply));

		assert_int_equal(fault_of(reply), rows[i].fault);
		freeReplyObject(reply);
	}
}

static void delays_grow_to_a_limit(void **state)
{
	(void)state;
	for (unsigned tries = 0; tries < 100; tries++) {
		struct timeval wait = backoff(tries);
		long ms = wait.tv_sec * 1000 + wait.tv_usec / 1000;
		long whole = tries < 7 ? 50l << tries : 5000;

		assert_in_range(ms, (whole < 5000 ? whole : 5000) / 2, whole < 5000 ? whole : 5000);
	}
}

static void values_fall_into_their_buckets(void **state)
{
	struct histogram histogram = {.bounds = {1, 2, 4}};

	(void)state;
	for (int value = 0; value <= 5; value++)
		histogram_count(&histogram, value);
	assert_int_equal(histogram.counts[0], 2); /* 0 1 */
	assert_int_equal(histogram.counts[1], 1); /* 2 */
	assert_int_equal(histogram.counts[2], 2); /* 3 4 */
	assert_int_equal(histogram.counts[HISTOGRAM_BOUNDS], 1);
	assert_true(histogram.sum > 14.9 && histogram.sum < 15.1);
}

static void log_limit_allows_one_line_a_minute(void **state)
{
	struct log_limit limit = {0};

	(void)state;
	assert_int_equal(log_limit_take(&limit, 1000), 0);
	limit.waiting = 1;
	assert_int_equal(log_limit_take(&limit, 1000), 1);
	limit.waiting = 7;
	assert_int_equal(log_limit_take(&limit, 1000 + LOG_LIMIT_MS - 1), 0);
	assert_int_equal(log_limit_take(&limit, 1000 + LOG_LIMIT_MS), 7);
	assert_int_equal(log_limit_take(&limit, 1000 + 3 * LOG_LIMIT_MS), 0);
}

static void a_stall_is_no_progress_while_entries_wait(void **state)
{
	struct stall stall = {.after = 100};

	(void)state;
	stall_begin(&stall, 1000);
	assert_false(stall_is(&stall, 1099));
	assert_true(stall_is(&stall, 1100)); /* not even an answer */
	stall_look(&stall, 0, 5, -1, 1100);
	assert_false(stall_is(&stall, 1199)); /* none waits */
	stall_look(&stall, 1, 5, 10, 1150);
	stall_look(&stall, 1, 5, 60, 1200);
	assert_true(stall_is(&stall, 1200));
	stall_look(&stall, 1, 6, 110, 1250);
	assert_false(stall_is(&stall, 1349)); /* one settled here */
	stall_look(&stall, 1, 6, 109, 1300);
	assert_false(stall_is(&stall, 1399)); /* one settled elsewhere: the oldest is another */
	stall_look(&stall, 1, 6, 210, 1400);
	assert_true(stall_is(&stall, 1400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_written_command_is_parsed_back),
		cmocka_unit_test(entries_are_copied),
		cmocka_unit_test(the_next_entry_id_is_exact),
		cmocka_unit_test(large_entries_are_cut_just_above_the_limit),
		cmocka_unit_test(fields_after_a_long_text_are_kept),
		cmocka_unit_test(fields_with_a_verdicts_name_are_renamed),
		cmocka_unit_test(error_replies_have_their_fault),
		cmocka_unit_test(delays_grow_to_a_limit),
		cmocka_unit_test(values_fall_into_their_buckets),
		cmocka_unit_test(log_limit_allows_one_line_a_minute),
		cmocka_unit_test(a_stall_is_no_progress_while_entries_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
