"""What grows without a reader has a bound: the log, the streams that are kept, the reply lists."""
import json
import re

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
    for reason, entries in [("no field id", 3000), ("is empty", 1)]:
        lines = duyetd.lines("dead: moved stream=comments:submitted", reason)
        assert len(lines) <= 5  # and a minute passes between two
        assert sum(int(re.search(r" count=(\d+) ", line)[1]) for line in lines) == entries


def test_a_few_old_entries_of_a_kept_stream_go_too(redis, daemon):
    """Without anything being written to it."""
    for name in KEPT:
        for i in range(3):
            redis.xadd(f"comments:{name}", {"id": f"c{i}"}, id=f"{i + 1}-0")
        redis.xadd(f"comments:{name}", {"id": "new"})
    daemon()
    for name in KEPT:
        wait_for(lambda: redis.xlen(f"comments:{name}") == 1)
        (_, row), = redis.xrange(f"comments:{name}")
        assert row["id"] == "new"


def test_one_stream_that_cannot_be_trimmed_does_not_keep_the_others(redis, daemon):
    redis.set("comments:rejected", "x")
    redis.xadd("comments:dead", {"id": "old"}, id="1-0")
    duyetd = daemon()
    wait_for(lambda: redis.xlen("comments:dead") == 0)
    duyetd.wait_log("retention: a stream is not trimmed", "WRONGTYPE")


def test_a_reply_list_that_nobody_reads_keeps_the_last_ten(redis, daemon):
    daemon("--batch", 4)
    entries = [submit(redis, "c1", GOOD, reply="1") for _ in range(25)]
    wait_verdicts(redis, 25)
    replies = [json.loads(reply)["entry"] for reply in redis.lrange("comments:reply:c1", 0, -1)]
    assert replies == entries[-10:]
