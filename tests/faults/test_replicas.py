"""What is lost with a master that fails, and how --wait-replicas limits it.

Replication is asynchronous: what was settled after the replica's link went down is settled
again on the replica, once it is promoted. So a reader of the old and the new verdict stream
sees those entries twice; no entry is without a verdict, and none has two in what survives.
"""
import pytest

from clusters import Group, Link
from helpers import assert_one_each, calls, submit_many, wait_for, wait_settled
from processes import HOST, Daemon, Systemd
from proxy import Proxy

pytestmark = pytest.mark.timing

BATCH, IN_FLIGHT, MANY = 20, 4, 1000


class Pair(Group):
    """A master and a replica behind a link that can be cut; a daemon that knows both, the master
    through a proxy."""

    link = proxy = daemon = None

    def set_up(self, rules):
        self.rules = rules
        self.master = self.start_node("--repl-diskless-sync-delay", "0")
        self.link = Link(self.master.port)
        self.proxy = Proxy(self.master.socket)
        self.replica = self.start_node("--replicaof", f"{HOST} {self.link.port}")
        self.old, self.new = self.master.client(), self.replica.client()
        wait_for(lambda: self.new.info("replication")["master_link_status"] == "up")

    def start(self, *arguments, env=None):
        """The daemon waits for replicas for half of --timeout; after that they count as lagging."""
        url = f"redis://{HOST}:{self.proxy.port},{HOST}:{self.replica.port}"
        self.daemon = Daemon(self.directory / "duyetd.log", "--redis", url, "--rules", self.rules,
                             "--batch", BATCH, "--in-flight", IN_FLIGHT, "--timeout", "2s", *arguments, env=env)
        return self.daemon

    def start_and_cut_link(self, *arguments, env=None):
        """Cuts the link during a drain. Returns the daemon and how much the replica has: some,
        not all. A daemon that is too slow for its own time-out settles more while it is held."""
        held = self.proxy.arm("settle", "hold request", skip=5)
        duyetd = self.start(*arguments, env=env)
        with held:
            self.master.wait_replicated()
            self.link.cut()
            wait_for(lambda: not self.old.info("replication")["connected_slaves"])
            wait_for(lambda: self.new.info("replication")["master_link_status"] == "down")
            replicated = self.new.xlen("comments:verdicts")
            assert 0 < replicated < MANY
        return duyetd, replicated

    def settled(self):
        return self.old.xlen("comments:verdicts")

    def lose_master(self):
        """How many settled entries the replica does not have."""
        settled = self.settled()
        self.master.kill()
        self.new.replicaof("NO", "ONE")
        lost = settled - self.new.xlen("comments:verdicts")
        print(f"settled {settled}, of which the replica lacks {lost}")
        return lost

    def end(self):
        if self.daemon:
            self.daemon.end()
        if self.proxy:
            self.proxy.close()
        if self.link:
            self.link.close()
        super().end()


@pytest.fixture
def pair(tmp_path, rules):
    pair = Pair(tmp_path, rules)
    yield pair
    pair.end()


def test_without_wait_replicas_lost_verdicts_are_published_again(pair):
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    _, replicated = pair.start_and_cut_link()
    wait_settled(pair.old)
    assert pair.lose_master() == MANY - replicated
    wait_settled(pair.new)
    assert_one_each(pair.new, entries)


def test_with_wait_replicas_few_verdicts_are_lost(pair):
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    duyetd, replicated = pair.start_and_cut_link("--wait-replicas", 1, "--grace", "1s")
    duyetd.wait_log("replicas: too few")
    asked = calls(pair.old, "wait")
    wait_for(lambda: calls(pair.old, "wait") > asked + IN_FLIGHT)  # and nothing more is read
    # On a slow machine a connection may be lost meanwhile: each new one allows as many entries again.
    connections = len(duyetd.lines("redis: reached"))
    lost = pair.lose_master()
    assert 0 < lost <= BATCH * IN_FLIGHT * connections
    assert pair.new.xlen("comments:verdicts") == replicated
    duyetd.wait_log("redis: lost")
    # The daemon goes on with the new master, although this has no replica to wait for.
    duyetd.wait_log("redis: reached", count=connections + 1)
    assert duyetd.stop() == 0
    pair.start()
    wait_settled(pair.new)
    assert_one_each(pair.new, entries)


def test_a_replica_that_comes_back(pair, tmp_path):
    systemd = Systemd(tmp_path)
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    duyetd, _ = pair.start_and_cut_link("--wait-replicas", 1, "--grace", "1s", env=systemd.env)
    assert len(duyetd.wait_log("replicas: too few")) == 1
    systemd.wait_message("STATUS=waiting for replicas")
    pair.link.restore()
    systemd.wait_message("STATUS=judging")
    wait_settled(pair.old)
    assert_one_each(pair.old, entries)
    duyetd.wait_log("replicas: enough acknowledged")
    systemd.socket.close()


def test_stop_while_replicas_lag(pair):
    """Settled entries stay settled: it exits when the grace time is over, with nothing pending."""
    entries = submit_many(pair.old, MANY)
    pair.master.wait_replicated()
    duyetd, _ = pair.start_and_cut_link("--wait-replicas", 1, "--grace", "1s")
    duyetd.wait_log("replicas: too few")
    assert duyetd.stop() == 0
    assert pair.old.xlen("comments:submitted")
    pair.start()
    wait_settled(pair.old)
    assert_one_each(pair.old, entries)
