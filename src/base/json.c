#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

enum { DEEPEST = 64 };

struct reader {
	char *at, *end;
	const char *why; /* the first thing that was wrong */
};

static bool fail(struct reader *reader, const char *why)
{
	if (!reader->why)
		reader->why = why;
	return false;
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' ||
					    *reader->at == '\r' || *reader->at == '\n'))
		reader->at++;
}

static bool take(struct reader *reader, char ch)
{
	if (reader->at == reader->end || *reader->at != ch)
		return false;
	reader->at++;
	return true;
}

/* Strings. */

/* The value of a hex digit, or -1. */
static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static bool read_hex4(struct reader *reader, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++, reader->at++) {
		int value = reader->at < reader->end ? hex_value(*reader->at) : -1;

		if (value < 0)
			return fail(reader, "\\u must be followed by four hex digits");
		*code = *code << 4 | (uint32_t)value;
	}
	return true;
}

/* After `\u`; a pair of surrogates is one character. */
static bool read_unicode(struct reader *reader, uint32_t *code)
{
	uint32_t low;

	if (!read_hex4(reader, code))
		return false;
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	if (*code > 0xdbff || !take(reader, '\\') || !take(reader, 'u') ||
	    !read_hex4(reader, &low) || low < 0xdc00 || low > 0xdfff)
		return fail(reader, "unpaired surrogate");
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* After a backslash. The result is never longer than the escape itself. */
static bool read_escape(struct reader *reader, char **out)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name =
		reader->at < reader->end && *reader->at ? strchr(names, *reader->at) : NULL;
	uint32_t code;

	if (name) {
		*(*out)++ = values[name - names];
		reader->at++;
		return true;
	}
	if (!take(reader, 'u'))
		return fail(
			reader,
			"unknown escape sequence: expected \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u");
	if (!read_unicode(reader, &code))
		return false;
	*out += utf8_encode(code, *out);
	return true;
}

/* Whether none of eight bytes is a quote, a backslash or a control character. Each test subtracts,
 * so that such a byte gets its highest bit set. */
static bool are_plain(const char *bytes)
{
	const uint64_t each = 0x0101010101010101, sign = each << 7;
	uint64_t word, quotes, backslashes;

	memcpy(&word, bytes, sizeof word);
	quotes = word ^ each * '"';
	backslashes = word ^ each * '\\';
	return !(((word - each * ' ') & ~word & sign) | ((quotes - each) & ~quotes & sign) |
		 ((backslashes - each) & ~backslashes & sign));
}

/* Where the run of plain bytes ends: at a quote, a backslash, a control character. */
static char *plain_end(char *at, const char *end)
{
	while (end - at >= 8 && are_plain(at))
		at += 8;
	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ')
		at++;
	return at;
}

static bool read_string(struct reader *reader, const char **string, size_t *len)
{
	char *start = reader->at + 1, *out = start;

	if (!take(reader, '"'))
		return fail(reader, "expected a string");
	for (;;) {
		char *run = reader->at, *stop = plain_end(run, reader->end);

		if (out != run)
			memmove(out, run, (size_t)(stop - run));
		out += stop - run;
		reader->at = stop;
		if (take(reader, '"'))
			break;
		if (reader->at == reader->end)
			return fail(reader, "unterminated string");
		if (!take(reader, '\\'))
			return fail(reader, "control character in a string");
		if (!read_escape(reader, &out))
			return false;
	}
	*string = start;
	*len = (size_t)(out - start);
	return true;
}

/* Other values. */

static size_t skip_digits(struct reader *reader)
{
	const char *start = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
	return (size_t)(reader->at - start);
}

static bool skip_number(struct reader *reader)
{
	bool zero;

	take(reader, '-');
	zero = reader->at < reader->end && *reader->at == '0';
	if (zero ? !take(reader, '0') : !skip_digits(reader))
		return fail(reader, "expected a value");
	if (take(reader, '.') && !skip_digits(reader))
		return fail(reader, "expected a digit after the decimal point");
	if (take(reader, 'e') || take(reader, 'E')) {
		if (!take(reader, '+'))
			take(reader, '-');
		if (!skip_digits(reader))
			return fail(reader, "expected a digit in the exponent");
	}
	return true;
}

