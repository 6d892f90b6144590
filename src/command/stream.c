#include "command/stream.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct stream {
	const char *command;
	struct export_source source;
	pthread_t thread;
	int ends[2];
	char name[32], why[256];
	bool complete;
};

static void *write_stream(void *argument)
{
	struct stream *stream = argument;

	stream->complete =
		export_stream(&stream->source, stream->ends[1], stream->why, sizeof stream->why);
	close(stream->ends[1]); /* the end of the file */
	return NULL;
}

static bool start_thread(struct stream *stream)
{
	if (pipe2(stream->ends, O_CLOEXEC))
		return false;
	if (!pthread_create(&stream->thread, NULL, write_stream, stream))
		return true;
	close(stream->ends[0]);
	close(stream->ends[1]);
	return false;
}

struct stream *stream_open(const char *command, const struct export_source *source)
{
	struct stream *stream = calloc(1, sizeof *stream);

	/* When reading stops early, writing must fail and not end the process. */
	signal(SIGPIPE, SIG_IGN);
	if (stream) {
		stream->command = command;
		stream->source = *source;
		if (start_thread(stream)) {
			snprintf(stream->name, sizeof stream->name, "/dev/fd/%d", stream->ends[0]);
			return stream;
		}
	}
	fprintf(stderr, "duyetd %s: out of memory, files or threads to read %s\n", command,
		source->stream);
	free(stream);
	return NULL;
}

char *stream_name(struct stream *stream)
{
	return stream->name;
}

bool stream_close(struct stream *stream)
{
	bool complete;

	close(stream->ends[0]);
	pthread_join(stream->thread, NULL);
	complete = stream->complete;
	if (!complete)
		fprintf(stderr, "duyetd %s: cannot read %s from %s: %s\n", stream->command,
			stream->source.stream, stream->source.endpoint->url, stream->why);
	free(stream);
	return complete;
}
