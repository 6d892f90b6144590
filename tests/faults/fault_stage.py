"""The state at the start of a run with faults, and the conditions at its end.

The stage has everything that the daemon handles: new submissions, some pending for a consumer that is
gone, some that no consumer holds, one without an id, held and rejected comments, and reviews. So every
command and every script of the daemon is needed to clear it.
"""
import random

from redis.exceptions import ResponseError

from helpers import GOOD, PATIENCE, RULES, wait_for

GROUP, CONSUMER = "duyetd", "me"
PASSWORD = "correct-horse-battery-staple"
# A time-out for replies that never come. On a slow machine it also ends other connections, which does
# not change the expected result.
SHORT = f"{5 * PATIENCE:.0f}ms"
TEXTS = [GOOD, GOOD, GOOD, "Chơi nhà cái là thua thôi", "Chuyện này cần xem lại đã nhé"]


def waits_in_both_reads(redis):
    """Whether a daemon is in its blocking reads: that of submissions, and that of reviews."""
    return 2 == sum(client["cmd"] == "xreadgroup" and "b" in client["flags"] for client in redis.client_list())


class Stage:
    def __init__(self, redis, seed=1, new=120, claimed=25, orphaned=10):
        self.redis, self.chance = redis, random.Random(seed)
        self.entries = []  # each must get one verdict
        self.without_id = []  # each of these is moved to PREFIX:dead
        self.reviews = 0  # published by a person
        self.count = 0
        self.make_groups()
        self.submit(claimed)
        redis.xreadgroup(GROUP, "gone", {"comments:submitted": ">"})
        self.submit(orphaned)
        redis.xreadgroup(GROUP, "deleted", {"comments:submitted": ">"})
        redis.xgroup_delconsumer("comments:submitted", GROUP, "deleted")
        self.submit_own(10)
        self.submit(new)
        self.without_id.append(redis.xadd("comments:submitted", {"text": GOOD}))
        self.review()

    def make_groups(self):
        """Makes the groups that no daemon has made yet."""
        for stream in ("submitted", "review"):
            try:
                self.redis.xgroup_create(f"comments:{stream}", GROUP, "0", mkstream=True)
            except ResponseError as error:
                assert "BUSYGROUP" in str(error)

    def submit(self, count):
        pipe = self.redis.pipeline(transaction=False)
        for _ in range(count):
            text = self.chance.choice(TEXTS)
            pipe.xadd("comments:submitted", {"id": f"c{self.count}", "text": text, "reply": "1"})
            self.count += 1
        self.entries += pipe.execute()

    def submit_own(self, count):
        """Read under the daemon's own name, and not settled: what a crash leaves."""
        self.submit(count)
        self.redis.xreadgroup(GROUP, CONSUMER, {"comments:submitted": ">"})

    def review(self):
        """A person rejects a comment that was approved long ago."""
        self.reviews += 1
        comment = f"old{self.reviews}"
        self.redis.xadd("comments:verdicts", {"id": comment, "verdict": "approve", "rules": "",
                                              "reason": "", "entry": "1-0", "ruleset": "", "by": "duyetd"})
        self.redis.xadd("comments:review", {"id": comment, "verdict": "reject", "by": "lan"})

    def is_clear(self):
        return (not self.redis.xlen("comments:submitted") and not self.redis.xlen("comments:review")
                and not any(self.pending(stream) for stream in ("submitted", "review")))

    def pending(self, stream):
        """True where the group is missing: the daemon has not made it again yet."""
        try:
            return self.redis.xpending(f"comments:{stream}", GROUP)["pending"]
        except ResponseError as error:
            assert "NOGROUP" in str(error)
            return True

    def submit_until(self, happened):
        """Submits more whenever everything is settled, until the event `happened` is set."""
        def look():
            if not happened.is_set() and self.is_clear():
                self.submit(20)
            return happened.is_set()
        wait_for(look)

    def wait_clear(self):
        try:
            wait_for(self.is_clear)
        except AssertionError:
            raise AssertionError(f"never clear: {self.left()}") from None

    def left(self):
        return {stream: (self.redis.xrange(f"comments:{stream}", count=5),
                         self.redis.xpending_range(f"comments:{stream}", GROUP, "-", "+", 5))
                for stream in ("submitted", "review")}

    def check(self):
        """Exactly one verdict for each entry, none lost, none pending, and the right counts."""
        published = [row for _, row in self.redis.xrange("comments:verdicts")]
        ours = [row for row in published if row["by"] == "duyetd" and row["entry"] != "1-0"]
        entries = [row["entry"] for row in ours]
        assert len(entries) == len(set(entries)), "an entry has two verdicts"
        missing = set(self.entries) - set(entries)
        assert not missing, f"{len(missing)} entries have no verdict: {sorted(missing)[:5]}"
        assert set(entries) == set(self.entries), "verdicts on what was never submitted"
        assert sum(row["by"] == "lan" for row in published) == self.reviews
        assert [row["entry"] for _, row in self.redis.xrange("comments:dead")] == self.without_id
        rejected = sum(row["verdict"] != "approve" for row in ours)
        assert self.redis.xlen("comments:rejected") == rejected + self.reviews
        stats = {name: int(count) for name, count in self.redis.hgetall("comments:stats").items()}
        assert sum(stats.get(verdict, 0) for verdict in ("approve", "reject", "hold")) == len(entries)
        assert stats["reviewed"] == self.reviews and stats["dead"] == len(self.without_id)
        for row in ours:
            assert self.redis.llen(f"comments:reply:{row['id']}") == 1
