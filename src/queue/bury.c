#include "queue/bury.h"

#include <stdio.h>
#include <string.h>
#include "base/log.h"

void bury_send(struct session *session, enum key stream, const char *entry, const char *reason,
	       int64_t deliveries, redis_answer_fn *done, void *arg)
{
	const enum key keys[] = {stream, KEY_DEAD, KEY_STATS};
	struct resp command = {0};
	char about[64], quoted[LOG_QUOTED];

	snprintf(about, sizeof about, "entry %s", entry);
	log_event(LOG_WARNING, about, "to the dead stream=%s reason=%s",
		  session_key(session, stream), log_quote(quoted, reason, strlen(reason)));
	session_script(session, &command, SCRIPT_BURY, keys, sizeof keys / sizeof keys[0]);
	resp_string(&command, session_group(session));
	resp_string(&command, entry);
	resp_string(&command, reason);
	resp_number(&command, deliveries);
	session_call(session, LANE_WORK, &command, done, arg);
}
