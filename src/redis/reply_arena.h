/*
 * Where hiredis puts its replies: in an arena of the connection's, given back whole when the
 * reply is done with, instead of a dozen small allocations an entry, which cost a third of
 * what the daemon spends on an entry besides judging it.
 */
#ifndef DUYETD_REDIS_REPLY_ARENA_H
#define DUYETD_REDIS_REPLY_ARENA_H

struct redisReader;
struct replies;

/* NULL without memory. */
struct replies *replies_new(void);

/* After all readers that use it. NULL is fine. */
void replies_free(struct replies *replies);

/* From now on the reader, which must hold no reply, puts its replies here. One reader at a
 * time makes replies. */
void replies_attach(struct replies *replies, struct redisReader *reader);

#endif
