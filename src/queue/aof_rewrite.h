/*
 * Asks Redis to rewrite its append-only file, once after each start of Redis.
 *
 * Redis that was killed while it wrote a transaction keeps half of it in the append-only file
 * (systemd/README.md, The append-only file). A rewrite replaces the file before that half can be
 * applied. Whether Redis was killed or shut down is not visible to a client, so every start
 * counts. Judging goes on meanwhile. Needs the rights +info and +bgrewriteaof; the log says when
 * they are missing.
 */
#ifndef DUYETD_QUEUE_AOF_REWRITE_H
#define DUYETD_QUEUE_AOF_REWRITE_H

struct aof_rewrite;
struct event_base;
struct session;

/* The session is borrowed. Returns NULL when out of memory. */
struct aof_rewrite *aof_rewrite_new(struct event_base *base, struct session *session);

/* Must be called after session_disconnect(). NULL is allowed. */
void aof_rewrite_free(struct aof_rewrite *rewrite);

/* To be called when the session is up: asks whether the file has been rewritten since Redis
 * started, and if not, requests it. */
void aof_rewrite_check(struct aof_rewrite *rewrite);

#endif
