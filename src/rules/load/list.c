#include "rules/load/list.h"

#include <string.h>

struct list list_begin(char *bytes, size_t len)
{
	struct list list = {bytes, bytes + len, 0, 1};

	if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		list.at += 3;
	return list;
}

/* Characters of UTF-8. */
static size_t count_characters(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
	return count;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

/* The length of a line without its comment and the blanks before that. */
static size_t content_len(const char *line, size_t len)
{
	size_t end = 0;

	while (end < len && !(line[end] == '#' && (!end || is_blank(line[end - 1]))))
		end++;
	while (end && is_blank(line[end - 1]))
		end--;
	return end;
}

const char *list_next(struct list *list, bool *has_nul)
{
	while (list->at < list->end) {
		char *line = list->at, *stop = memchr(line, '\n', (size_t)(list->end - line));
		size_t len = (size_t)((stop ? stop : list->end) - line), start = 0;
		size_t end = content_len(line, len);

		list->line++;
		list->at += len + 1;
		while (start < end && is_blank(line[start]))
			start++;
		if (start == end)
			continue;
		list->column = count_characters(line, start) + 1;
		*has_nul = memchr(line + start, '\0', end - start);
		line[end] = '\0';
		return line + start;
	}
	return NULL;
}
