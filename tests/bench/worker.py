"""A worker as a site would write it in Python: the same three rules and the same banned list,
with redis-py and re, over the same streams.

    worker.py SOCKET PREFIX RULES-DIR
"""
import pathlib
import re
import sys
import unicodedata

import redis

LINK = re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:com|net|org|vn|info|ly|io)\b", re.I)
WORD = re.compile(r"[^\W_]+")


def read_rules(directory):
    text = (directory / "20-bench.yaml").read_text(encoding="utf-8")
    phrases = (directory / "phrases.txt").read_text(encoding="utf-8").splitlines()
    patterns = re.findall(r"^      - '(.*)'$", text, re.M)
    return phrases, [re.compile(pattern) for pattern in patterns]


def is_banned(text, banned):
    phrases, patterns = banned
    return any(phrase in text for phrase in phrases) or any(pattern.search(text) for pattern in patterns)


def has_marks(text):
    return "đ" in text or any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", text))


def judge(text, banned):
    text = unicodedata.normalize("NFC", text).lower()
    failing = []
    if len(WORD.findall(text)) < 10:
        failing.append("min-length")
    if not has_marks(text):
        failing.append("diacritics")
    if LINK.search(text):
        failing.append("no-links")
    if is_banned(text, banned):
        failing.append("banned")
    return failing


def settle(client, keys, entries, banned):
    pipe = client.pipeline(transaction=True)
    for entry, fields in entries:
        failing = judge(fields["text"], banned)
        verdict = {"id": fields["id"], "verdict": "reject" if failing else "approve",
                   "rules": ",".join(failing), "reason": " ".join(failing), "entry": entry,
                   "ruleset": "000000000000", "by": "worker"}
        pipe.xadd(keys["verdicts"], verdict)
        if failing:
            pipe.xadd(keys["rejected"], {**verdict, **{k: v for k, v in fields.items() if k != "id"}})
            pipe.hset(f"{keys['rejected']}:{fields['id']}", mapping={**verdict, **fields})
            pipe.expire(f"{keys['rejected']}:{fields['id']}", 30 * 86400)
        pipe.hincrby(keys["stats"], verdict["verdict"], 1)
    ids = [entry for entry, _ in entries]
    pipe.xack(keys["submitted"], "duyetd", *ids)
    pipe.xdel(keys["submitted"], *ids)
    pipe.execute()


def main(path, prefix, rules):
    banned = read_rules(pathlib.Path(rules))
    client = redis.Redis(unix_socket_path=path, decode_responses=True)
    keys = {name: f"{prefix}:{name}" for name in ("submitted", "verdicts", "rejected", "stats")}
    try:
        client.xgroup_create(keys["submitted"], "duyetd", "0", mkstream=True)
    except redis.ResponseError:
        pass
    while True:
        for _, entries in client.xreadgroup("duyetd", "worker", {keys["submitted"]: ">"}, 256, 1000):
            settle(client, keys, entries, banned)


main(*sys.argv[1:])
