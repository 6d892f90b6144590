/*
 * What a server must have before work begins: the consumer groups and the Lua scripts. Their
 * names and texts come from the caller.
 */
#ifndef DUYETD_REDIS_SETUP_H
#define DUYETD_REDIS_SETUP_H

#include <stddef.h>
#include "redis/connection.h"

struct lua_script {
	const char *text;
	const char *sha1; /* of the text, in hex: Redis's name for it */
};

/* All borrowed. */
struct setup {
	const char *group;
	const char *const *streams; /* each gets the group */
	size_t stream_count;
	const struct lua_script *scripts;
	size_t script_count;
};

/* Send the commands and return how many were sent. `done` is called once for each. */
unsigned setup_create_groups(const struct setup *setup, struct connection *connection,
			     reply_fn *done, void *arg);
unsigned setup_load_scripts(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg);

#endif
