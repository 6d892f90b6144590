"""What a master takes with it when it dies, and what --wait-replicas does about that.

Replication is asynchronous: what was settled after the replica's link went down is settled
again on the replica, once it is promoted. So a reader of the old and the new verdict stream
sees those entries twice; no entry is without a verdict, and none has two in what survives.
"""
import pytest

from clusters import HOST, Group, Link, free_ports
from helpers import assert_one_each, submit_many, wait_for, wait_settled
from processes import Daemon

BATCH, IN_FLIGHT, MANY = 20, 4, 30000


class Pair(Group):
    """A master and a replica behind a link that can be cut; a daemon that knows both."""

    link = daemon = None

    def set_up(self, rules):
        ports = free_ports(2)
        self.rules = rules
        self.master = self.start_node(ports[0], "--repl-diskless-sync-delay", "0")
        self.link = Link(ports[0])
        self.replica = self.start_node(ports[1], "--replicaof", f"{HOST} {self.link.port}")
        self.old, self.new = self.master.client(), self.replica.client()
        wait_for(lambda: self.new.info("replication")["master_link_status"] == "up")

    def start(self, *arguments):
        url = f"redis://{HOST}:{self.master.port},{HOST}:{self.replica.port}"
        self.daemon = Daemon(self.directory / "duyetd.log", "--redis", url, "--rules", self.rules,
                             "--batch", BATCH, "--in-flight", IN_FLIGHT, "--timeout", "1s", *arguments)
        return self.daemon

    def settled(self):
        return self.old.xlen("comments:verdicts")

    def lose_master(self):
        """How many entries it had settled that the replica knows nothing of."""
        settled = self.settled()
        self.master.kill()
        self.new.replicaof("NO", "ONE")
        lost = settled - self.new.xlen("comments:verdicts")
        print(f"settled {settled}, of which the replica knows nothing of {lost}")
        return lost

    def end(self):
        if self.daemon:
            self.daemon.end()
        if self.link:
            self.link.close()
        super().end()


@pytest.fixture
def pair(tmp_path, rules):
    pair = Pair(tmp_path, rules)
    yield pair
    pair.end()


def test_without_waiting(pair):
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    pair.start()
    wait_for(lambda: pair.settled() > 100)
    pair.link.cut()
    seen = pair.settled()
    wait_for(lambda: pair.settled() > seen + 2000)
    lost = pair.lose_master()
    assert lost > 2000
    wait_settled(pair.new)
    assert_one_each(pair.new, entries)


def test_waiting(pair):
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    duyetd = pair.start("--wait-replicas", 1, "--grace", "1s")
    wait_for(lambda: pair.settled() > 100)
    pair.link.cut()
    duyetd.wait_log("replicas: too few")
    lost = pair.lose_master()
    assert lost <= BATCH * IN_FLIGHT
    wait_for(lambda: duyetd.lines("redis: lost"))
    # The new master has no replica, and that is what was asked for.
    wait_for(lambda: len(duyetd.lines("redis: reached")) == 2)
    assert duyetd.stop() == 0
    pair.start()
    wait_settled(pair.new)
    assert_one_each(pair.new, entries)


def test_a_replica_that_comes_back(pair):
    entries = submit_many(pair.old, 5000)
    pair.master.wait_replicated()
    duyetd = pair.start("--wait-replicas", 1, "--grace", "1s")
    wait_for(lambda: pair.settled() > 100)
    pair.link.cut()
    duyetd.wait_log("replicas: too few")
    assert len(duyetd.lines("replicas: too few")) == 1
    pair.link.mend()
    wait_settled(pair.old)
    assert_one_each(pair.old, entries)
    duyetd.wait_log("replicas: have what is settled")


def test_to_leave_while_replicas_lag(pair):
    """What is settled is settled: it leaves when the grace is over, with nothing pending."""
    entries = submit_many(pair.old, 5000)
    pair.master.wait_replicated()
    duyetd = pair.start("--wait-replicas", 1, "--grace", "1s")
    wait_for(lambda: pair.settled() > 100)
    pair.link.cut()
    duyetd.wait_log("replicas: too few")
    assert duyetd.stop() == 0
    pair.start()
    wait_settled(pair.old)
    assert_one_each(pair.old, entries)
