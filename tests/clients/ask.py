#!/usr/bin/python3
"""Submits one comment and waits for its verdict.

    ask.py ID TEXT [SECONDS]    prints the reason where it is rejected

Needs redis-py: `apt install python3-redis` or `pip install redis`. REDIS_URL names the server.
"""
import json
import os
import re
import sys

import redis

r = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
                         decode_responses=True)


def judge(comment_id, text, seconds, **fields):
    """Returns the verdict, or None when it takes longer than `seconds`."""
    entry = r.xadd("comments:submitted", {"id": comment_id, "text": text, "reply": 1, **fields})
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
        verdict = judge(comment_id, text, int(seconds), author="u7", page="/a/1")
    except redis.ConnectionError as error:
        sys.exit(f"no connection to Redis: {error}")
    if verdict is None:
        print("Bình luận đang chờ duyệt.")  # pending: follow.py will see the verdict
    elif verdict["verdict"] == "hold":
        print("Bình luận đang chờ người duyệt.")
    else:
        print(verdict["reason"] or "Bình luận đã được đăng.")


main()
