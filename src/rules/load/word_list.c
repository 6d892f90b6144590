#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/utf8.h"
#include "rules/load/word_list.h"

struct list list_begin(char *bytes, size_t len)
{
	struct list list = {bytes, bytes + len, 0, 1};

	if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		list.at += 3;
	return list;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

/* Where the comment of a line begins; its length when there is none. */
static size_t comment_at(const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && !(line[at] == '#' && (!at || is_blank(line[at - 1]))))
		at++;
	return at;
}

/* The length of a line without its comment and the blanks before the comment. */
static size_t content_len(const char *line, size_t len)
{
	size_t end = comment_at(line, len);

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
		list->column = utf8_count(line, start) + 1;
		*has_nul = memchr(line + start, '\0', end - start);
		line[end] = '\0';
		return line + start;
	}
	return NULL;
}

/* A file's path relative to the rules directory. */
static const char *relative(const struct loading *loading, const char *file)
{
	size_t len = strlen(loading->directory);

	if (strncmp(file, loading->directory, len) != 0)
		return file;
	while (file[len] == '/')
		len++;
	return file + len;
}

/* Records the term that was added to the builder, under the same number. */
static void note(struct loading *loading, const struct rule *rule, enum term_kind kind,
		 const char *string, unsigned flags, struct place place)
{
	struct ruleset *set = loading->set;

	if (grow(set->term, set->terms + 1, &set->term_room)) {
		set->term[set->terms] = (struct term){.rule = rule,
						      .kind = kind,
						      .string = load_string(loading, string),
						      .flags = flags,
						      .place = place,
						      .file = relative(loading, place.file),
						      .index = set->terms};
		set->terms++;
	} else {
		problems_add(loading->problems, PROBLEM_ERROR, place, "out of memory");
	}
}

static void add_phrase(struct loading *loading, const struct rule *rule, const char *phrase,
		       unsigned flags, struct place place)
{
	const char *why = scan_add_phrase(loading->builder, rule->index, phrase, flags);

	if (why == scan_no_memory)
		problems_add(loading->problems, PROBLEM_ERROR, place, "out of memory");
	else if (why)
		problems_add(loading->problems, PROBLEM_ERROR, place, "\"%s\" can never match: %s",
			     quote(phrase).text, why);
	else
		note(loading, rule, flags & SCAN_EXCEPT ? TERM_EXCEPT : TERM_PHRASE, phrase, flags,
		     place);
}

static bool is_in_lists(const struct loading *loading, const char *name)
{
	struct buf path = {0};
	bool found;

	buf_printf(&path, "lists/%s", name);
	found = !faccessat(loading->directory_handle, buf_string(&path), F_OK, 0);
	buf_free(&path);
	return found;
}

/* Reads the file that the key names. A name without . and / is probably a phrase. */
static const char *load_named(struct loading *loading, const char *name, struct node node,
			      struct buf *bytes)
{
	if (!strpbrk(name, "./") && faccessat(loading->directory_handle, name, F_OK, 0)) {
		node_problem(node, PROBLEM_ERROR,
			     "there is no file \"%s\": a phrase goes into brackets, as in [%s]",
			     name, name);
		return NULL;
	}
	if (faccessat(loading->directory_handle, name, F_OK, 0) && is_in_lists(loading, name)) {
		node_problem(node, PROBLEM_ERROR,
			     "there is no file \"%s\" in the directory of the rules: did you mean "
			     "lists/%s?",
			     name, name);
		return NULL;
	}
	return load_bytes(loading, name, node_place(node), bytes);
}

/* `#mấtdạy` alone, or `sữa #1 thế giới`: no blank follows the sign, as one usually does in a
 * comment. */
static bool is_hashtag(const char *line, size_t len, size_t at)
{
	size_t end = at + 1;
	unsigned char next = at + 1 < len ? (unsigned char)line[at + 1] : ' ';

	while (len && is_blank(line[len - 1]))
		len--;
	while (end < len && !is_blank(line[end]) && line[end] != '#')
		end++;
	return at ? next & 0x80 || isalnum(next) : end == len && (next & 0x80 || isalpha(next));
}

/* Runs before list_next(), which cuts off the comments. */
static void check_hashtags(struct loading *loading, const char *path, const struct buf *bytes)
{
	const char *line = bytes->data, *end = line + bytes->len;
	struct place place = {path, 1, 1};

	for (; line < end; place.line++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line), at = comment_at(line, len);

		if (is_hashtag(line, len, at))
			problems_add(
				loading->problems, PROBLEM_WARNING, place,
				"\"%.*s\" is not read: a # begins a comment; to find a hashtag "
				"write its words without the #, as in mất dạy; for a comment put a "
				"blank after the #",
				(int)utf8_left(line + at, len - at < 60 ? len - at : 60, len - at),
				line + at);
		line += len + 1;
	}
}

