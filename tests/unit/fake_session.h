/*
 * A fake of redis/session.h that keeps each command until the test replies to it, and a queue that
 * uses it. Include it after cmocka.h, in a test that does not need the real session.
 */
#ifndef DUYETD_TESTS_UNIT_FAKE_SESSION_H
#define DUYETD_TESTS_UNIT_FAKE_SESSION_H

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "monitor/metrics.h"
#include "queue/batch.h"
#include "queue/queue.h"
#include "reply.h"

/* ---- the session ---------------------------------------------------------------------- */

/* The commands that wait for a reply, the oldest first. The words of each are separated by blanks;
 * a script is without its SHA-1. */
static struct sent {
	char command[1024];
	reply_fn *done;
	refused_fn *refused;
	void *arg;
} sent[8];
static size_t sent_count;
static bool up;
static unsigned restarts, reads_cut;

static void keep(struct resp *resp, reply_fn *done, refused_fn *refused, void *arg)
{
	struct sent *new = &sent[sent_count];
	const char *bytes;
	size_t len, at = 0;
	redisReply *words;

	for (size_t i = 0; i < sent_count; i++)
		assert_ptr_not_equal(sent[i].arg, arg); /* one command at a time for each part */
	if (!resp_finish(resp, &bytes, &len)) {		/* out of memory, as in redis/session.c */
		resp_free(resp);
		restarts++;
		done(arg, NULL);
		return;
	}
	assert_true(sent_count++ < sizeof sent / sizeof sent[0]);
	*new = (struct sent){.done = done, .refused = refused, .arg = arg};
	words = parse(bytes, len);
	for (size_t i = 0; i < words->elements; i++)
		if (i != 1 || strcmp(words->element[0]->str, "EVALSHA") != 0)
			at += (size_t)snprintf(new->command + at, sizeof new->command - at, "%s%s",
					       i ? " " : "", words->element[i]->str);
	assert_true(at < sizeof new->command);
	freeReplyObject(words);
	resp_free(resp);
}

void session_call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		  void *arg)
{
	(void)session, (void)lane;
	keep(command, done, NULL, arg);
}

void session_call_refusable(struct session *session, struct resp *command, reply_fn *done,
			    refused_fn *refused, void *arg)
{
	(void)session;
	keep(command, done, refused, arg);
}

void session_send(struct session *session, struct resp *command, reply_fn *done, void *arg)
{
	(void)session;
	keep(command, done, NULL, arg);
}

bool session_is_up(const struct session *session)
{
	(void)session;
	return up;
}

void session_restart(struct session *session, const char *why)
{
	(void)session, (void)why;
	restarts++;
}

void session_stop_reading(struct session *session)
{
	(void)session;
	reads_cut++;
}

/* What session_open() was given. */
static struct session_options opened;

struct session *session_open(struct event_base *base, const struct session_options *options)
{
	(void)base;
	opened = *options;
	return (struct session *)&opened;
}

/* The session is lost: all commands complete with NULL. */
static inline void fail_all(void)
{
	for (size_t count = sent_count; count; count--) {
		struct sent oldest = sent[0];

		memmove(sent, sent + 1, --sent_count * sizeof *sent);
		oldest.done(oldest.arg, NULL);
	}
}

void session_disconnect(struct session *session)
{
	(void)session;
	up = false;
	fail_all();
}

void session_free(struct session *session)
{
	(void)session;
}

static inline void nothing_is_sent(void)
{
	if (sent_count)
		fail_msg("\"%s\" was sent, expected nothing", sent[0].command);
}

/* Replies to the oldest command, which must be `expected`, and frees the reply. NULL: lost. */
static inline void answer_reply(const char *expected, redisReply *reply)
{
	struct sent oldest = sent[0];

	if (!sent_count)
		fail_msg("nothing was sent, expected \"%s\"", expected);
	assert_string_equal(oldest.command, expected);
	memmove(sent, sent + 1, --sent_count * sizeof *sent);
	oldest.done(oldest.arg, reply);
	freeReplyObject(reply);
}

/* The same, with a reply in the protocol. */
static inline void answer(const char *expected, const char *protocol)
{
	answer_reply(expected, protocol ? parse(protocol, strlen(protocol)) : NULL);
}

/* ---- the queue ------------------------------------------------------------------------ */

static struct metrics metrics;
static struct queue queue;
static unsigned progresses;

static void on_progress(void *arg)
{
	(void)arg;
	progresses++;
}

/* A queue with the prefix p, the group g and the consumer me. */
static inline void begin_queue(enum key stream)
{
	metrics = (struct metrics){0};
	queue = (struct queue){.stream = stream,
			       .group = "g",
			       .consumer = "me",
			       .metrics = &metrics,
			       .progress = on_progress};
	keys_make(&queue.keys, "p");
	sent_count = 0;
	restarts = reads_cut = progresses = 0;
	up = true;
}

#endif
