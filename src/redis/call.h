/*
 * One command seen through: kept until its answer is no error, mended or waited out
 * meanwhile. The inside of session_call(), and for session.c alone.
 */
#ifndef DUYETD_REDIS_CALL_H
#define DUYETD_REDIS_CALL_H

#include "redis/fault.h"
#include "redis/session.h"

struct call;

/* Joins `calls`, sends, and leaves it when done. Takes the command's bytes over, unless the
 * answer is false. */
bool call_send(struct session *session, struct event_base *base, struct call **calls,
	       enum lane lane, struct resp *command, reply_fn *done, void *arg);

/* Those that wait to be sent again get their NULL. */
void calls_give_up(struct call **calls);

/* What a call asks of its session. */

struct connection *session_redis(const struct session *session, enum lane lane);
unsigned session_load_scripts(struct session *session, struct connection *redis);
unsigned session_make_groups(struct session *session, struct connection *redis);
/* Counted each time, logged where it is news. */
void session_trouble(struct session *session, enum lane lane, enum fault fault, const char *why);
void session_well(struct session *session, enum lane lane);

#endif
