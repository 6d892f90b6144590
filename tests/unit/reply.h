/* Makes replies of hiredis from bytes of the protocol. Include it after cmocka.h. */
#ifndef DUYETD_TESTS_UNIT_REPLY_H
#define DUYETD_TESTS_UNIT_REPLY_H

#include <hiredis/hiredis.h>

/* Returns the one reply that the bytes are; the caller frees. A command can be read in the same
 * way: it is an array of strings. */
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
