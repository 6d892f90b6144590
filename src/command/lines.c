#include "command/lines.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/options.h"
#include "command/input.h"

enum { MOST_JOBS = 256 };

/* Where a block is on its way: it is read, waits, is worked on, and is written in turn. */
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
	size_t read, taken, written; /* blocks so far, ever rising; modulo slot_count a slot */
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

static void work_on(const struct lines_work *work, void *state, struct block *block)
{
	char *line = block->bytes.data, *end = line + block->bytes.len;

	block->state = state;
	for (; line < end; block->lines++) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line);

		work->line(work->context, state, block, block->first_line + block->lines, line,
			   len);
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

/* Writing blocks out, in order, by the calling thread. */

static void write_out(struct pipeline *pipeline, struct block *block)
{
	fwrite(buf_string(&block->err), 1, block->err.len, stderr);
	fwrite(buf_string(&block->out), 1, block->out.len, stdout);
	if (fflush(stdout) && pipeline->status != EXIT_UNUSABLE) {
		fprintf(stderr, "duyetd %s: cannot write: %s\n", pipeline->command,
			strerror(errno));
		pipeline->status = EXIT_UNUSABLE;
	}
	if (block->out.failed || block->err.failed) {
		fprintf(stderr, "duyetd %s: memory is out\n", pipeline->command);
		pipeline->status = EXIT_UNUSABLE;
	}
	if (block->bad && pipeline->status == EXIT_DONE)
		pipeline->status = EXIT_NO;
	pipeline->bytes += block->bytes.len;
	pipeline->lines += block->lines;
	if (pipeline->work->progress)
		pipeline->work->progress(pipeline->work->context, pipeline->bytes, pipeline->lines);
	block->bytes.len = block->lines = block->bad = 0;
	buf_empty(&block->out);
	buf_empty(&block->err);
}

/* Waits for the oldest block that is under way and writes it. */
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

static void hand_over(struct pipeline *pipeline, struct slot *slot)
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
	pipeline->status = EXIT_UNUSABLE;
}

static struct slot *next_slot(struct pipeline *pipeline, const struct input *input)
{
	while (pipeline->written < pipeline->read &&
	       (pipeline->read - pipeline->written == pipeline->slot_count || !input_ready(input)))
		write_oldest(pipeline);
	return &pipeline->slots[pipeline->read % pipeline->slot_count];
}

static void read_input(struct pipeline *pipeline, struct input *input, void *own_state)
{
	while (!input->ended && pipeline->status != EXIT_UNUSABLE) {
		struct slot *slot = next_slot(pipeline, input);

		slot->block.order = pipeline->order++;
		if (!input_read(input, &slot->block)) {
			cannot_read(pipeline, input->name);
		} else if (own_state) {
			work_on(pipeline->work, own_state, &slot->block);
			write_out(pipeline, &slot->block);
		} else {
			hand_over(pipeline, slot);
		}
	}
}

static void read_file(struct pipeline *pipeline, const char *name, void *own_state)
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
		read_file(pipeline, "-", own_state);
	for (size_t i = 0; i < count && pipeline->status != EXIT_UNUSABLE; i++)
		read_file(pipeline, files[i], own_state);
}

/* The whole of it. */

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
		fprintf(stderr, "duyetd %s: no memory or threads for %zu jobs\n", command, jobs);
		pipeline.status = EXIT_UNUSABLE;
	}
	if (workers && pipeline.slots)
		stop(&pipeline, workers, jobs);
	free(pipeline.slots);
	free(workers);
	return pipeline.status;
}
