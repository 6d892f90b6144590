/*
 * Errors, warnings and hints about the rules, each with its place in the files. They are collected
 * while loading, so that the author of the rules sees all of them at once.
 */
#ifndef DUYETD_RULES_PROBLEMS_H
#define DUYETD_RULES_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

/* Lines and columns count from 1, columns in characters. Line 0: the whole file. */
struct place {
	const char *file;
	size_t line, column;
};

enum severity {
	PROBLEM_ERROR,	 /* the rules do not load */
	PROBLEM_WARNING, /* they load, but are probably wrong */
	PROBLEM_HINT,	 /* they load, but could be better */
};

struct problem {
	enum severity severity;
	struct place place;
	const char *message; /* one line, without control characters */
	const char *format;  /* of the message: the same for all problems of one kind */
};

struct problems;

/* Returns NULL when out of memory. The list has copies of the strings. */
struct problems *problems_new(void);
void problems_free(struct problems *problems);

/* `format` is borrowed until problems_free(). */
void problems_add(struct problems *problems, enum severity severity, struct place place,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Notes that problems may be missing, since memory ran out. Adding a problem does this itself. */
void problems_out_of_memory(struct problems *problems);

/* Whether no problem is missing. */
bool problems_are_complete(const struct problems *problems);

/* Returns the number of problems of one severity. Missing problems count as one error. */
size_t problems_count(const struct problems *problems, enum severity severity);

/* Returns them sorted by severity, errors first, then by place: file, line, column. Valid until the
 * next problems_add(). */
const struct problem *problems_list(const struct problems *problems, size_t *count);

/* A string of the rules files for a message: cut when it is long. */
struct quote {
	char text[72];
};
struct quote quote(const char *string);

/* "error", "warning", "hint". */
const char *severity_name(enum severity severity);

/* Writes `FILE:LINE:COL: error: message`, cut to `size`, without a line end. Returns its length. */
size_t problem_print(const struct problem *problem, char *line, size_t size);

#endif
