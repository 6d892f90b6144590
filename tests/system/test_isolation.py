"""Failures of reviews never stop judging, and lose no review."""
import re

import pytest

from helpers import GOOD, calls, errors, submit, verdict_of, verdicts, wait_for, wait_settled

BAD = "nhà cái uy tín"
MORE_THAN_ARE_IN_HAND = 12  # comments, one after another; --in-flight is 4


def review(redis, comment, verdict="approve", **fields):
    return redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": "lan", **fields})


def assert_judging_goes_on(redis):
    """Each comment waits for the verdict of the one before."""
    for i in range(MORE_THAN_ARE_IN_HAND):
        comment = f"after{redis.xlen('comments:verdicts')}-{i}"
        assert verdict_of(redis, submit(redis, comment, GOOD))["verdict"] == "approve"
    wait_settled(redis)


def reviewed(redis):
    return [row["id"] for _, row in redis.xrange("comments:reviewed")]


def break_reviewed(redis):
    redis.set("comments:reviewed", "not what it should be")


def restore_reviewed(redis):
    redis.delete("comments:reviewed")


def use_up_reviewed(redis):
    """The stream is empty, and has no id left to give."""
    redis.xadd("comments:reviewed", {"id": "x"}, id="18446744073709551615-18446744073709551615")
    redis.xtrim("comments:reviewed", maxlen=0, approximate=False)


def forbid(*rights):
    return lambda redis: redis.execute_command("ACL", "SETUSER", "default", *rights)


# Things that only reviews need, how they are removed and restored, and the expected log lines.
REFUSALS = {
    "reviewed is no stream": (break_reviewed, restore_reviewed, "fault=wrongtype"),
    "reviewed is at its last id": (use_up_reviewed, restore_reviewed, "comments:reviewed is at its last id"),
    "no XREVRANGE": (forbid("-xrevrange"), forbid("+xrevrange"), "fault=noperm"),
    "no HGETALL": (forbid("-hgetall"), forbid("+hgetall"), "HGETALL"),
    "no key review": (forbid("resetkeys", *(f"~comments:{key}" for key in (
        "submitted", "verdicts", "rejected*", "held", "dead", "stats", "watched", "reviewed", "reply*"))),
        forbid("allkeys"), "NOPERM"),
}


@pytest.fixture(params=REFUSALS.values(), ids=REFUSALS)
def refusal(request):
    return request.param


def test_refused_reviews_wait(server, daemon, refusal):
    """Refused reviews stay pending, also those that are pending when the daemon starts, and are settled
    later."""
    break_it, restore, logged = refusal
    server.client().acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    redis = server.client(username="test", password="x")
    duyetd = daemon("--consumer", "me", "--metrics", "127.0.0.1:0")
    for i in range(6):
        verdict_of(redis, submit(redis, f"c{i}", [GOOD, BAD][i % 2]))
    break_it(redis)
    entries = [review(redis, f"c{i}", ["reject", "approve"][i % 2]) for i in range(6)]
    duyetd.wait_log("redis for reviews:", logged)
    assert_judging_goes_on(redis)
    assert redis.xlen("comments:review") == 6
    assert len(duyetd.lines("redis for reviews:", "level=warning")) == 1
    duyetd.kill()
    duyetd = daemon("--consumer", "me")
    duyetd.wait_log("redis for reviews:", logged)
    assert_judging_goes_on(redis)
    assert [entry for entry, _ in redis.xrange("comments:review")] == entries
    restore(redis)
    wait_for(lambda: not redis.xlen("comments:review"))
    assert reviewed(redis) == [f"c{i}" for i in range(6)]
    assert not redis.xlen("comments:dead") and not duyetd.lines("redis: lost")


def test_refused_reviews_are_counted(redis, daemon):
    duyetd = daemon("--metrics", "127.0.0.1:0")
    verdict_of(redis, submit(redis, "c1", BAD))
    break_reviewed(redis)
    review(redis, "c1")

    def sample(name):
        found = re.search(rf"^{re.escape(name)} (\S+)$", duyetd.metrics(), re.M)
        return float(found[1]) if found else -1

    wait_for(lambda: sample('duyetd_review_errors_total{kind="wrongtype"}') > 1)
    wait_for(lambda: sample("duyetd_review_entries") == 1)
    wait_for(lambda: sample("duyetd_oldest_review_seconds") > 0)
    assert sample("duyetd_reviews_up") == sample("duyetd_redis_up") == 1
    assert sample('duyetd_redis_errors_total{kind="wrongtype"}') == 0
    restore_reviewed(redis)
    wait_for(lambda: sample("duyetd_review_entries") == 0)
    assert sample("duyetd_reviews_total") == 1


