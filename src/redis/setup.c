#include "redis/setup.h"

/* From id 0 and not from the end: comments submitted before the group existed are judged too.
 * Settled entries are deleted, so nothing is judged twice. */
unsigned setup_create_groups(const struct setup *setup, struct connection *connection,
			     reply_fn *done, void *arg)
{
	struct resp command = {0};
	unsigned sent = 0;

	for (size_t i = 0; i < setup->stream_count; i++) {
		resp_begin(&command);
		resp_words(&command, "XGROUP CREATE");
		resp_string(&command, setup->streams[i]);
		resp_string(&command, setup->group);
		resp_words(&command, "0 MKSTREAM");
		sent += connection_send(connection, &command, done, arg);
	}
	resp_free(&command);
	return sent;
}

unsigned setup_load_scripts(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg)
{
	struct resp command = {0};
	unsigned sent = 0;

	for (size_t i = 0; i < setup->script_count; i++) {
		resp_begin(&command);
		resp_words(&command, "SCRIPT LOAD");
		resp_string(&command, setup->scripts[i].text);
		sent += connection_send(connection, &command, done, arg);
	}
	resp_free(&command);
	return sent;
}
