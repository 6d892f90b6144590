"""A Cluster of three: any node leads to the right one; a slot may move in mid-drain, and the
node that has it may die."""
import signal
import time

import pytest

from clusters import Cluster
from helpers import GOOD, wait_for
from processes import Daemon

PREFIX = "{comments}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


@pytest.fixture
def daemon(tmp_path, cluster, rules):
    daemons = []

    def start(*arguments, url=cluster.url):
        daemons.append(Daemon(tmp_path / f"duyetd-{len(daemons)}.log", "--redis", url, "--rules", rules,
                              "--prefix", PREFIX, "--batch", 20, "--timeout", "1s", *arguments))
        return daemons[-1]

    yield start
    for one in daemons:
        one.end()
        assert not one.complaints()


@pytest.fixture
def replicated(tmp_path):
    """A Cluster of the test's own, with a replica of the node that has the keys."""
    cluster = Cluster(tmp_path)
    try:
        yield cluster, cluster.add_replica(cluster.owner(f"{PREFIX}:submitted"))
    finally:
        cluster.end()


class Site:
    """The web tier's side: it follows the slot as a Cluster client does."""

    def __init__(self, cluster):
        self.cluster, self.entries = cluster, []
        for node in cluster.nodes:
            node.client().flushall()

    @property
    def redis(self):
        return self.cluster.owner(f"{PREFIX}:submitted").client()

    def submit(self, count):
        pipe = self.redis.pipeline(transaction=False)
        for i in range(count):
            pipe.xadd(f"{PREFIX}:submitted", {"id": f"c{i}", "text": GOOD})
        self.entries += pipe.execute()

    def check(self):
        wait_for(lambda: not self.redis.xlen(f"{PREFIX}:submitted"), 60)
        wait_for(lambda: self.redis.xpending(f"{PREFIX}:submitted", "duyetd")["pending"] == 0)
        got = [row["entry"] for _, row in self.redis.xrange(f"{PREFIX}:verdicts")]
        assert len(got) == len(set(got)) and set(got) == set(self.entries)


@pytest.fixture
def site(cluster):
    return Site(cluster)


def test_any_node_will_do(cluster, site, daemon):
    site.submit(500)
    for node in cluster.nodes:
        duyetd = daemon(url=f"redis://127.0.0.1:{node.port}")
        duyetd.wait_log("redis: reached")
        site.submit(50)
        wait_for(lambda: not site.redis.xlen(f"{PREFIX}:submitted"))
        assert duyetd.stop() == 0
        assert not duyetd.lines("redis: lost") + duyetd.lines("not reached")
    site.check()


def test_a_slot_moves_in_mid_drain(cluster, site, daemon):
    site.submit(20000)
    duyetd = daemon()
    for target in [node for node in cluster.nodes if node.port != cluster.owner(f"{PREFIX}:submitted").port]:
        seen = site.redis.xlen(f"{PREFIX}:verdicts")
        wait_for(lambda: site.redis.xlen(f"{PREFIX}:verdicts") > seen + 100)
        cluster.migrate(f"{PREFIX}:submitted", target)
        assert cluster.owner(f"{PREFIX}:submitted") is target
    assert site.redis.xlen(f"{PREFIX}:submitted"), "drained too early to have been moved in mid-drain"
    site.check()
    assert duyetd.lines("redis: moved") and duyetd.lines("fault=cluster")
    assert duyetd.stop() == 0


def test_a_slot_moves_under_an_idle_daemon(cluster, site, daemon):
    """It waits in a read that blocks, and is sent on."""
    duyetd = daemon()
    duyetd.wait_log("redis: reached")
    owner = cluster.owner(f"{PREFIX}:submitted")
    cluster.migrate(f"{PREFIX}:submitted", next(node for node in cluster.nodes if node is not owner))
    site.submit(10)
    site.check()


def length_while_importing(node, key):
    with node.client(single_connection_client=True) as client:
        client.execute_command("ASKING")
        return client.xlen(key)


def test_a_slot_that_stays_between_two_nodes(cluster, site, daemon):
    """A script that ran meanwhile would take the keys that are elsewhere for missing. So the
    daemon follows no ASK: it waits until the slot has moved, without being sent away."""
    site.submit(5000)
    duyetd = daemon()
    wait_for(lambda: site.redis.xlen(f"{PREFIX}:verdicts") > 100)
    source = cluster.owner(f"{PREFIX}:submitted")
    target = next(node for node in cluster.nodes if node is not source)
    keys = [f"{PREFIX}:submitted", f"{PREFIX}:verdicts"]
    lengths = []

    def pause():
        """Once all keys are at the target: is anything done to them there?"""
        if not source.client().execute_command("CLUSTER", "GETKEYSINSLOT", cluster.slot(keys[0]), 1):
            for _ in range(2):
                time.sleep(1)
                lengths.append([length_while_importing(target, key) for key in keys])

    cluster.migrate(keys[0], target, pause)
    assert lengths[0] == lengths[1] and lengths[0][0]
    site.check()
    assert duyetd.lines("refuses fault=cluster") and duyetd.lines("redis: moved")
    assert not duyetd.lines("redis: lost")
    assert duyetd.stop() == 0


def test_a_master_dies_in_mid_drain(replicated, daemon):
    """Its replica takes over, and is found through the nodes that are left: one verdict each."""
    cluster, replica = replicated
    site = Site(cluster)
    owner = cluster.owner(f"{PREFIX}:submitted")
    site.submit(2000)
    duyetd = daemon(url=cluster.url)
    wait_for(lambda: owner.client().xlen(f"{PREFIX}:verdicts") > 100)
    duyetd.signal(signal.SIGSTOP)  # so that it has work left when its master dies, however fast it is
    site.submit(2000)
    owner.wait_replicated()
    owner.kill()
    wait_for(lambda: replica.role() == "master")
    has = [replica.client().xlen(f"{PREFIX}:{key}") for key in ("submitted", "verdicts")]
    assert sum(has) == 4000 and has[0] >= 2000 and has[1] > 100
    duyetd.signal(signal.SIGCONT)
    site.check()
    assert duyetd.lines("redis: lost") and duyetd.lines("redis: reached", "after=")
    assert duyetd.stop() == 0


def test_keys_without_a_common_slot(cluster, site, daemon):
    """Said, not died of."""
    duyetd = daemon("--prefix", "comments")
    duyetd.wait_log("redis: not reached", "hash tag")
    assert duyetd.stop() == 0
