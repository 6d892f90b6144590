#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

/*
 * Controls and what Unicode says has no appearance (Default_Ignorable_Code_Point), with separators
 * of lines and annotations. The zero-width joiner and the variation selectors U+FE00 to U+FE0F are
 * left alone: emoji are made with them.
 */
static bool harmful(uint32_t ch)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},	    {0x7f, 0x9f},	{0xad, 0xad},	    {0x34f, 0x34f},
		{0x61c, 0x61c},	    {0x115f, 0x1160},	{0x17b4, 0x17b5},   {0x180b, 0x180f},
		{0x200b, 0x200c},   {0x200e, 0x200f},	{0x2028, 0x202e},   {0x2060, 0x206f},
		{0x3164, 0x3164},   {0xfeff, 0xfeff},	{0xffa0, 0xffa0},   {0xfff0, 0xfffb},
		{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};

	if (ch >= 0x20 && ch < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return true;
	return false;
}

static void escape(char out[ESCAPE_SIZE], uint32_t ch)
{
	if (ch == '\n' || ch == '\r' || ch == '\t')
		snprintf(out, ESCAPE_SIZE, "\\%c", ch == '\n' ? 'n' : ch == '\r' ? 'r' : 't');
	else if (ch < 0x80)
		snprintf(out, ESCAPE_SIZE, "\\x%02x", (unsigned)ch);
	else
		snprintf(out, ESCAPE_SIZE, "\\u{%x}", (unsigned)ch);
}

static void plain(char out[ESCAPE_SIZE], const char *bytes, size_t len)
{
	memcpy(out, bytes, len);
	out[len] = '\0';
}

size_t escape_next(char out[ESCAPE_SIZE], const char *bytes, size_t len, const char *special)
{
	uint32_t ch;
	size_t count = utf8_decode(bytes, len, &ch);

	if (!count) {
		snprintf(out, ESCAPE_SIZE, "\\x%02x", (unsigned char)*bytes);
		return 1;
	}
	if (harmful(ch))
		escape(out, ch);
	else if (ch < 0x80 && strchr(special, (int)ch))
		snprintf(out, ESCAPE_SIZE, "\\%c", (char)ch);
	else
		plain(out, bytes, count);
	return count;
}

void escape_add(struct buf *out, const char *bytes, size_t len, const char *special)
{
	char escaped[ESCAPE_SIZE];

	for (size_t at = 0; at < len;) {
		at += escape_next(escaped, bytes + at, len - at, special);
		buf_add_string(out, escaped);
	}
}

bool escape_needed(const char *bytes, size_t len)
{
	uint32_t ch;

	for (size_t at = 0, count; at < len; at += count) {
		count = utf8_decode(bytes + at, len - at, &ch);
		if (!count || harmful(ch))
			return true;
	}
	return false;
}
