/* What is printed for a person: colours, underlined text, a progress line. */
#ifndef DUYETD_COMMAND_TERMINAL_H
#define DUYETD_COMMAND_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Escape sequences; all empty when the output has no colours. */
struct colors {
	const char *good, *bad, *doubtful, *faint, *bold, *off;
};

/* `choice` is the index in COLOR_CHOICES. `auto`: colours on a terminal, unless NO_COLOR is set. */
#define COLOR_CHOICES "auto|always|never"
struct colors colors_for(FILE *file, int choice);

/* Columns of a line: the variable COLUMNS, else of the terminal, else 80. At least 40. */
int terminal_columns(FILE *file);

/* Prints a text; characters that could change what a terminal shows are replaced. */
void terminal_print(FILE *file, const char *bytes, size_t len);

/*
 * Prints a text with parts of it underlined on the next line. NFC and NFD, wide and invisible
 * characters line up.
 */
struct span {
	size_t at, len; /* bytes */
};

/* Prints those lines of the text that have spans, each with its underline, indented by `indent`.
 * Lines wider than the terminal are cut to the parts around their spans. */
void underline_print(FILE *file, const struct colors *colors, const char *bytes, size_t len,
		     const struct span *spans, size_t count, int indent);

/* A progress line on a terminal, overwritten in place. Prints nothing when stderr is no terminal.
 */
struct progress {
	bool shown;
	uint64_t total;		/* bytes, or what else is counted; 0: not known */
	int64_t began, printed; /* ms */
};

/* The total is the size of the files, if all are regular files. */
void progress_begin(struct progress *progress, char *const *files, size_t count);
void progress_print(struct progress *progress, uint64_t bytes, uint64_t comments);
void progress_end(struct progress *progress);

#endif
