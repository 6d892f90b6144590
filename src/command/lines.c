#include "command/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/exit.h"

enum { MOST_JOBS = 256, BLOCK_SIZE = 256 * 1024 };

static const char too_long[] = "this line is too long: expected at most 2 MiB";

void block_bad(struct block *block, size_t number, size_t column, const char *why)
{
	block->bad++;
	buf_printf(&block->err, "%s:%zu:%zu: %s\n", block->file, number, column, why);
}

void block_out_of_memory(struct block *block)
{
	block->err.failed = true;
}

/*
 * A file of lines, read in blocks of whole lines. Bytes after a block's last line end are carried
 * to the next block. The last line of the file may lack its line end.
 */
struct input {
	const char *name;
	int file;
	size_t line;	  /* number of the next line */
	struct buf carry; /* the beginning of a line whose end is not read yet */
	bool skipping;	  /* the rest of a line that is too long */
	bool ended;
};

/* "-" is stdin. Returns false with errno set when the file cannot be opened. */
static bool input_open(struct input *input, const char *name)
{
	*input = (struct input){.name = name, .line = 1, .file = STDIN_FILENO};
	if (strcmp(name, "-") != 0)
		input->file = open(name, O_RDONLY | O_CLOEXEC);
	return input->file >= 0;
}

static void input_close(struct input *input)
{
	buf_free(&input->carry);
	if (input->file != STDIN_FILENO)
		close(input->file);
}

/* Whether a read would return at once, with bytes or with the end of the file. */
static bool input_ready(const struct input *input)
{
	struct pollfd poll_file = {.fd = input->file, .events = POLLIN};

	return poll(&poll_file, 1, 0) != 0;
}

static ssize_t read_some(struct input *input, struct buf *bytes)
{
	ssize_t got;

	if (!buf_reserve(bytes, BLOCK_SIZE)) {
		errno = ENOMEM;
		return -1;
	}
	do
		got = read(input->file, bytes->data + bytes->len, BLOCK_SIZE);
	while (got < 0 && errno == EINTR);
	bytes->len += got > 0 ? (size_t)got : 0;
	return got;
}

/* Drops the rest of a line that is too long. */
static void skip_line(struct input *input, struct buf *bytes)
{
	char *stop = input->skipping && bytes->len ? memchr(bytes->data, '\n', bytes->len) : NULL;
	size_t drop = stop ? (size_t)(stop - bytes->data) + 1 : bytes->len;

	if (!input->skipping)
		return;
	memmove(bytes->data, bytes->data + drop, bytes->len - drop);
	bytes->len -= drop;
	input->skipping = !stop;
	input->line += stop != NULL;
}

static size_t count_lines(const struct buf *bytes)
{
	const char *at = bytes->data, *end = at + bytes->len;
	size_t lines = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		lines++;
		at++;
	}
	return lines;
}

/* Moves the bytes after the last line end to the carry. */
static void cut_last_line(struct input *input, struct block *block)
{
	struct buf *bytes = &block->bytes;
	char *stop = bytes->len ? memrchr(bytes->data, '\n', bytes->len) : NULL;
	size_t keep = stop ? (size_t)(stop - bytes->data) + 1 : 0;

	if (input->ended)
		return;
	buf_add(&input->carry, bytes->data + keep, bytes->len - keep);
	bytes->len = keep;
	if (input->carry.len > BLOCK_LONGEST_LINE) {
		block_bad(block, input->line + count_lines(bytes), 1, too_long);
		input->skipping = true;
		buf_empty(&input->carry);
	}
}

/*
 * Fills an empty block with the next lines; it may stay empty. A line longer than
 * BLOCK_LONGEST_LINE is skipped and reported like any bad line. Sets `ended` at the end of the
 * file. Returns false with errno set when reading failed.
 */
static bool input_read(struct input *input, struct block *block)
{
	ssize_t got;

	block->file = input->name;
	buf_add(&block->bytes, input->carry.data, input->carry.len);
	buf_empty(&input->carry);
	got = read_some(input, &block->bytes);
	if (got < 0)
		return false;
	input->ended = !got;
	skip_line(input, &block->bytes);
	block->first_line = input->line;
	cut_last_line(input, block);
	input->line += count_lines(&block->bytes);
	return !block->bytes.failed && !input->carry.failed;
}

