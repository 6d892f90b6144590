#include "command/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "command/figures.h"
#include "text/display.h"

enum { COLOR_AUTO, COLOR_ALWAYS };
enum { LEAST_COLUMNS = 40, MOST_COLUMNS = 1000, USUAL_COLUMNS = 80 };

static bool wants_color(FILE *file)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

struct colors colors_for(FILE *file, int choice)
{
	if (choice == COLOR_ALWAYS || (choice == COLOR_AUTO && wants_color(file)))
		return (struct colors){"\033[32m", "\033[31m", "\033[33m",
				       "\033[2m",  "\033[1m",  "\033[0m"};
	return (struct colors){"", "", "", "", "", ""};
}

int terminal_columns(FILE *file)
{
	const char *columns = getenv("COLUMNS");
	int64_t count = 0;
	struct winsize size;

	if (!columns || !parse_number(columns, &count) || count <= 0)
		count = ioctl(fileno(file), TIOCGWINSZ, &size) ? 0 : size.ws_col;
	if (count <= 0)
		return USUAL_COLUMNS;
	return count < LEAST_COLUMNS  ? LEAST_COLUMNS
	       : count > MOST_COLUMNS ? MOST_COLUMNS
				      : (int)count;
}

void terminal_print(FILE *file, const char *bytes, size_t len)
{
	struct display display;

	for (size_t at = 0; at < len;) {
		at = display_next(bytes, len, at, &display);
		fputs(display.bytes, file);
	}
}

/* Underlined text. */

enum { ELLIPSES = 2 }; /* columns of the two signs that a line is cut at */

struct page {
	FILE *file;
	const struct colors *colors;
	const char *bytes;
	const struct span *spans;
	size_t count;
	int indent;
	int columns; /* of the text on one line */
};

static bool is_marked(const struct page *page, size_t at)
{
	for (size_t i = 0; i < page->count; i++)
		if (at >= page->spans[i].at && at - page->spans[i].at < page->spans[i].len)
			return true;
	return false;
}

/* The first marked byte from `at` on; `end` where there is none before it. */
static size_t first_marked(const struct page *page, size_t at, size_t end)
{
	while (at < end && !is_marked(page, at))
		at++;
	return at;
}

/* Moves back from `at` by about this many columns, but not before `start`. */
static size_t step_back(const struct page *page, size_t start, size_t at, size_t columns)
{
	size_t back = at;

	while (back > start && display_columns(page->bytes + back, at - back) < columns) {
		back--;
		while (back > start && !utf8_begins(page->bytes[back]))
			back--;
	}
	return back;
}

/* Returns where the text from `at` on has filled one line. */
static size_t step_on(const struct page *page, size_t at, size_t end)
{
	struct display display;
	int columns = 0;

	while (at < end) {
		size_t next = display_next(page->bytes, end, at, &display);

		columns += display.columns;
		if (columns > page->columns)
			break;
		at = next;
	}
	return at;
}

static void print_text(const struct page *page, size_t at, size_t end)
{
	struct display display;
	bool was_marked = false;

	while (at < end) {
		bool marked = is_marked(page, at);

		if (marked != was_marked)
			fputs(marked ? page->colors->bad : page->colors->off, page->file);
		was_marked = marked;
		at = display_next(page->bytes, end, at, &display);
		fputs(display.bytes, page->file);
	}
	if (was_marked)
		fputs(page->colors->off, page->file);
}

static void print_marks(const struct page *page, size_t at, size_t end)
{
	struct display display;
	int blanks = 0;

	fputs(page->colors->bad, page->file);
	while (at < end) {
		bool marked = is_marked(page, at);

		at = display_next(page->bytes, end, at, &display);
		if (!marked) {
			blanks += display.columns;
			continue;
		}
		fprintf(page->file, "%*s", blanks, "");
		blanks = 0;
		for (int i = 0; i < display.columns; i++)
			fputc('^', page->file);
	}
	fputs(page->colors->off, page->file);
}

static void print_part(const struct page *page, size_t start, size_t from, size_t to, size_t end)
{
	fprintf(page->file, "%*s%s", page->indent, "", from > start ? "…" : "");
	print_text(page, from, to);
	fprintf(page->file, "%s\n%*s", to < end ? "…" : "", page->indent + (from > start), "");
	print_marks(page, from, to);
	fputc('\n', page->file);
}

/* Prints a line with spans; of one that is too wide, the parts around them. */
static void print_line(const struct page *page, size_t start, size_t end)
{
	size_t columns = (size_t)page->columns;
	bool fits = display_columns(page->bytes + start, end - start) <= columns;
	size_t from, to;

	for (size_t at = first_marked(page, start, end); at < end;
	     at = first_marked(page, to, end)) {
		from = fits ? start : step_back(page, start, at, columns / 3);
		to = fits ? end : step_on(page, from, end);
		print_part(page, start, from, to, end);
	}
}

void underline_print(FILE *file, const struct colors *colors, const char *bytes, size_t len,
		     const struct span *spans, size_t count, int indent)
{
	struct page page = {file,
			    colors,
			    bytes,
			    spans,
			    count,
			    indent,
			    terminal_columns(file) - indent - ELLIPSES};

	for (size_t start = 0; start < len;) {
		const char *stop = memchr(bytes + start, '\n', len - start);
		size_t end = stop ? (size_t)(stop - bytes) : len;

		print_line(&page, start, end);
		start = end + 1;
	}
}

/* The progress line. */

enum { EVERY = 100, BAR = 24 }; /* ms; columns */

static uint64_t total_size(char *const *files, size_t count)
{
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		struct stat about;

		if (stat(files[i], &about) || !S_ISREG(about.st_mode))
			return 0;
		total += (uint64_t)about.st_size;
	}
	return total;
}

void progress_begin(struct progress *progress, char *const *files, size_t count)
{
	*progress = (struct progress){
		.shown = isatty(STDERR_FILENO),
		.total = total_size(files, count),
		.began = clock_ms(),
	};
}

static void print_bar(double done)
{
	int full = (int)(done * (double)BAR);

	fputc('[', stderr);
	for (int i = 0; i < BAR; i++)
		fputc(i < full ? '#' : '.', stderr);
	fprintf(stderr, "] %3.0f %%  ", done * 100);
}

void progress_print(struct progress *progress, uint64_t bytes, uint64_t comments)
{
	int64_t time = clock_ms(), spent = time - progress->began;
	double done = progress->total ? (double)bytes / (double)progress->total : 0;
	char text[FIGURES_SIZE];

	if (!progress->shown || time - progress->printed < EVERY || spent < EVERY)
		return;
	progress->printed = time;
	fputs("\r\033[K", stderr);
	if (progress->total)
		print_bar(done);
	fprintf(stderr, "%s comments", figures_grouped(comments, text));
	fprintf(stderr, ", %s/s", figures_grouped(comments * 1000 / (uint64_t)spent, text));
	if (done > 0)
		fprintf(stderr, ", %.0f s left", (double)spent / 1000 * (1 - done) / done);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->printed)
		fputs("\r\033[K", stderr);
}
