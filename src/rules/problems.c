#include "rules/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/grow.h"
#include "base/utf8.h"

struct problems {
	struct arena arena;
	struct problem *list;
	size_t count, room;
	bool out_of_memory; /* problems may be missing */
	size_t counts[PROBLEM_HINT + 1];
};

struct problems *problems_new(void)
{
	return calloc(1, sizeof(struct problems));
}

void problems_free(struct problems *problems)
{
	if (!problems)
		return;
	arena_free(&problems->arena);
	free(problems->list);
	free(problems);
}

/* Rules files are untrusted too: control characters become blanks, so that they cannot forge lines,
 * and bytes that are not UTF-8 become question marks: journald does not show a line that has some.
 */
static void make_harmless(char *message)
{
	size_t len = strlen(message), count;
	uint32_t ch;

	for (size_t at = 0; at < len; at += count) {
		count = utf8_decode(message + at, len - at, &ch);
		if (!count) {
			message[at] = '?';
			count = 1;
		} else if (ch < ' ' || ch == 0x7f) {
			message[at] = ' ';
		}
	}
}

static void add(struct problems *problems, struct problem problem, const char *message)
{
	struct place place = problem.place;
	char *copy = arena_copy(&problems->arena, message, strlen(message));

	if (copy && place.file)
		problem.place.file = arena_copy(&problems->arena, place.file, strlen(place.file));
	if (!copy || (place.file && !problem.place.file)) {
		problems->out_of_memory = true;
		return;
	}
	make_harmless(copy);
	problem.message = copy;
	problems->counts[problem.severity]++;
	if (grow(problems->list, problems->count + 1, &problems->room))
		problems->list[problems->count++] = problem;
	else
		problems->out_of_memory = true;
}

void problems_add(struct problems *problems, enum severity severity, struct place place,
		  const char *format, ...)
{
	va_list arguments;
	char *message;
	int len;

	va_start(arguments, format);
	len = vasprintf(&message, format, arguments);
	va_end(arguments);
	if (len < 0) {
		problems->out_of_memory = true;
		return;
	}
	add(problems, (struct problem){severity, place, NULL, format}, message);
	free(message);
}

void problems_out_of_memory(struct problems *problems)
{
	problems->out_of_memory = true;
}

bool problems_are_complete(const struct problems *problems)
{
	return !problems->out_of_memory;
}

size_t problems_count(const struct problems *problems, enum severity severity)
{
	return problems->counts[severity] + (severity == PROBLEM_ERROR && problems->out_of_memory);
}

static int compare(size_t one, size_t other)
{
	return (one > other) - (one < other);
}

static int by_severity(const void *one, const void *other)
{
	const struct problem *a = one, *b = other;
	const char *a_file = a->place.file ? a->place.file : "";
	int order = (int)a->severity - (int)b->severity;

	if (!order)
		order = strcmp(a_file, b->place.file ? b->place.file : "");
	if (!order)
		order = compare(a->place.line, b->place.line);
	if (!order)
		order = compare(a->place.column, b->place.column);
	return order ? order : strcmp(a->message, b->message);
}

const struct problem *problems_list(const struct problems *problems, size_t *count)
{
	*count = problems->count;
	if (*count)
		qsort(problems->list, *count, sizeof *problems->list, by_severity);
	return problems->list;
}

struct quote quote(const char *string)
{
	static const char cut[] = "…";
	struct quote quote;
	size_t len = strlen(string), most = sizeof quote.text - sizeof cut;

	if (len < sizeof quote.text) {
		memcpy(quote.text, string, len + 1);
	} else {
		len = utf8_left(string, most, len);
		memcpy(quote.text, string, len);
		memcpy(quote.text + len, cut, sizeof cut);
	}
	return quote;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"error", "warning", "hint"};

	return names[severity];
}

size_t problem_print(const struct problem *problem, char *line, size_t size)
{
	const struct place *place = &problem->place;
	const char *severity = severity_name(problem->severity);
	int len;

	if (!place->file)
		len = snprintf(line, size, "%s: %s", severity, problem->message);
	else if (!place->line)
		len = snprintf(line, size, "%s: %s: %s", place->file, severity, problem->message);
	else
		len = snprintf(line, size, "%s:%zu:%zu: %s: %s", place->file, place->line,
			       place->column, severity, problem->message);
	return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}
