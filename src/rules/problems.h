/*
 * What is wrong with the rules: every error and warning, each with its place in the files.
 * Collected while loading, so that whoever wrote the rules sees all of them at once.
 */
#ifndef DUYETD_RULES_PROBLEMS_H
#define DUYETD_RULES_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

/* Lines and columns count from 1, columns in characters. Line 0 is the file as a whole. */
struct place {
	const char *file;
	size_t line, column;
};

enum severity {
	PROBLEM_ERROR,	 /* the rules do not load */
	PROBLEM_WARNING, /* they load, and somebody should look */
	PROBLEM_HINT,	 /* they load, and could be better */
};

struct problem {
	enum severity severity;
	struct place place;
	const char *message; /* one line, without control characters */
};

struct problems;

/* NULL when out of memory. The list owns copies of all it is given. */
struct problems *problems_new(void);
void problems_free(struct problems *problems);

void problems_add(struct problems *problems, enum severity severity, struct place place,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* How many of one severity. A problem for which out of memory counts as an error. */
size_t problems_count(const struct problems *problems, enum severity severity);

/* By their place: file, line, column. Valid until the next problems_add(). */
const struct problem *problems_list(const struct problems *problems, size_t *count);

/* "error", "warning", "hint". */
const char *severity_name(enum severity severity);

/* `FILE:LINE:COL: error: message` without a line end; the length, cut to `size`. */
size_t problem_print(const struct problem *problem, char *line, size_t size);

#endif