def test_refused_reviews_do_not_delay_a_stop(redis, daemon):
    """After TERM, submissions are settled; reviews that Redis refuses stay pending after --grace."""
    duyetd = daemon("--consumer", "me", "--grace", "1s")
    verdict_of(redis, submit(redis, "c1", BAD))
    break_reviewed(redis)
    review(redis, "c1")
    duyetd.wait_log("redis for reviews: refuses")
    assert duyetd.stop() == 0
    restore_reviewed(redis)
    daemon("--consumer", "me")
    wait_for(lambda: reviewed(redis) == ["c1"])


@pytest.mark.parametrize("restart", [False, True])
def test_a_record_of_the_wrong_type_delays_no_comment(redis, daemon, restart):
    """The review of such a record is moved to PREFIX:dead with the reason, before anything is written."""
    duyetd = daemon("--consumer", "me")
    verdict_of(redis, submit(redis, "c1", BAD))
    verdict_of(redis, submit(redis, "c2", BAD))
    wait_settled(redis)
    if restart:
        duyetd.freeze()
        duyetd.kill()
    redis.set("comments:rejected:c1", "x")
    reviews = [review(redis, "c1") for _ in range(6)]
    if restart:
        redis.xreadgroup("duyetd", "me", {"comments:review": ">"})
        daemon("--consumer", "me")
    review(redis, "c2")
    assert_judging_goes_on(redis)
    wait_for(lambda: not redis.xlen("comments:review"))
    dead = [row for _, row in redis.xrange("comments:dead")]
    assert [row["entry"] for row in dead] == reviews
    assert all("not written by the daemon" in row["reason"] for row in dead)
    assert reviewed(redis) == ["c2"] and redis.get("comments:rejected:c1") == "x"
    assert not [v for v in verdicts(redis) if v["id"] == "c1" and v["by"] == "lan"]


@pytest.mark.parametrize("record", [{f"field{i}": "x" for i in range(20000)},
                                    {"id": "c1", "verdict": "hold", "text": "x" * (8 << 20)}],
                         ids=["fields", "bytes"])
def test_a_record_that_is_too_large_is_not_used(redis, daemon, record):
    """Such a record is not copied to streams, where it would make each read slow."""
    daemon()
    redis.hset("comments:rejected:c1", mapping=record)
    review(redis, "c1")
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert "at most 1000 fields and 2 MiB" in redis.xrange("comments:dead")[0][1]["reason"]
    assert redis.hlen("comments:rejected:c1") == len(record)
    assert not redis.exists("comments:reviewed", "comments:verdicts")


@pytest.mark.timing
@pytest.mark.parametrize("point", ["xgroup review", "xpending review", "xreadgroup review", "review",
                                   "xrevrange"])
def test_a_delayed_reply_to_reviews_delays_no_comment(redis, daemon, proxy, point):
    """Forty reviews of unknown comments, and a reply that they wait for does not come."""
    fill(redis, 10000)
    held = proxy.arm(point, "hold")
    daemon(proxy=proxy)
    for i in range(40):
        review(redis, f"unknown{i}")
    with held:
        assert_judging_goes_on(redis)
        assert redis.xlen("comments:review") == 40
    wait_for(lambda: redis.xlen("comments:dead") == 40)
    assert all("no comment with this id" in row["reason"] for _, row in redis.xrange("comments:dead"))
    assert not redis.xlen("comments:review")


# The search through the verdicts.

def fill(redis, count, first=1, seconds_apart=0.001):
    """Adds verdicts on other comments. Their ids are times from January 1970 on."""
    pipe = redis.pipeline(transaction=False)
    for i in range(first, first + count):
        pipe.xadd("comments:verdicts", {
            "id": f"other{i}", "verdict": "approve", "rules": "", "reason": "", "entry": "1-0",
            "ruleset": "", "by": "duyetd"}, id=f"{round(i * seconds_apart * 1000)}-1")
    pipe.execute()


def test_a_search_reads_small_pages(redis, daemon):
    fill(redis, 10000)
    before = calls(redis, "xrevrange")
    daemon()
    review(redis, "unknown")
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert calls(redis, "xrevrange") - before >= 10000 / 200


