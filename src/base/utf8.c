#include "base/utf8.h"

/* Whether `second` may follow. The second byte of a character is 80 to BF; after the four lead
 * bytes E0, F0, ED and F4 the range is smaller. */
static bool may_follow(unsigned char lead, unsigned char second)
{
	unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return second >= least && second <= most;
}

size_t utf8_decode(const char *bytes, size_t len, uint32_t *ch)
{
	unsigned char lead = (unsigned char)bytes[0];
	size_t want = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (!want || lead > 0xf4 || want > len)
		return 0;
	*ch = want == 1 ? lead : lead & (0x7fu >> want);
	if (want > 1 && !may_follow(lead, (unsigned char)bytes[1]))
		return 0;
	for (size_t i = 1; i < want; i++) {
		if (utf8_begins(bytes[i]))
			return 0;
		*ch = *ch << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	return want;
}

size_t utf8_encode(uint32_t ch, char out[UTF8_MOST])
{
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t count = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;

	for (size_t i = count - 1; i > 0; i--, ch >>= 6)
		out[i] = (char)(0x80 | (ch & 0x3f));
	out[0] = (char)(leads[count] | ch);
	return count;
}

size_t utf8_count(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += utf8_begins(bytes[i]);
	return count;
}
