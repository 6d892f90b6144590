/* Replies of Redis for tests: hiredis's own, from bytes of the protocol. After cmocka.h. */
#ifndef DUYETD_TESTS_UNIT_REPLY_H
#define DUYETD_TESTS_UNIT_REPLY_H

#include <hiredis/hiredis.h>

/* Exactly one reply. In the protocol a command looks like a reply: an array of strings. */
static redisReply *parse(const char *bytes, size_t len)
{
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;

	assert_int_equal(redisReaderFeed(reader, bytes, len), REDIS_OK);
	assert_int_equal(redisReaderGetReply(reader, &reply), REDIS_OK);
	assert_non_null(reply);
	assert_int_equal(reader->pos, reader->len);
	redisReaderFree(reader);
	return reply;
}

#endif
