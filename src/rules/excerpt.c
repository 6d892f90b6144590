#include "rules/excerpt.h"

#include <string.h>
#include "base/escape.h"
#include "base/utf8.h"
#include "rules/ruleset.h"

enum {
	CONTEXT = 32, /* bytes shown on either side of a hit */
	SHOWN = 120,  /* bytes of a hit shown; of a longer one its two ends */
};

static void add_quoted(struct buf *lines, const char *bytes, size_t len)
{
	escape_add(lines, bytes, len, "\"\\");
}

/* Where the excerpt begins and ends: no word of the context is cut, unless it is a long one. */
static size_t context_first(const char *bytes, size_t hit, size_t len)
{
	size_t first = hit > CONTEXT ? hit - CONTEXT : 0;
	const char *space = memchr(bytes + first, ' ', hit - first);

	if (first && space && (size_t)(space - bytes) < hit - 1)
		return (size_t)(space + 1 - bytes);
	return utf8_right(bytes, first, len);
}

static size_t context_last(const char *bytes, size_t end, size_t len)
{
	size_t last = len - end > CONTEXT ? end + CONTEXT : len;
	const char *space = last < len ? memrchr(bytes + end, ' ', last - end) : NULL;

	if (space && space > bytes + end)
		return (size_t)(space - bytes);
	return utf8_left(bytes, last, len);
}

static void add_hit(struct buf *lines, const char *bytes, size_t len)
{
	if (len <= SHOWN) {
		add_quoted(lines, bytes, len);
		return;
	}
	size_t head = utf8_left(bytes, SHOWN / 2, len);
	size_t tail = utf8_right(bytes, len - SHOWN / 2, len);

	add_quoted(lines, bytes, head);
	buf_add_string(lines, " … ");
	add_quoted(lines, bytes + tail, len - tail);
}

static void add_excerpt(struct buf *lines, const struct hit *hit)
{
	const char *bytes = hit->field->value;
	size_t len = hit->field->value_len, end = hit->at + hit->len;
	size_t first = context_first(bytes, hit->at, len), last = context_last(bytes, end, len);

	buf_add_string(lines, first ? " \"…" : " \"");
	add_quoted(lines, bytes + first, hit->at - first);
	buf_add_string(lines, "«");
	add_hit(lines, bytes + hit->at, hit->len);
	buf_add_string(lines, "»");
	add_quoted(lines, bytes + end, last - end);
	buf_add_string(lines, last < len ? "…\"" : "\"");
}

void excerpt_add(struct buf *lines, const struct hit *hit)
{
	const struct field *field = hit->field;

	buf_add_string(lines, rule_name(hit->rule));
	if (!field) {
		if (hit->measured) {
			buf_add_char(lines, ' ');
			escape_add(lines, hit->measured, strlen(hit->measured), "");
		}
		return;
	}
	buf_add_char(lines, ' ');
	if (!field_is(field, "text"))
		escape_add(lines, field->name, field->name_len, " @\\");
	buf_printf(lines, "@%zu+%zu", hit->at, hit->len);
	add_excerpt(lines, hit);
	if (hit->term) {
		buf_add_char(lines, ' ');
		escape_add(lines, hit->term->file, strlen(hit->term->file), " \\");
		buf_printf(lines, ":%zu", hit->term->place.line);
	}
}

static bool is_watching(const struct verdict *verdict, const struct rule *rule)
{
	for (size_t i = 0; i < verdict->watching_count; i++)
		if (verdict->watching[i] == rule)
			return true;
	return false;
}

void excerpt_all(struct buf *lines, const struct verdict *verdict, bool watching)
{
	bool first = true;

	for (size_t i = 0; i < verdict->hit_count; i++) {
		const struct hit *hit = &verdict->hits[i];

		if (is_watching(verdict, hit->rule) != watching)
			continue;
		if (!first)
			buf_add_char(lines, '\n');
		excerpt_add(lines, hit);
		first = false;
	}
}
