#include "command/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"

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

	if (!progress->shown || time - progress->printed < EVERY || spent < EVERY)
		return;
	progress->printed = time;
	fputs("\r\033[K", stderr);
	if (progress->total)
		print_bar(done);
	fprintf(stderr, "%" PRIu64 " comments, %.0f/s", comments,
		(double)comments * 1000 / (double)spent);
	if (done > 0)
		fprintf(stderr, ", %.0f s left", (double)spent / 1000 * (1 - done) / done);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->printed)
		fputs("\r\033[K", stderr);
}
