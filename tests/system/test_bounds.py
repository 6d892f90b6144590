"""Bounds of everything that grows without a reader: the log, the streams that are kept, the reply lists."""
import json
import re

import pytest

from helpers import GOOD, submit, wait_for, wait_settled, wait_verdicts

KEPT = ["verdicts", "rejected", "watched", "reviewed", "dead"]


def test_a_flood_of_dead_entries_is_a_line_a_minute(redis, daemon):
    for i in range(3000):
        redis.xadd("comments:submitted", {"text": GOOD})
    redis.xadd("comments:submitted", {"id": "", "text": GOOD})
    duyetd = daemon()
    wait_for(lambda: redis.xlen("comments:dead") == 3001)
    wait_settled(redis)
    assert duyetd.stop() == 0
    for reason, entries in [("field id is missing", 3000), ("is empty", 1)]:
        lines = duyetd.lines("dead: moved stream=comments:submitted", reason)
        assert len(lines) <= 5  # one a minute at most
        assert sum(int(re.search(r" count=(\d+) ", line)[1]) for line in lines) == entries


def test_reviews_with_many_unknown_fields_do_not_hide_other_reasons(redis, daemon):
    """Each name is in comments:dead; in the log they are one reason."""
    for i in range(100):
        redis.xadd("comments:review", {"id": "c1", "verdict": "approve", "by": "lan", f"tên {i}": ""})
    duyetd = daemon()
    wait_for(lambda: redis.xlen("comments:dead") == 100)
    redis.xadd("comments:submitted", {"text": GOOD})
    line, = duyetd.wait_log("dead: moved stream=comments:submitted", "field id is missing")
    assert " count=1 " in line
    assert duyetd.stop() == 0
    lines = duyetd.lines("dead: moved stream=comments:review")
    assert len(lines) <= 5 and sum(int(re.search(r" count=(\d+) ", line)[1]) for line in lines) == 100
    last = redis.xrange("comments:dead")[99][1]
    assert f"last={last['entry']} " in lines[-1]
    assert "tên 99" in lines[-1] and "tên 99" in last["reason"]


def test_a_few_old_entries_of_a_kept_stream_are_trimmed_too(redis, daemon):
    """Old entries are trimmed although nothing is written to the stream."""
    for name in KEPT:
        for i in range(3):
            redis.xadd(f"comments:{name}", {"id": f"c{i}"}, id=f"{i + 1}-0")
        redis.xadd(f"comments:{name}", {"id": "new"})
    daemon()
    for name in KEPT:
        wait_for(lambda: redis.xlen(f"comments:{name}") == 1)
        (_, row), = redis.xrange(f"comments:{name}")
        assert row["id"] == "new"


@pytest.mark.parametrize("cause", ["type", "rights"])
def test_others_are_trimmed_where_one_stream_cannot_be(server, redis, daemon, cause):
    admin = server.client(username="test", password="x")
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    name = "rejected"
    others = [other for other in KEPT if other != name]
    for other in others:
        redis.xadd(f"comments:{other}", {"id": "old"}, id="1-0")
    if cause == "type":
        redis.set(f"comments:{name}", "x")
    else:
        keys = ["submitted", "held", "review", "stats", "reply*", *others]
        redis.execute_command("ACL", "SETUSER", "default", "resetkeys", *(f"~comments:{key}" for key in keys))
    duyetd = daemon()
    for other in others:
        wait_for(lambda: admin.xlen(f"comments:{other}") == 0)
    duyetd.wait_log(f"retention: a stream is not trimmed and grows stream=comments:{name} ",
                    {"type": "WRONGTYPE", "rights": "NOPERM"}[cause])
    assert len(duyetd.lines("retention:")) == 1
    if cause == "type":
        admin.delete(f"comments:{name}")
    else:
        redis.execute_command("ACL", "SETUSER", "default", "allkeys")
    duyetd.wait_log(f"retention: trimmed again stream=comments:{name}")


def test_a_reply_list_that_nobody_reads_keeps_the_last_ten(redis, daemon):
    daemon("--batch", 4)
    entries = [submit(redis, "c1", GOOD, reply="1") for _ in range(25)]
    wait_verdicts(redis, 25)
    replies = [json.loads(reply)["entry"] for reply in redis.lrange("comments:reply:c1", 0, -1)]
    assert replies == entries[-10:]


def test_a_record_has_sixteen_hits_of_a_rule(redis, daemon):
    daemon()
    submit(redis, "c1", "nhà cái " * 100)
    wait_verdicts(redis, 1)
    assert redis.hget("comments:rejected:c1", "matches").count("gambling @") == 16