static bool skip_word(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
		return fail(reader, "expected a value");
	reader->at += len;
	return true;
}

static bool skip_value(struct reader *reader, int depth);

static bool skip_name(struct reader *reader)
{
	const char *string;
	size_t len;

	skip_blanks(reader);
	if (!read_string(reader, &string, &len))
		return false;
	skip_blanks(reader);
	return take(reader, ':') || fail(reader, "expected a colon");
}

/* An array or object, in the brackets given. */
static bool skip_nested(struct reader *reader, char open, char close, int depth)
{
	if (depth == DEEPEST)
		return fail(reader, "values nested too deep: expected at most 64 levels");
	take(reader, open);
	skip_blanks(reader);
	if (take(reader, close))
		return true;
	do {
		if ((open == '{' && !skip_name(reader)) || !skip_value(reader, depth + 1))
			return false;
		skip_blanks(reader);
	} while (take(reader, ','));
	return take(reader, close) || fail(reader, "expected a comma or the closing bracket");
}

static bool skip_value(struct reader *reader, int depth)
{
	const char *string;
	size_t len;

	skip_blanks(reader);
	switch (reader->at < reader->end ? *reader->at : '\0') {
	case '"':
		return read_string(reader, &string, &len);
	case '{':
		return skip_nested(reader, '{', '}', depth);
	case '[':
		return skip_nested(reader, '[', ']', depth);
	case 't':
		return skip_word(reader, "true");
	case 'f':
		return skip_word(reader, "false");
	case 'n':
		return skip_word(reader, "null");
	default:
		return skip_number(reader);
	}
}

/* The object. */

static bool read_value(struct reader *reader, struct json_member *member)
{
	skip_blanks(reader);
	if (reader->at < reader->end && *reader->at == '"') {
		member->kind = MEMBER_STRING;
		return read_string(reader, &member->value, &member->value_len);
	}
	member->value = reader->at;
	member->kind = MEMBER_OTHER;
	if (reader->at < reader->end && strchr("-0123456789", *reader->at))
		member->kind = MEMBER_NUMBER;
	else if (reader->at < reader->end && strchr("tf", *reader->at))
		member->kind = MEMBER_FLAG;
	if (!skip_value(reader, 1))
		return false;
	member->value_len = (size_t)(reader->at - member->value);
	return true;
}

static bool read_member(struct reader *reader, struct json_member *member)
{
	skip_blanks(reader);
	if (!read_string(reader, &member->name, &member->name_len))
		return false;
	skip_blanks(reader);
	if (!take(reader, ':'))
		return fail(reader, "expected a colon");
	return read_value(reader, member);
}

static bool read_members(struct reader *reader, struct json_member *members, size_t most,
			 size_t *count)
{
	skip_blanks(reader);
	if (!take(reader, '{'))
		return fail(reader, "expected an object: {\"id\": …, \"text\": …}");
	skip_blanks(reader);
	if (take(reader, '}'))
		return true;
	do {
		if (*count == most)
			return fail(reader, "too many members");
		if (!read_member(reader, &members[(*count)++]))
			return false;
		skip_blanks(reader);
	} while (take(reader, ','));
	return take(reader, '}') || fail(reader, "expected a comma or }");
}

long json_read(char *json, size_t len, struct json_member *members, size_t most, const char **why,
	       size_t *at)
{
	struct reader reader = {json, json + len, NULL};
	size_t count = 0;

	if (read_members(&reader, members, most, &count)) {
		skip_blanks(&reader);
		if (reader.at == reader.end)
			return (long)count;
		fail(&reader, "unexpected text after the object");
	}
	*why = reader.why;
	*at = (size_t)(reader.at - json);
	return -1;
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
	uint32_t ch;

	buf_add_char(buf, '"');
	for (size_t i = 0; i < len;) {
		size_t run = i, step = 1;

		while (run < len &&
		       (is_plain(bytes[run]) ||
			(bytes[run] >= 0x80 && (step = utf8_decode(string + run, len - run, &ch)))))
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
