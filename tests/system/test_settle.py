"""settle.lua when Redis refuses one of its commands: each entry is settled completely and once, or is
left for the next try."""
import datetime
import itertools
import json

import pytest
import redis as redis_py

from helpers import BUILD

APPROVED = "comments:approved"
KEYS = [f"comments:{name}" for name in "submitted verdicts rejected held".split()]
MORE_KEYS = [f"comments:{name}" for name in "watched reply stats".split()]
RIGHTS = ("xack", "xadd", "xdel", "xtrim", "xlen", "xrange", "xinfo|stream", "del", "hget", "hset", "hincrby",
          "pexpire", "rpush", "time")
LAST = 2**64 - 1

# The verdict on each comment, in the order of the batch. `again` comes twice: held, then approved.
OUTCOMES = [("first", "approve"), ("bad", "reject"), ("again", "hold"), ("good", "approve"), ("waits", "reply"),
            ("again", "approve"), ("edited", "approve"), ("odd", "watch"), ("worse", "reject"), ("doubt", "hold"),
            ("last", "approve")]


def special(index, outcome):
    """What settle.lua reads about an entry that is not only approved: its index in the batch and its values."""
    decided = outcome in ("reject", "hold")
    verdict = outcome if decided else "approve"
    fields = ["text", "nhà cái", "author", "u1"] if outcome != "reply" else []
    return [index, verdict, "gambling" if decided else "", "Bị cấm." if decided else "", "m" if decided else "",
            "1" if outcome in ("reply", "reject") else "", "trial" if outcome == "watch" else "", "",
            len(fields) // 2, *fields]


class Batch:
    """Entries that this consumer has read."""

    def __init__(self, redis, outcomes, kept=""):
        self.redis, self.outcomes, self.kept = redis, outcomes, kept
        self.script = (BUILD / "gen/settle.lua").read_text(encoding="utf-8")
        redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
        self.entries = [redis.xadd("comments:submitted", {"id": comment, "text": "t"}) for comment, _ in outcomes]
        redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"})
        self.day = ("2026-11-27", 0, 9 * 10**12)  # whatever the day

    def settle(self, check=""):
        first, last = self.entries[-1].split("-")
        rows = [special(i, outcome) for i, (_, outcome) in enumerate(self.outcomes, 1)
                if outcome != "approve" or self.kept]
        return self.redis.eval(
            self.script, len(KEYS), *KEYS, *MORE_KEYS, "duyetd", "ruleset", *[60000] * 4, self.kept, 60000, check,
            *self.day, f"{first}-{int(last) + 1}", len(self.outcomes), *self.entries,
            *(comment for comment, _ in self.outcomes), *itertools.chain(*rows))

    def try_to_settle(self):
        try:
            self.settle()
        except redis_py.RedisError:
            return False
        return True

    @staticmethod
    def published(redis):
        return [row["entry"] for _, row in redis.xrange("comments:verdicts") if "entry" in row]

    @staticmethod
    def approved(redis):
        """The entries in the stream of approved comments, if it is one."""
        return [row["entry"] for _, row in redis.xrange(APPROVED)] if redis.type(APPROVED) == "stream" else []

    def check(self, redis):
        """Each entry has its verdict and its record and is deleted, or has none of them."""
        published, left = self.published(redis), [entry for entry, _ in redis.xrange("comments:submitted")]
        assert len(published) == len(set(published))
        assert sorted(published + left) == sorted(self.entries), "an entry is settled and left, or neither"
        decided = [entry for entry, (_, outcome) in zip(self.entries, self.outcomes) if outcome in ("reject", "hold")]
        rows = [row["entry"] for _, row in redis.xrange("comments:rejected") if "entry" in row]
        assert rows == [entry for entry in decided if entry in published]
        kept = self.approved(redis)
        assert len(kept) == len(set(kept)) and set(kept) <= set(published) - set(decided)

    def check_all(self, redis):
        self.check(redis)
        assert self.published(redis) == self.entries
        outcomes = dict(self.outcomes)  # of each comment the last
        for comment, outcome in outcomes.items():
            record = redis.hgetall(f"comments:rejected:{comment}")
            assert record.get("verdict") == (outcome if outcome in ("reject", "hold") else None), comment
            assert (redis.llen(f"comments:reply:{comment}") == 1) == (outcome in ("reply", "reject")), comment
            if record:
                assert record["text"] == "nhà cái" and redis.pttl(f"comments:rejected:{comment}") > 0
        assert [row["id"] for _, row in redis.xrange("comments:held")] == [
            comment for comment, outcome in outcomes.items() if outcome == "hold"]
        assert redis.xpending("comments:submitted", "duyetd")["pending"] == 0
        if self.kept:
            assert self.approved(redis) == [entry for entry, (_, outcome) in zip(self.entries, self.outcomes)
                                            if outcome in ("approve", "reply", "watch")]


BATCHES = {"all": (OUTCOMES,), "few": (OUTCOMES[:3],), "one": (OUTCOMES[:1],), "held": (OUTCOMES[2:3],),
           "waits": (OUTCOMES[4:5],), "all kept": (OUTCOMES, APPROVED), "one kept": (OUTCOMES[:1], APPROVED)}


@pytest.fixture(params=BATCHES.values(), ids=BATCHES)
def batch(request, server):
    """Settled by a user of its own, so that a test can take rights away from it. `edited` was rejected before."""
    server.client().acl_setuser("duyetd", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    admin = server.client()
    admin.hset("comments:rejected:edited", mapping={"verdict": "reject", "text": "before"})
    return Batch(server.client(username="duyetd", password="x"), *request.param)


@pytest.mark.parametrize("check", ["", "1"])
def test_a_batch_is_settled_by_one_call(server, batch, check):
    assert batch.settle(check) == len(batch.entries)
    batch.check_all(server.client())


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_is_missing(server, batch, right):
    admin = server.client()
    admin.execute_command("ACL", "SETUSER", "duyetd", f"-{right}")
    for _ in range(3):
        batch.try_to_settle()
        batch.check(admin)
    admin.execute_command("ACL", "SETUSER", "duyetd", f"+{right}")
    batch.try_to_settle()
    batch.check_all(admin)


@pytest.mark.parametrize("key", ["verdicts", "rejected", "held", "watched", "stats"])
def test_a_key_is_of_another_type(server, batch, key):
    admin = server.client()
    admin.set(f"comments:{key}", "x")
    for _ in range(2):
        batch.try_to_settle()
        if key not in ("verdicts", "rejected"):
            batch.check(admin)
    assert admin.get(f"comments:{key}") == "x"
    admin.delete(f"comments:{key}")
    batch.try_to_settle()
    batch.check_all(admin)


@pytest.mark.parametrize("break_stream", [
    lambda admin: admin.set(APPROVED, "x"), lambda admin: admin.xadd(APPROVED, {"id": "x"}, id=f"{LAST}-{LAST}"),
    lambda admin: admin.execute_command("ACL", "SETUSER", "duyetd", "resetkeys", *(f"~{key}*" for key in KEYS + MORE_KEYS))],
    ids=["type", "last id", "no right"])
def test_approved_comments_that_cannot_be_kept(server, batch, break_stream):
    """Such comments are still settled at once; the reply has the first error."""
    admin = server.client()
    break_stream(admin)
    reply = batch.settle()
    assert batch.published(admin) == batch.entries and not admin.xlen("comments:submitted")
    assert (reply[1].endswith(f"(XADD {APPROVED})") if batch.kept else reply == len(batch.entries)), reply


@pytest.mark.parametrize("left", range(4))
@pytest.mark.parametrize("key", ["verdicts", "rejected", "held"])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_stream_comes_to_its_last_id(server, batch, key, left, emptied):
    """The stream has `left` ids left to give, and an entry or none."""
    admin = server.client()
    admin.xadd(f"comments:{key}", {"id": "x"}, id=f"{LAST}-{LAST - left}")
    if emptied:
        admin.xdel(f"comments:{key}", f"{LAST}-{LAST - left}")
    settled = batch.try_to_settle()
    batch.check(admin)
    if not settled:
        assert not batch.try_to_settle()
    published = batch.published(admin)
    admin.rename(f"comments:{key}", "elsewhere")
    batch.try_to_settle()
    again = batch.published(admin)
    assert sorted(again + published if key == "verdicts" else again) == sorted(batch.entries)
    assert not admin.exists("comments:submitted") or not admin.xlen("comments:submitted")


@pytest.mark.parametrize("check", ["", "1"])
def test_the_day_is_that_of_redis(server, batch, check):
    """The clock of the caller is wrong, and does not matter."""
    admin = server.client()
    batch.day = ("1999-09-09", 936835200000, 936921600000)
    assert batch.settle(check) == len(batch.entries)
    batch.check_all(admin)
    seconds = {int(at.split("-")[0]) / 1000 for at, _ in admin.xrange("comments:verdicts")}
    days = {datetime.datetime.fromtimestamp(at, datetime.timezone.utc).date().isoformat() for at in seconds}
    kept = set(admin.keys("comments:stats:*"))
    assert kept and kept <= {f"comments:stats:{day}" for day in days}


def test_entries_that_others_settled_are_left_out(server, batch):
    """An entry that others acknowledged and did not delete is settled."""
    admin = server.client()
    admin.xack("comments:submitted", "duyetd", *batch.entries[:2])
    admin.xdel("comments:submitted", batch.entries[0])
    assert batch.settle() == len(batch.entries) - 1
    assert batch.published(admin) == batch.entries[1:]
    assert not admin.xlen("comments:submitted")


def test_a_reply_equals_the_verdict(server):
    batch = Batch(server.client(), [("waits", "reply")])
    batch.settle()
    (_, row), = server.client().xrange("comments:verdicts")
    assert json.loads(server.client().lpop("comments:reply:waits")) == row


@pytest.mark.parametrize("right", ["", "hget", "xdel"])
def test_approving_a_held_comment_keeps_other_held_ones(server, right):
    admin = server.client()
    admin.acl_setuser("duyetd", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    place = admin.xadd("comments:held", {"id": "edited"})
    other = admin.xadd("comments:held", {"id": "other"})
    admin.hset("comments:rejected:edited", mapping={"verdict": "hold", "held": place})
    batch = Batch(server.client(username="duyetd", password="x"), [("edited", "approve")])
    if right:
        admin.execute_command("ACL", "SETUSER", "duyetd", f"-{right}")
        assert not batch.try_to_settle()
        assert not batch.published(admin) and admin.xlen("comments:held") == 2
        admin.execute_command("ACL", "SETUSER", "duyetd", f"+{right}")
    assert batch.settle() == 1
    batch.check(admin)
    assert [at for at, _ in admin.xrange("comments:held")] == [other]
    assert not admin.exists("comments:rejected:edited")