def test_a_search_ends_at_the_time_of_the_entry(redis, daemon):
    """There are ten thousand hours of verdicts, and the entry is of the last hour but one."""
    fill(redis, 10000, seconds_apart=3600)
    before = calls(redis, "xrevrange")
    daemon()
    review(redis, "unknown", entry=f"{9998 * 3600 * 1000}-0")
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert calls(redis, "xrevrange") == before + 2, "one from the search, and one from the script"


@pytest.mark.parametrize("entry", [None, "own", "1-0", "99999999999999-5", "nonsense", "", "-"])
def test_an_approved_comment_is_found_with_any_entry(redis, daemon, entry):
    """After ten thousand other verdicts. The id of the entry may lie in the future: a client chose it, or the
    clock was wrong."""
    daemon()
    fill(redis, 100)
    own = {"own": "*"}.get(entry, entry) if entry in ("own", "99999999999999-5") else "*"
    judged = redis.xadd("comments:submitted", {"id": "c1", "text": GOOD}, id=own)
    verdict_of(redis, judged)
    seconds = redis.time()[0] + 3600
    fill(redis, 10000, first=seconds, seconds_apart=1)
    fields = {} if entry is None else {"entry": judged if entry == "own" else entry}
    review(redis, "c1", "reject", **fields)
    wait_for(lambda: not redis.xlen("comments:review"))
    if entry in (None, "own", "99999999999999-5", ""):
        assert reviewed(redis) == ["c1"]
        assert verdicts(redis)[-1]["entry"] == judged
    else:
        assert "edited since" in redis.xrange("comments:dead")[0][1]["reason"]


@pytest.mark.timing
@pytest.mark.parametrize("count", [3, 2000])
def test_a_verdict_published_during_a_search_counts(redis, daemon, proxy, count):
    """Verdicts published meanwhile, however many, are searched too, and only these again."""
    daemon(proxy=proxy)
    first = submit(redis, "c1", GOOD)
    verdict_of(redis, first)
    seconds = redis.time()[0] + 3600
    fill(redis, 4000, first=seconds, seconds_apart=1)
    held = proxy.arm("xrevrange", "hold", skip=5)
    review(redis, "c1", "reject", entry=first)
    with held:
        second = submit(redis, "c1", GOOD + " lắm")
        verdict_of(redis, second)
        fill(redis, count, first=seconds + 5000, seconds_apart=1)
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert "edited since" in redis.xrange("comments:dead")[0][1]["reason"]
    assert proxy.seen["xrevrange"] <= 22 + count / 200, "verdicts were searched twice"


@pytest.mark.timing
def test_stop_during_a_search(redis, daemon, proxy):
    """The review stays pending, and the next daemon finds it."""
    duyetd = daemon("--consumer", "me", proxy=proxy)
    verdict_of(redis, submit(redis, "c1", GOOD))
    fill(redis, 4000, first=redis.time()[0] + 3600, seconds_apart=1)
    held = proxy.arm("xrevrange", "hold", skip=3)
    review(redis, "c1", "reject")
    with held:
        duyetd.signal(15)
        duyetd.wait_log("stopping")
        seen = proxy.seen["xrevrange"]
    assert duyetd.exit_code() == 0 and not duyetd.lines("exiting with unfinished work")
    assert proxy.seen["xrevrange"] == seen, "the search went on"
    (row,) = redis.xpending_range("comments:review", "duyetd", "-", "+", 5)
    assert row["times_delivered"] == 1
    daemon("--consumer", "me")
    wait_for(lambda: reviewed(redis) == ["c1"])


@pytest.mark.timing
@pytest.mark.parametrize("kind", ["cut", "cut after", "hold"])
def test_connection_lost_during_a_search(redis, daemon, proxy, kind):
    """Between two pages too: the connections of reviews are cut while no answer is awaited."""
    daemon(proxy=proxy)
    verdict_of(redis, submit(redis, "c1", GOOD))
    fill(redis, 4000, first=redis.time()[0] + 3600, seconds_apart=1)
    hits = [proxy.arm("xrevrange", kind, skip=7 * i) for i in range(3)]
    review(redis, "c1", "reject")
    for hit in hits:
        hit.wait()
        if kind == "hold":
            hit.cut()
    wait_for(lambda: reviewed(redis) == ["c1"])
    assert len([v for v in verdicts(redis) if v["by"] == "lan"]) == 1
    assert not redis.xlen("comments:dead") and not errors(redis, "NOGROUP")
