#include "base/json.h"

#include <string.h>

/* Bytes of the well-formed UTF-8 sequence at `bytes`, or 0 (Unicode 15, table 3-7). */
static size_t sequence_len(const unsigned char *bytes, size_t len)
{
	unsigned char lead = bytes[0];
	size_t want = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	if (!want || lead > 0xf4 || want > len)
		return 0;
	if (want > 1 && (bytes[1] < least || bytes[1] > most))
		return 0;
	for (size_t i = 2; i < want; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return want;
}

static void add_escaped(struct buf *buf, unsigned char ch)
{
	static const char special[] = "\"\\\n\t\r", names[] = "\"\\ntr";
	const char *found = ch ? strchr(special, ch) : NULL;

	if (found) {
		buf_add_char(buf, '\\');
		buf_add_char(buf, names[found - special]);
	} else {
		buf_printf(buf, "\\u%04x", ch);
	}
}

static bool is_plain(unsigned char ch)
{
	return ch >= ' ' && ch < 0x7f && ch != '"' && ch != '\\';
}

void json_add_string(struct buf *buf, const char *string, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)string;

	buf_add_char(buf, '"');
	for (size_t i = 0; i < len;) {
		size_t run = i, step = 1;

		while (run < len &&
		       (is_plain(bytes[run]) ||
			(bytes[run] >= 0x80 && (step = sequence_len(bytes + run, len - run)))))
			run += bytes[run] >= 0x80 ? step : 1;
		buf_add(buf, bytes + i, run - i);
		if (run < len && bytes[run] < 0x80)
			add_escaped(buf, bytes[run]);
		else if (run < len)
			buf_add_string(buf, "\xef\xbf\xbd");
		i = run + (run < len);
	}
	buf_add_char(buf, '"');
}

void json_add_text(struct buf *buf, const char *string)
{
	json_add_string(buf, string, strlen(string));
}
