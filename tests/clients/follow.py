#!/usr/bin/python3
"""Reads every verdict, also those that were published while this program was stopped.

    follow.py    prints the id and the verdict of each comment, until it is stopped

Needs redis-py: `apt install python3-redis` or `pip install redis`. REDIS_URL names the server;
where Redis has users, it is redis://web:password@host, with the password percent-encoded (%2F
for /). With TLS, it begins with rediss://. The program ends with status 1 when Redis cannot be
reached, does not answer or refuses a command: let systemd start it again,
with Restart=always and RestartSec=5. Without RestartSec, systemd gives up after some seconds.
"""
import os
import sys

import redis

GROUP = "website"
CONSUMER = "web-1"  # keep this name: only it gets again what it has read and not acknowledged

r = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
                         decode_responses=True,
                         socket_timeout=10)  # longer than the 5000 ms of a read


def verdicts():
    try:
        r.xgroup_create("comments:verdicts", GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):  # the group exists already
            raise
    after = "0"  # first what this consumer has read before and not acknowledged
    while True:
        answer = r.xreadgroup(GROUP, CONSUMER, {"comments:verdicts": after}, count=100, block=5000)
        entries = answer[0][1] if answer else []
        for entry, fields in entries:
            if fields:  # none: the verdict was trimmed meanwhile
                yield fields
            r.xack("comments:verdicts", GROUP, entry)
        if not entries:
            after = ">"  # then new verdicts


try:
    for verdict in verdicts():
        # here, if verdict["entry"] is the comment's last entry: publish it, or tell the author
        print(verdict["id"], verdict["verdict"], flush=True)
except redis.RedisError as error:
    sys.exit(f"Redis failed: {error}")
