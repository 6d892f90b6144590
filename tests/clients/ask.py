#!/usr/bin/python3
"""Submits one comment and waits for its verdict.

    ask.py ID TEXT [SECONDS]    prints the reason where it is rejected

Needs redis-py: `apt install python3-redis` or `pip install redis`. REDIS_URL names the server;
where Redis has users, it is redis://web:password@host, with the password percent-encoded (%2F
for /). With TLS, it begins with rediss://.
"""
import json
import os
import re
import sys

import redis


def connect(seconds):
    return redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
                                decode_responses=True,
                                socket_timeout=seconds)  # longer than BLPOP waits


def judge(r, comment_id, text, seconds, **fields):
    """Returns the verdict, or None when it takes longer than `seconds`."""
    entry = r.xadd("comments:submitted", {"id": comment_id, "text": text, "reply": 1, **fields})
    # here: save the entry with the comment, as the section VERDICTS of duyetd-redis(7) says
    while answer := r.blpop(f"comments:reply:{comment_id}", timeout=seconds):
        verdict = json.loads(answer[1])
        if verdict["entry"] == entry:  # else: the late answer to an earlier edit
            return verdict
    return None


def main():
    arguments = sys.argv[1:] if len(sys.argv) != 3 else [*sys.argv[1:], "2"]
    if len(arguments) != 3 or not re.fullmatch("[1-9][0-9]*", arguments[2]):
        sys.exit("usage: ask.py ID TEXT [SECONDS]")
    comment_id, text, seconds = arguments
    try:
        r = connect(int(seconds) + 5)
        verdict = judge(r, comment_id, text, int(seconds), author="u7", page="/a/1")
    except redis.RedisError as error:  # no connection, no answer, or an error reply
        sys.exit(f"Redis failed: {error}")  # keep the comment, and submit it again later
    if verdict is None:
        print("Bình luận đang chờ duyệt.")  # pending: follow.py will see the verdict
    elif verdict["verdict"] == "hold":
        print("Bình luận đang chờ người duyệt.")
    elif verdict["verdict"] == "reject":
        print(verdict["reason"])
    else:
        print("Bình luận đã được đăng.")


main()