/* The state of a block: being read, waiting, being processed, or being written in turn. */
enum stage { STAGE_FREE, STAGE_WAITING, STAGE_WORKED, STAGE_DONE };

struct slot {
	struct block block;
	enum stage stage;
};

struct pipeline {
	const char *command;
	const struct lines_work *work;
	struct slot *slots;
	size_t slot_count;
	uint64_t order;		     /* of the next block */
	size_t read, taken, written; /* blocks so far; modulo slot_count it is a slot */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;
	int status;
	uint64_t bytes, lines;
};

struct worker {
	struct pipeline *pipeline;
	pthread_t thread;
	void *state;
	bool started;
};

/* Working on a block. */

static void work_on_line(const struct lines_work *work, struct block *block, char *line, size_t len)
{
	size_t number = block->first_line + block->lines;

	if (len > BLOCK_LONGEST_LINE)
		block_bad(block, number, 1, too_long);
	else
		work->line(work->context, block->state, block, number, line, len);
}

static void work_on(const struct lines_work *work, void *state, struct block *block)
{
	char *line = block->bytes.data, *end = line + block->bytes.len;

	block->state = state;
	if (block->first_line == 1 && end - line >= 3 && !memcmp(line, "\xef\xbb\xbf", 3))
		line += 3; /* a byte order mark */
	for (; line < end; block->lines++) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line);

		work_on_line(work, block, line, len);
		line += len + 1;
	}
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	struct pipeline *pipeline = worker->pipeline;

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		struct slot *slot;

		while (pipeline->taken == pipeline->read && !pipeline->ended)
			pthread_cond_wait(&pipeline->changed, &pipeline->lock);
		if (pipeline->taken == pipeline->read)
			break;
		slot = &pipeline->slots[pipeline->taken++ % pipeline->slot_count];
		slot->stage = STAGE_WORKED;
		pthread_mutex_unlock(&pipeline->lock);
		work_on(pipeline->work, worker->state, &slot->block);
		pthread_mutex_lock(&pipeline->lock);
		slot->stage = STAGE_DONE;
		pthread_cond_broadcast(&pipeline->changed);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

/* Writing blocks in order, in the calling thread. */

/* fflush() alone does not report an error of fwrite(), which may write by itself. */
static bool print(const struct buf *out)
{
	return fwrite(buf_string(out), 1, out->len, stdout) == out->len && !fflush(stdout);
}

static void write_out(struct pipeline *pipeline, struct block *block)
{
	fwrite(buf_string(&block->err), 1, block->err.len, stderr);
	if (!print(&block->out) && pipeline->status != EXIT_UNAVAILABLE) {
		fprintf(stderr, "duyetd %s: cannot write: %s\n", pipeline->command,
			strerror(errno));
		pipeline->status = EXIT_UNAVAILABLE;
	}
	if (block->out.failed || block->err.failed) {
		fprintf(stderr, "duyetd %s: out of memory\n", pipeline->command);
		pipeline->status = EXIT_UNAVAILABLE;
	}
	if (block->bad && pipeline->status == EXIT_DONE)
		pipeline->status = EXIT_CHECK_FAILED;
	pipeline->bytes += block->bytes.len;
	pipeline->lines += block->lines;
	if (pipeline->work->progress)
		pipeline->work->progress(pipeline->work->context, pipeline->bytes, pipeline->lines);
	block->bytes.len = block->lines = block->bad = 0;
	buf_empty(&block->out);
	buf_empty(&block->err);
}

/* Waits for the oldest unfinished block and writes it. */
static void write_oldest(struct pipeline *pipeline)
{
	struct slot *slot = &pipeline->slots[pipeline->written % pipeline->slot_count];

	pthread_mutex_lock(&pipeline->lock);
	while (slot->stage != STAGE_DONE)
		pthread_cond_wait(&pipeline->changed, &pipeline->lock);
	pthread_mutex_unlock(&pipeline->lock);
	write_out(pipeline, &slot->block);
	slot->stage = STAGE_FREE;
	pipeline->written++;
}

static void dispatch(struct pipeline *pipeline, struct slot *slot)
{
	pthread_mutex_lock(&pipeline->lock);
	slot->stage = STAGE_WAITING;
	pipeline->read++;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
}

