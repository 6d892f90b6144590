#include "redis/handshake.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>
#include "redis/connection.h"
#include "redis/password.h"

static void end(struct handshake *handshake, const char *why)
{
	handshake->done(handshake->arg, why);
}

static void send(struct handshake *handshake, struct resp *command, redis_answer_fn *answer)
{
	if (!redis_send(handshake->redis, command, answer, handshake))
		end(handshake, "out of memory");
}

static bool is_master(const redisReply *role)
{
	return role->type == REDIS_REPLY_ARRAY && role->elements &&
	       role->element[0]->type == REDIS_REPLY_STRING &&
	       strcmp(role->element[0]->str, "master") == 0;
}

static void on_role(void *arg, const redisReply *reply)
{
	if (reply && reply->type == REDIS_REPLY_ERROR)
		end(arg, reply->str);
	else if (reply)
		end(arg,
		    is_master(reply) ? NULL : "what the sentinels call the master is none yet");
}

static void ask_role(struct handshake *handshake)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "ROLE");
	send(handshake, &command, on_role);
	resp_free(&command);
}

/* Redis's words; where it wants a password and none was sent, also whence one would come. */
static void refuse(struct handshake *handshake, const char *error)
{
	const char *file = handshake->password_file;
	char why[256];

	if (strncmp(error, "NOAUTH", 6) == 0) {
		if (file)
			snprintf(why, sizeof why, "%.80s The password file %.120s is empty.", error,
				 file);
		else
			snprintf(why, sizeof why, "%.80s Give --redis-password-file.", error);
		error = why;
	}
	end(handshake, error);
}

static void on_selected(void *arg, const redisReply *reply)
{
	struct handshake *handshake = arg;

	if (reply && reply->type == REDIS_REPLY_ERROR)
		refuse(handshake, reply->str);
	else if (reply && *handshake->endpoint->master)
		ask_role(handshake);
	else if (reply)
		end(handshake, NULL);
}

static void select_db(struct handshake *handshake)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "SELECT");
	resp_number(&command, handshake->endpoint->db);
	send(handshake, &command, on_selected);
	resp_free(&command);
}

static void on_authenticated(void *arg, const redisReply *reply)
{
	if (reply && reply->type == REDIS_REPLY_ERROR)
		end(arg, reply->str);
	else if (reply)
		select_db(arg);
}

static void authenticate(struct handshake *handshake, const struct secret *secret)
{
	struct resp command = {0};

	resp_begin(&command);
	buf_reserve(&command.buf, 2 * sizeof *secret); /* or growing leaves copies behind */
	resp_string(&command, "AUTH");
	if (*handshake->endpoint->user)
		resp_string(&command, handshake->endpoint->user);
	resp_add(&command, secret->bytes, secret->len);
	if (!redis_send_secret(handshake->redis, &command, on_authenticated, handshake))
		end(handshake, "out of memory");
	explicit_bzero(command.buf.data, command.buf.size);
	resp_free(&command);
}

static void log_in(struct handshake *handshake)
{
	struct secret secret = {0};
	char why[256];

	if (handshake->password_file && !secret_read(&secret, handshake->password_file)) {
		snprintf(why, sizeof why, "the password file %.180s cannot be read as one",
			 handshake->password_file);
		end(handshake, why);
	} else if (secret.len) {
		authenticate(handshake, &secret);
	} else {
		select_db(handshake);
	}
	secret_wipe(&secret);
}

/* PONG or a refusal: it came through TLS. */
static void on_ping(void *arg, const redisReply *reply)
{
	if (reply)
		log_in(arg);
}

/* Under TLS the first command waits in hiredis's buffers until the server is known to be who it
 * says, and is freed as it is: it had better not be the password. */
static void ping(struct handshake *handshake)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "PING");
	send(handshake, &command, on_ping);
	resp_free(&command);
}

void handshake_begin(struct handshake *handshake)
{
	if (handshake->endpoint->tls)
		ping(handshake);
	else
		log_in(handshake);
}
