#include "redis/resp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The protocol has the number of arguments first, but it is known last. Room is left for it, and
 * resp_finish() writes it directly before the first argument. */
enum { HEADER_ROOM = 16 };

void resp_begin(struct resp *resp)
{
	static const char room[HEADER_ROOM];

	buf_empty(&resp->buf);
	buf_add(&resp->buf, room, sizeof room);
	resp->count = 0;
}

void resp_free(struct resp *resp)
{
	buf_free(&resp->buf);
	resp->count = 0;
}

void resp_add(struct resp *resp, const void *bytes, size_t len)
{
	char head[24], *digit = head + sizeof head, *to;
	size_t left = len, width;

	*--digit = '\n';
	*--digit = '\r';
	do
		*--digit = (char)('0' + left % 10);
	while (left /= 10);
	*--digit = '$';
	width = (size_t)(head + sizeof head - digit);
	resp->count++;
	if (!buf_reserve(&resp->buf, width + len + 2))
		return;
	to = resp->buf.data + resp->buf.len;
	memcpy(to, digit, width);
	if (len)
		memcpy(to + width, bytes, len);
	memcpy(to + width + len, "\r\n", 3); /* with the buffer's own NUL */
	resp->buf.len += width + len + 2;
}

void resp_string(struct resp *resp, const char *string)
{
	resp_add(resp, string, strlen(string));
}

void resp_number(struct resp *resp, int64_t number)
{
	char digits[24];

	resp_add(resp, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, number));
}

void resp_buf(struct resp *resp, const struct buf *buf)
{
	if (buf->failed)
		resp->buf.failed = true;
	resp_add(resp, buf_string(buf), buf->len);
}

void resp_words(struct resp *resp, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		resp_add(resp, words, len);
		words += len + (words[len] == ' ');
	}
}

void resp_join(struct resp *resp, const struct resp *other)
{
	if (other->buf.failed)
		resp->buf.failed = true;
	else
		buf_add(&resp->buf, other->buf.data + HEADER_ROOM, other->buf.len - HEADER_ROOM);
	resp->count += other->count;
}

bool resp_finish(struct resp *resp, const char **bytes, size_t *len)
{
	char head[HEADER_ROOM + 1];
	int width = snprintf(head, sizeof head, "*%zu\r\n", resp->count);

	if (resp->buf.failed || width < 0 || width > HEADER_ROOM)
		return false;
	memcpy(resp->buf.data + HEADER_ROOM - width, head, (size_t)width);
	*bytes = resp->buf.data + HEADER_ROOM - width;
	*len = resp->buf.len - HEADER_ROOM + (size_t)width;
	return true;
}
