"""replay of a stream: people's last decision on each comment, and each comment once."""
import json

import pytest

from commands import run
from helpers import GOOD, submit, verdict_of, wait_for, wait_settled


@pytest.fixture
def decided(redis, daemon):
    """Comments that the rules judged and people decided, some of them more than once."""
    daemon("--keep-approved", "1d")
    texts = {"bad": "nhà cái uy tín", "held": "Bài này cần xem lại nhé", "good": GOOD}
    decisions = {"bad": "", "bad-confirmed": "reject", "bad-approved": "approve", "bad-undone": "approve reject",
                 "bad-turned": "reject approve", "held": "", "held-approved": "approve", "held-rejected": "reject",
                 "held-turned": "reject approve", "good": "", "good-rejected": "reject", "good-undone": "reject approve"}
    for comment in decisions:
        submit(redis, comment, texts[comment.split("-")[0]])
    wait_settled(redis)
    for comment, verdicts in decisions.items():
        for verdict in verdicts.split():
            redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": "lan"})
    wait_for(lambda: not redis.xlen("comments:review"))


def replay_stream(rules, server, stream):
    done = run("replay", "--rules", rules, "--redis", server.url, "--format", "json", "--stream", stream)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("stream, before", [
    ("comments:reviewed", {"approve": 2, "hold": 3, "reject": 4}),
    ("comments:rejected", {"approve": 2, "hold": 4, "reject": 5}),
])
def test_replay_counts_each_comment_once_by_the_last_decision(rules, server, decided, stream, before):
    report = replay_stream(rules, server, stream)
    assert {name: report["before"][name] for name in before} == before
    assert {name: report["after"][name] for name in before} == before
    assert report["comments"] == sum(before.values()) and not report["flips"] and not report["left_out_without_text"]
    assert report["decided_by_people"] == 9  # approved: 2 bad ones, 2 held ones and 1 good one
    for column in report["before"], report["after"]:
        assert (column["precision"]["of"], column["precision"]["share"]) == (7, 0.4286)  # 3 of 7
        assert (column["recall"]["of"], column["recall"]["share"]) == (4, 0.75)


def test_replay_of_approved_comments_knows_what_people_rejected(rules, server, decided):
    report = replay_stream(rules, server, "comments:approved")
    assert report["before"]["comments"] == report["comments"] == 8
    assert report["decided_by_people"] == 7 and report["after"]["recall"]["of"] == 2


def test_replay_of_an_edited_comment_counts_both_texts(redis, rules, daemon, server):
    daemon()
    for text in "nhà cái uy tín", "nhà cái":
        entry = submit(redis, "c1", text)
        verdict_of(redis, entry)
        redis.xadd("comments:review", {"id": "c1", "verdict": "approve", "by": "lan"})
        wait_for(lambda: not redis.xlen("comments:review"))
    report = replay_stream(rules, server, "comments:reviewed")
    assert report["comments"] == report["decided_by_people"] == 2


@pytest.mark.parametrize("undone", [False, True])
def test_suggest_leaves_out_rejections_that_were_undone(redis, rules, daemon, server, undone):
    daemon("--keep-approved", "1d")
    texts = [f"{GOOD} {i}" for i in range(20)] + [f"Ai cần thuê xe tự lái thì gọi mình {i}" for i in range(5)]
    for number, text in enumerate(texts):
        submit(redis, f"c{number}", text)
    wait_settled(redis)
    for number in range(20, 25):
        for verdict in ["reject", "approve"][:1 + undone]:
            redis.xadd("comments:review", {"id": f"c{number}", "verdict": verdict, "by": "lan"})
    wait_for(lambda: not redis.xlen("comments:review"))
    done = run("suggest", "--rules", rules, "--redis", server.url, "--stream", "comments:reviewed")
    assert (done.returncode, "thuê xe" in done.stdout) == ((1, False) if undone else (0, True)), done.stdout
