#include "rules/wordlist.h"

#include <stdlib.h>
#include <string.h>

/* Notes what was added to the builder, under the same number. */
static void note(struct loading *loading, const struct rule *rule, enum entry_kind kind,
		 const char *string, struct place place)
{
	struct entry entry = {rule, kind, load_string(loading, string), place};

	buf_add(&loading->set->entries, &entry, sizeof entry);
	if (loading->set->entries.failed)
		problems_add(loading->problems, PROBLEM_ERROR, place, "memory is out");
}

static void add_phrase(struct loading *loading, const struct rule *rule, const char *phrase,
		       unsigned flags, struct place place)
{
	const char *why = scan_add_phrase(loading->builder, rule->index, phrase, flags);

	note(loading, rule, flags & SCAN_EXCEPT ? ENTRY_EXCEPT : ENTRY_PHRASE, phrase, place);
	if (why)
		problems_add(loading->problems, PROBLEM_ERROR, place, "\"%s\" can never match: %s",
			     phrase, why);
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

/* Takes the phrase out of a line, which it cuts; false where there is none. */
static bool add_line(struct loading *loading, const struct rule *rule, char *line, size_t len,
		     unsigned flags, struct place place)
{
	size_t start = 0, end = content_len(line, len);

	while (start < end && is_blank(line[start]))
		start++;
	if (start == end)
		return false;
	place.column = count_characters(line, start) + 1;
	if (memchr(line, '\0', len)) {
		problems_add(loading->problems, PROBLEM_ERROR, place, "this holds a NUL character");
		return false;
	}
	line[end] = '\0';
	add_phrase(loading, rule, line + start, flags, place);
	return true;
}

static size_t load_list(struct loading *loading, const struct rule *rule, struct node node,
			unsigned flags)
{
	const char *name = node_string(node);
	struct buf bytes = {0};
	const char *path = name ? load_bytes(loading, name, node_place(node), &bytes) : NULL;
	char *line = bytes.data, *end = bytes.data + bytes.len;
	size_t count = 0;

	if (path && bytes.len)
		digest_part(&loading->rule_digest, bytes.data, bytes.len);
	if (path && bytes.len >= 3 && !memcmp(line, "\xef\xbb\xbf", 3))
		line += 3;
	for (size_t number = 1; path && line < end; number++) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line);

		count += add_line(loading, rule, line, len, flags, (struct place){path, number, 1});
		line += len + 1;
	}
	if (path && !count)
		node_problem(node, PROBLEM_WARNING, "there is no phrase in %s", path);
	buf_free(&bytes);
	return count;
}

size_t wordlist_phrases(struct loading *loading, const struct rule *rule, struct node node,
		    unsigned flags)
{
	if (!node_given(node))
		return 0;
	if (node_is_scalar(node))
		return load_list(loading, rule, node, flags);
	if (!node_strings(node))
		return 0;
	for (size_t i = 0; i < node_count(node); i++)
		add_phrase(loading, rule, node_string(node_item(node, i)), flags,
			   node_place(node_item(node, i)));
	return node_count(node);
}

size_t wordlist_patterns(struct loading *loading, const struct rule *rule, struct node node,
		     unsigned flags)
{
	if (!node_strings(node))
		return 0;
	for (size_t i = 0; i < node_count(node); i++) {
		struct node item = node_item(node, i);
		const char *pattern = node_string(item), *why;
		size_t offset = 0;

		why = scan_add_pattern(loading->builder, rule->index, pattern, flags, &offset);
		note(loading, rule, ENTRY_PATTERN, pattern, node_place(item));
		if (why)
			node_problem(item, PROBLEM_ERROR, "%s, at byte %zu of the pattern", why,
				     offset);
	}
	return node_count(node);
}