/* Reading blocks in. */

static void cannot_read(struct pipeline *pipeline, const char *name)
{
	fprintf(stderr, "duyetd %s: cannot read %s: %s\n", pipeline->command, name,
		strerror(errno));
	pipeline->status = EXIT_UNAVAILABLE;
}

static struct slot *next_slot(struct pipeline *pipeline, const struct input *input)
{
	while (pipeline->written < pipeline->read &&
	       (pipeline->read - pipeline->written == pipeline->slot_count || !input_ready(input)))
		write_oldest(pipeline);
	return &pipeline->slots[pipeline->read % pipeline->slot_count];
}

/* `own_state`, here and below: with one job, the state of the calling thread, which then processes
 * the blocks itself; NULL with more jobs. */
static void read_input(struct pipeline *pipeline, struct input *input, void *own_state)
{
	while (!input->ended && pipeline->status != EXIT_UNAVAILABLE) {
		struct slot *slot = next_slot(pipeline, input);

		slot->block.order = pipeline->order++;
		if (!input_read(input, &slot->block)) {
			cannot_read(pipeline, input->name);
		} else if (own_state) {
			work_on(pipeline->work, own_state, &slot->block);
			write_out(pipeline, &slot->block);
		} else {
			dispatch(pipeline, slot);
		}
	}
}

static void read_lines_from(struct pipeline *pipeline, const char *name, void *own_state)
{
	struct input input;

	if (!input_open(&input, name)) {
		cannot_read(pipeline, name);
		return;
	}
	read_input(pipeline, &input, own_state);
	while (pipeline->written < pipeline->read)
		write_oldest(pipeline);
	input_close(&input);
}

static void read_files(struct pipeline *pipeline, char *const *files, size_t count, void *own_state)
{
	if (!count)
		read_lines_from(pipeline, "-", own_state);
	for (size_t i = 0; i < count && pipeline->status != EXIT_UNAVAILABLE; i++)
		read_lines_from(pipeline, files[i], own_state);
}

/* All together. */

static bool start(struct pipeline *pipeline, struct worker *workers, size_t jobs)
{
	for (size_t i = 0; i < jobs; i++) {
		workers[i].pipeline = pipeline;
		workers[i].state = pipeline->work->begin(pipeline->work->context);
		if (!workers[i].state)
			return false;
		if (jobs == 1)
			continue;
		if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]))
			return false;
		workers[i].started = true;
	}
	return true;
}

static void stop(struct pipeline *pipeline, struct worker *workers, size_t jobs)
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->ended = true;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
	for (size_t i = 0; i < jobs; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
		if (workers[i].state)
			pipeline->work->end(pipeline->work->context, workers[i].state);
	}
	for (size_t i = 0; i < pipeline->slot_count; i++) {
		buf_free(&pipeline->slots[i].block.bytes);
		buf_free(&pipeline->slots[i].block.out);
		buf_free(&pipeline->slots[i].block.err);
	}
}

static size_t job_count(int64_t jobs)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (!jobs)
		jobs = cores > 0 ? cores : 1;
	return jobs < MOST_JOBS ? (size_t)jobs : MOST_JOBS;
}

int lines_run(const char *command, char *const *files, size_t count, int64_t asked_jobs,
	      const struct lines_work *work)
{
	size_t jobs = job_count(asked_jobs);
	struct pipeline pipeline = {
		.command = command,
		.work = work,
		.slot_count = jobs == 1 ? 1 : 2 * jobs + 1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.status = EXIT_DONE,
	};
	struct worker *workers = calloc(jobs, sizeof *workers);

	pipeline.slots = calloc(pipeline.slot_count, sizeof *pipeline.slots);
	if (workers && pipeline.slots && start(&pipeline, workers, jobs)) {
		read_files(&pipeline, files, count, jobs == 1 ? workers[0].state : NULL);
	} else {
		fprintf(stderr, "duyetd %s: out of memory or threads for %zu jobs\n", command,
			jobs);
		pipeline.status = EXIT_UNAVAILABLE;
	}
	if (workers && pipeline.slots)
		stop(&pipeline, workers, jobs);
	free(pipeline.slots);
	free(workers);
	return pipeline.status;
}
