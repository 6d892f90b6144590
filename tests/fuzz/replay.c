/*
 * Drives a fuzzer without libFuzzer, with any compiler and reproducibly: each seed unchanged, then
 * the given number of changed ones.
 *
 *	fuzz_comment -runs=2000 -dict=FILE SEEDS
 *
 * understands these arguments of libFuzzer and ignores others.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/read_file.h"
#include "fuzz.h"

enum { MOST_PIECES = 1024, MOST_BYTES = 16384, MOST_CHANGES = 8 };

struct pieces {
	struct buf piece[MOST_PIECES];
	size_t count;
};

static struct pieces seeds, words;
static struct buf input; /* the current input, for debugging a crash */
static uint64_t state = 88172645463325252u;

/* xorshift: below `limit`, which is not 0. */
static size_t chance(size_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % limit);
}

static struct buf *next_piece(struct pieces *pieces)
{
	REQUIRE(pieces->count < MOST_PIECES);
	return &pieces->piece[pieces->count++];
}

static int by_name(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

static void give_up(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(1);
}

static void must_read(const char *path, struct buf *bytes)
{
	const char *why = read_file(AT_FDCWD, path, 1 << 20, bytes);

	if (why)
		give_up(path, why);
}

static void read_seeds(const char *directory)
{
	struct dirent **names;
	int count = scandir(directory, &names, NULL, by_name);
	char path[4096];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			must_read(path, next_piece(&seeds));
		free(names[i]);
	}
	if (count <= 2)
		give_up(directory, "expected a directory with one or more seeds");
	free(names);
}

/* A line is "piece", with \xHH, \\ and \" as libFuzzer has them. */
static void read_word(const char *at, const char *end)
{
	struct buf *word = next_piece(&words);
	unsigned code;

	while (at < end) {
		if (*at != '\\') {
			buf_add_char(word, *at++);
		} else if (at[1] == 'x' && sscanf(at + 2, "%2x", &code) == 1) {
			buf_add_char(word, (char)code);
			at += 4;
		} else {
			buf_add_char(word, at[1]);
			at += 2;
		}
	}
}

static void read_words(const char *path)
{
	struct buf file = {0};

	must_read(path, &file);
	for (char *line = strtok(file.data, "\n"); line; line = strtok(NULL, "\n")) {
		const char *first = strchr(line, '"'), *last = strrchr(line, '"');

		if (*line != '#' && first != last)
			read_word(first + 1, last);
	}
	buf_free(&file);
}

static void replace(size_t at, size_t len, const char *bytes, size_t bytes_len)
{
	struct buf changed = {0};

	if (input.len - len + bytes_len > MOST_BYTES)
		return;
	if (at)
		buf_add(&changed, input.data, at);
	if (bytes_len)
		buf_add(&changed, bytes, bytes_len);
	if (input.len > at + len)
		buf_add(&changed, input.data + at + len, input.len - at - len);
	buf_free(&input);
	input = changed;
}

static void change(void)
{
	size_t at = chance(input.len + 1), len = chance(input.len - at + 1);
	const struct buf *seed = &seeds.piece[chance(seeds.count)];
	const struct buf *word = words.count ? &words.piece[chance(words.count)] : seed;
	size_t from = chance(seed->len + 1);
	char byte = (char)chance(256);

	switch (chance(7)) {
	case 0:
		replace(at, at < input.len, &byte, 1);
		break;
	case 1:
		replace(at, 0, &byte, 1);
		break;
	case 2:
		replace(at, chance(len + 1), NULL, 0);
		break;
	case 3: /* once more */
		replace(at, 0, input.len ? input.data + at : NULL, len);
		break;
	case 4:
		replace(at, 0, seed->data + from, chance(seed->len - from + 1));
		break;
	default:
		replace(at, chance(len < 8 ? len + 1 : 8), word->data, word->len);
	}
}

static void try(void)
{
	/* Memory of its own, so that a byte too far is seen. */
	uint8_t *data = malloc(input.len + !input.len);

	REQUIRE(data);
	if (input.len)
		memcpy(data, input.data, input.len);
	LLVMFuzzerTestOneInput(data, input.len);
	free(data);
}

static void start_over(const struct buf *seed)
{
	buf_empty(&input);
	if (seed->len)
		buf_add(&input, seed->data, seed->len);
}

static void free_all(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++)
		buf_free(&pieces->piece[i]);
}

int main(int argc, char **argv)
{
	long runs = 0;

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "-runs=", 6))
			runs = atol(argv[i] + 6);
		else if (!strncmp(argv[i], "-dict=", 6))
			read_words(argv[i] + 6);
		else if (*argv[i] != '-')
			read_seeds(argv[i]);
	REQUIRE(seeds.count);
	for (size_t i = 0; i < seeds.count; i++) {
		start_over(&seeds.piece[i]);
		try();
	}
	for (long i = 0; i < runs; i++) {
		start_over(&seeds.piece[chance(seeds.count)]);
		for (size_t changes = chance(MOST_CHANGES) + 1; changes; changes--)
			change();
		try();
	}
	printf("%zu seeds and %ld changes to them\n", seeds.count, runs);
	free_all(&seeds);
	free_all(&words);
	buf_free(&input);
	return 0;
}