static size_t load_list(struct loading *loading, const struct rule *rule, struct node node,
			unsigned flags)
{
	const char *name = node_string(node), *phrase;
	struct buf bytes = {0};
	const char *path = name ? load_named(loading, name, node, &bytes) : NULL;
	struct list list;
	size_t count = 0;
	bool has_nul;

	if (!path) {
		buf_free(&bytes);
		return 0;
	}
	check_hashtags(loading, path, &bytes);
	list = list_begin(bytes.data, bytes.len);
	digest_part(&loading->rule_digest, bytes.data, bytes.len);
	while ((phrase = list_next(&list, &has_nul))) {
		struct place place = {path, list.line, list.column};

		count++;
		if (strchr(phrase, '\r'))
			problems_add(loading->problems, PROBLEM_ERROR, place,
				     "this line has a carriage return (CR) in it: expected line "
				     "ends of LF or CRLF");
		else if (has_nul)
			problems_add(loading->problems, PROBLEM_ERROR, place,
				     "this line holds a NUL character; save the file as UTF-8");
		else
			add_phrase(loading, rule, phrase, flags, place);
	}
	if (!count)
		node_problem(node, PROBLEM_WARNING, "no phrases in %s", path);
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
	if (!node_count(node))
		node_problem(node, PROBLEM_WARNING, "no phrases in this list");
	for (size_t i = 0; i < node_count(node); i++)
		add_phrase(loading, rule, node_string(node_item(node, i)), flags,
			   node_place(node_item(node, i)));
	return node_count(node);
}

/* A control character: most likely "\b" in double quotes, which is a backspace to YAML. */
static char find_control(const char *pattern)
{
	for (; *pattern; pattern++)
		if (((unsigned char)*pattern < ' ' && !strchr("\t\n\r", *pattern)) ||
		    *pattern == 0x7f)
			return *pattern;
	return 0;
}

static bool check_control(struct node item, const char *pattern)
{
	int control = pattern ? find_control(pattern) : 0;

	if (control == '\b')
		node_problem(item, PROBLEM_ERROR,
			     "this pattern has a backspace, which no comment has: in double quotes "
			     "YAML reads \\b as one; put the pattern in single quotes");
	else if (control)
		node_problem(item, PROBLEM_ERROR,
			     "this pattern has the control character U+%04X, which no comment has; "
			     "put a pattern with backslashes in single quotes",
			     (unsigned)control);
	return !control;
}

static void note_pattern(struct loading *loading, const struct rule *rule, const char *pattern,
			 unsigned flags, struct place place)
{
	loading->pattern_bytes += scan_pattern_bytes(loading->builder, loading->patterns++);
	note(loading, rule, TERM_PATTERN, pattern, flags, place);
}

/* A word list, as `phrases` may name one, would be a pattern that finds nothing. */
static bool check_no_file(struct node node)
{
	const char *string = node_is_scalar(node) ? node_string(node) : NULL;
	const char *dot = string ? strrchr(string, '.') : NULL;

	if (!dot || strcmp(dot, ".txt") != 0 || strchr(string, '\\'))
		return true;
	node_problem(node, PROBLEM_ERROR,
		     "\"%s\": patterns are not read from a file: expected a list of patterns, such "
		     "as ['\\bkèo\\b']",
		     quote(string).text);
	return false;
}

size_t wordlist_patterns(struct loading *loading, const struct rule *rule, struct node node,
			 unsigned flags)
{
	if (!check_no_file(node) || !node_strings(node))
		return 0;
	for (size_t i = 0; i < node_count(node); i++) {
		struct node item = node_item(node, i);
		const char *pattern = node_string(item), *why;
		size_t offset = 0;

		if (!check_control(item, pattern) || !check_no_file(item) ||
		    loading->pattern_bytes > LIMIT_PCRE2_BYTES)
			continue; /* the limit is reported after the last file */
		node_check_quotes(item);
		why = scan_add_pattern(loading->builder, rule->index, pattern, flags, &offset);
		if (why)
			node_problem(item, PROBLEM_ERROR, "%s, at byte %zu of the pattern", why,
				     offset);
		else
			note_pattern(loading, rule, pattern, flags, node_place(item));
	}
	return node_count(node);
}
