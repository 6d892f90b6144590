#include "command/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024 };

bool input_open(struct input *input, const char *name)
{
	*input = (struct input){.name = name, .line = 1, .file = STDIN_FILENO};
	if (strcmp(name, "-") != 0)
		input->file = open(name, O_RDONLY | O_CLOEXEC);
	return input->file >= 0;
}

void input_close(struct input *input)
{
	buf_free(&input->carry);
	if (input->file != STDIN_FILENO)
		close(input->file);
}

bool input_ready(const struct input *input)
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

/* Drops what is left of a line that was too long. */
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

/* Moves what is behind the last line end to the carry. */
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
		block_bad(block, input->line + count_lines(bytes), 1, "this line is too long");
		input->skipping = true;
		buf_empty(&input->carry);
	}
}

bool input_read(struct input *input, struct block *block)
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
