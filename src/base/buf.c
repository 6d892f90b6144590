#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 64 };

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}

void buf_empty(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

bool buf_reserve(struct buf *buf, size_t len)
{
	size_t size = buf->size ? buf->size : FIRST_SIZE;
	char *data;

	if (buf->failed)
		return false;
	if (buf->size - buf->len > len)
		return true;
	if (len > SIZE_MAX / 4 - buf->len)
		return !(buf->failed = true);
	while (size - buf->len <= len)
		size *= 2;
	data = realloc(buf->data, size);
	if (!data)
		return !(buf->failed = true);
	buf->data = data;
	buf->size = size;
	return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_add_number(struct buf *buf, int64_t number)
{
	char digits[24], *first = digits + sizeof digits;
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do
		*--first = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--first = '-';
	buf_add(buf, first, (size_t)(digits + sizeof digits - first));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0 || !buf_reserve(buf, (size_t)len)) {
		buf->failed = true;
		return;
	}
	va_start(arguments, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, arguments);
	va_end(arguments);
	buf->len += (size_t)len;
}

const char *buf_string(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}
