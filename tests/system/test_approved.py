"""--keep-approved: approved comments with their text, for reviews, replay and suggest."""
import json

import pytest

from commands import run
from helpers import GOOD, VERDICT, submit, verdict_of, verdicts, wait_for, wait_settled

KEEP = "--keep-approved", "1h"


def approved(redis):
    return [fields for _, fields in redis.xrange("comments:approved")]


def review(redis, comment, verdict, count, **fields):
    """Sends a review; the verdict that it makes, the `count`th of all."""
    redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": "lan", **fields})
    return wait_for(lambda: verdicts(redis)[count - 1:])[0]


def test_no_approved_comments_are_kept_by_default(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    wait_settled(redis)
    assert not redis.exists("comments:approved")


def test_approved_comments_are_kept_with_all_fields(redis, daemon):
    """Approved comments are kept with all of their fields, from batches and alone; no field is forged."""
    submit(redis, "c1", GOOD, author="u7", by="lan")
    submit(redis, "c2", "Chơi nhà cái là thua thôi")
    submit(redis, "c3", "Đây là thử nghiệm thôi")
    submit(redis, "c4", GOOD + " lắm", reply="1")
    daemon(*KEEP)
    wait_settled(redis)
    entry = submit(redis, "c5", GOOD)
    fifth = verdict_of(redis, entry)
    rows = approved(redis)
    assert [row["id"] for row in rows] == ["c1", "c3", "c4", "c5"]
    assert list(rows[0]) == VERDICT + ["text", "author", "submitted:by"]
    assert rows[0]["text"] == GOOD and rows[0]["by"] == "duyetd" and rows[0]["submitted:by"] == "lan"
    assert rows[3] == {**fifth, "text": GOOD}
    of_verdicts = {fields["id"]: entry for entry, fields in redis.xrange("comments:verdicts")}
    assert all(of_verdicts[fields["id"]] == entry for entry, fields in redis.xrange("comments:approved"))


def test_a_review_finds_the_text(redis, daemon):
    """The record and the history then have the text; also after a person has approved it."""
    daemon(*KEEP)
    verdict_of(redis, submit(redis, "c1", GOOD, author="u7"))
    for i in range(10):
        verdict_of(redis, submit(redis, f"other{i}", GOOD))
    review(redis, "c1", "reject", 12)
    row = redis.xrevrange("comments:reviewed", count=1)[0][1]
    assert row["judged"] == "approve" and row["text"] == GOOD and row["author"] == "u7"
    assert redis.hget("comments:rejected:c1", "text") == GOOD
    assert redis.xrevrange("comments:rejected", count=1)[0][1]["text"] == GOOD
    review(redis, "c1", "approve", 13)
    assert approved(redis)[-1]["by"] == "lan" and not redis.exists("comments:rejected:c1")
    review(redis, "c1", "reject", 14)
    assert redis.xrevrange("comments:reviewed", count=1)[0][1]["text"] == GOOD


def test_a_review_without_the_kept_text(redis, daemon):
    """The stream is missing, of another type or trimmed: the decision counts, with the text of the review."""
    daemon(*KEEP)
    for comment in "c1", "c2":
        verdict_of(redis, submit(redis, comment, GOOD))
    redis.delete("comments:approved")
    review(redis, "c1", "reject", 3, text="Văn bản khác")
    assert redis.xrevrange("comments:reviewed", count=1)[0][1]["text"] == "Văn bản khác"
    redis.set("comments:approved", "of the wrong type")
    review(redis, "c2", "reject", 4)
    assert "text" not in redis.xrevrange("comments:reviewed", count=1)[0][1]


def test_a_hold_that_expires(redis, daemon):
    daemon(*KEEP, "--hold-for", "1s:approve")
    verdict_of(redis, submit(redis, "c1", "Bài này cần xem lại nhé", author="u7"))
    wait_for(lambda: redis.xlen("comments:approved"))
    row, = approved(redis)
    assert row["text"] == "Bài này cần xem lại nhé" and row["author"] == "u7" and list(row)[:len(VERDICT)] == VERDICT
    wait_for(lambda: len(verdicts(redis)) == 2)
    review(redis, "c1", "reject", 3)
    assert redis.hget("comments:rejected:c1", "text") == row["text"]


@pytest.mark.parametrize("cause", ["wrong type", "no rights", "ids"])
def test_approved_comments_that_cannot_be_kept_stop_nothing(redis, daemon, cause):
    if cause == "wrong type":
        redis.set("comments:approved", "of the wrong type")
    elif cause == "no rights":
        keys = ["submitted", "verdicts", "rejected*", "held", "reviewed", "review", "watched", "dead", "stats*", "reply*"]
        redis.execute_command("ACL", "SETUSER", "default", "resetkeys", *(f"~comments:{key}" for key in keys))
    else:
        redis.xadd("comments:approved", {"id": "c0"}, id="99999999999999-0")
    duyetd = daemon(*KEEP)
    entries = [submit(redis, f"c{i}", GOOD) for i in range(20)]
    wait_settled(redis)
    assert [row["entry"] for row in verdicts(redis)] == entries
    if cause != "ids":
        duyetd.wait_log("are not kept", "XADD comments:approved")
    if cause == "ids":  # they are kept, but not under the ids of their verdicts
        assert redis.xlen("comments:approved") == 21


def test_approved_comments_are_trimmed_by_age(redis, daemon):
    old = redis.time()[0] * 1000 - 3600001
    redis.xadd("comments:approved", {"id": "old"}, id=f"{old}-0")
    redis.xadd("comments:approved", {"id": "young"}, id=f"{old + 1800000}-0")
    daemon(*KEEP)
    wait_for(lambda: redis.xlen("comments:approved") == 1)
    assert approved(redis) == [{"id": "young"}]


def test_another_daemon_that_keeps_none_trims_none(redis, daemon):
    daemon(*KEEP)
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.xadd("comments:dead", {"id": "old"}, id="1-0")
    daemon("--consumer", "other")
    wait_for(lambda: not redis.xlen("comments:dead"))  # one of the daemons has trimmed
    assert len(approved(redis)) == 1


def test_replay_and_suggest_read_approved_comments(redis, daemon, server, rules):
    daemon(*KEEP)
    texts = [f"{GOOD} {i}" for i in range(20)] + [f"Ai cần thuê xe tự lái thì gọi mình {i}" for i in range(4)]
    for number, text in enumerate(texts):
        submit(redis, f"c{number}", text)
    wait_settled(redis)
    for number in range(4):
        review(redis, f"c{20 + number}", "reject", 25 + number)
    strict = rules.parent / "strict"
    strict.mkdir()
    (strict / "10.yaml").write_text("rules: [{name: car, kind: banned, phrases: [thuê xe tự lái], message: m}]\n")
    where = "--redis", server.url, "--stream"
    done = json.loads(run("replay", "--rules", strict, "--format", "json", *where, "comments:approved").stdout)
    assert "'reject': 4" in str(done)
    done = run("suggest", "--rules", rules, *where, "comments:reviewed")
    assert "from 4 comments" in done.stdout and "20 approved" in done.stdout and "thuê xe tự lái" in done.stdout, done.stdout
