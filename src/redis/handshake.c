#include "redis/handshake.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool password_read(struct password *password, const char *path)
{
	/* Without O_NONBLOCK, opening a FIFO would block until somebody writes to it. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len = file < 0 ? -1 : read(file, password->bytes, sizeof password->bytes);

	if (file >= 0)
		close(file);
	if (len < 0 || (size_t)len == sizeof password->bytes)
		return false;
	while (len > 0 && (password->bytes[len - 1] == '\n' || password->bytes[len - 1] == '\r'))
		len--;
	if (len >= 3 && !memcmp(password->bytes, "\xEF\xBB\xBF", 3))
		memmove(password->bytes, password->bytes + 3, (size_t)(len -= 3));
	password->len = (size_t)len;
	return true;
}

void password_wipe(struct password *password)
{
	explicit_bzero(password, sizeof *password);
}

static enum handshake_step fail(struct handshake *handshake, const char *why)
{
	snprintf(handshake->why, sizeof handshake->why, "%s", why);
	return HANDSHAKE_FAILED;
}

/* Redis's message. If a password is required and none was sent, also says where to configure one.
 */
static enum handshake_step refuse(struct handshake *handshake, const char *error)
{
	const char *file = handshake->password_file;
	char why[256];

	if (strncmp(error, "NOAUTH", 6) == 0) {
		if (file)
			snprintf(why, sizeof why, "%.80s The password file %.120s is empty.", error,
				 file);
		else
			snprintf(why, sizeof why,
				 "%.80s Give --redis-password-file (to the service: in "
				 "/etc/duyetd/redis-password).",
				 error);
		error = why;
	}
	return fail(handshake, error);
}

static enum handshake_step send_plain(struct handshake *handshake, struct resp *command,
				      const char *words, enum handshake_command sent)
{
	resp_begin(command);
	resp_words(command, words);
	handshake->sent = sent;
	return HANDSHAKE_SEND;
}

static enum handshake_step send_select(struct handshake *handshake, struct resp *command)
{
	enum handshake_step step = send_plain(handshake, command, "SELECT", HANDSHAKE_SELECT);

	resp_number(command, handshake->endpoint->db);
	return step;
}

static enum handshake_step send_auth(struct handshake *handshake, const struct password *password,
				     struct resp *command)
{
	resp_begin(command);
	buf_reserve(&command->buf,
		    2 * sizeof *password); /* else growing would leave copies in freed memory */
	resp_string(command, "AUTH");
	if (*handshake->endpoint->user)
		resp_string(command, handshake->endpoint->user);
	resp_add(command, password->bytes, password->len);
	handshake->sent = HANDSHAKE_AUTH;
	return HANDSHAKE_SEND_SECRET;
}

static enum handshake_step log_in(struct handshake *handshake, struct resp *command)
{
	const char *file = handshake->password_file;
	struct password password = {0};
	enum handshake_step step;
	char why[256];

	if (file && !password_read(&password, file)) {
		snprintf(why, sizeof why, "cannot read the password file %.180s", file);
		step = fail(handshake, why);
	} else if (!password.len && *handshake->endpoint->user) {
		snprintf(why, sizeof why, PASSWORD_MISSING, handshake->endpoint->user);
		step = fail(handshake, why);
	} else if (password.len) {
		step = send_auth(handshake, &password, command);
	} else {
		step = send_select(handshake, command);
	}
	password_wipe(&password);
	return step;
}

static bool is_master(const redisReply *role)
{
	return role && role->type == REDIS_REPLY_ARRAY && role->elements &&
	       role->element[0]->type == REDIS_REPLY_STRING &&
	       strcmp(role->element[0]->str, "master") == 0;
}

static enum handshake_step after_select(struct handshake *handshake, struct resp *command)
{
	if (*handshake->endpoint->master)
		return send_plain(handshake, command, "ROLE", HANDSHAKE_ROLE);
	return HANDSHAKE_DONE;
}

static enum handshake_step after_role(struct handshake *handshake, const redisReply *role)
{
	if (is_master(role))
		return HANDSHAKE_DONE;
	return fail(handshake, "the server that the sentinels name is not a master yet");
}

/* Under TLS the first command waits in hiredis's buffers until the server's certificate is
 * verified, and these buffers are freed without being wiped. So it must not contain the password:
 * a PING is sent first. Any reply to it, also an error, shows that TLS is established. */
enum handshake_step handshake_next(struct handshake *handshake, const redisReply *reply,
				   struct resp *command)
{
	bool is_error = reply && reply->type == REDIS_REPLY_ERROR;

	switch (handshake->sent) {
	case HANDSHAKE_START:
		if (handshake->endpoint->tls)
			return send_plain(handshake, command, "PING", HANDSHAKE_PING);
		return log_in(handshake, command);
	case HANDSHAKE_PING:
		return log_in(handshake, command);
	case HANDSHAKE_AUTH:
		return is_error ? fail(handshake, reply->str) : send_select(handshake, command);
	case HANDSHAKE_SELECT:
		return is_error ? refuse(handshake, reply->str) : after_select(handshake, command);
	default:
		return is_error ? fail(handshake, reply->str) : after_role(handshake, reply);
	}
}
