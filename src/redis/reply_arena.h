/*
 * An arena for hiredis's replies, emptied when the reply is freed. Without it hiredis makes a dozen
 * allocations for each entry: a third of the daemon's time that is not judging.
 */
#ifndef DUYETD_REDIS_REPLY_ARENA_H
#define DUYETD_REDIS_REPLY_ARENA_H

struct redisReader;
struct reply_arena;

/* Returns NULL when out of memory. */
struct reply_arena *reply_arena_new(void);

/* Must be called after all readers that use it are freed. NULL is allowed. */
void reply_arena_free(struct reply_arena *arena);

/* The reader, which must hold no reply, allocates its replies here from now on. Only one reader at
 * a time may have an unfinished reply. */
void reply_arena_attach(struct reply_arena *arena, struct redisReader *reader);

#endif
