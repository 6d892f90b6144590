/*
 * Where hiredis puts its replies: in an arena of the connection's, given back whole when the
 * reply is done with, instead of a dozen small allocations an entry, which cost a third of
 * what the daemon spends on an entry besides judging it.
 */
#ifndef DUYETD_REDIS_REPLY_ARENA_H
#define DUYETD_REDIS_REPLY_ARENA_H

struct redisReader;
struct reply_arena;

/* NULL without memory. */
struct reply_arena *reply_arena_new(void);

/* After all readers that use it. NULL is fine. */
void reply_arena_free(struct reply_arena *replies);

/* From now on the reader, which must hold no reply, puts its replies here. One reader at a
 * time makes replies. */
void reply_arena_attach(struct reply_arena *replies, struct redisReader *reader);

#endif
