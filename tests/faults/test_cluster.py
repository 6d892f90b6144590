"""A Cluster of three: any node leads to the right one; a slot may move during a drain, and the
node that has it may die."""
import subprocess

import pytest

from clusters import Cluster
from fault_stage import waits_in_both_reads
from helpers import BUILD, GOOD, errors, wait_for

pytestmark = pytest.mark.timing

PREFIX = "{comments}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


@pytest.fixture
def daemon(cluster, rules, daemons):
    def start(*arguments, url=cluster.url):
        return daemons.start("--redis", url, "--rules", rules, "--prefix", PREFIX, "--batch", 20,
                             "--timeout", "10m", "--grace", "10m", *arguments)

    return start


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

    def submit_ahead(self, count, node):
        """On the node that the slot moves to, before the move is complete; no one else settles there yet."""
        pipe = node.client().pipeline(transaction=False)
        for i in range(count):
            pipe.execute_command("ASKING")
            pipe.xadd(f"{PREFIX}:submitted", {"id": f"c{i}", "text": GOOD})
        self.entries += pipe.execute()[1::2]

    def wait_verdicts(self, count):
        wait_for(lambda: self.redis.xlen(f"{PREFIX}:verdicts") >= count)

    def check(self):
        wait_for(lambda: not self.redis.xlen(f"{PREFIX}:submitted"))
        wait_for(lambda: self.redis.xpending(f"{PREFIX}:submitted", "duyetd")["pending"] == 0)
        got = [row["entry"] for _, row in self.redis.xrange(f"{PREFIX}:verdicts")]
        assert len(got) == len(set(got)) and set(got) == set(self.entries)


@pytest.fixture
def site(cluster):
    return Site(cluster)


def test_any_node_leads_to_the_keys(cluster, site, daemon):
    site.submit(500)
    for node in cluster.nodes:
        duyetd = daemon(url=f"redis://127.0.0.1:{node.port}")
        duyetd.wait_log("redis: reached")
        site.submit(50)
        wait_for(lambda: not site.redis.xlen(f"{PREFIX}:submitted"))
        assert duyetd.stop() == 0
        assert not duyetd.lines("redis: lost") + duyetd.lines("not reached")
    site.check()


def test_commands_find_the_node(cluster, site, daemon, rules):
    """Any node leads replay and stats to the one that has the keys."""
    rejected = [site.redis.xadd(f"{PREFIX}:submitted", {"id": f"c{i}", "text": "nhà cái uy tín"})
                for i in range(3)]
    daemon()
    wait_for(lambda: site.redis.xlen(f"{PREFIX}:rejected") == len(rejected))
    (rules / "10-test.yaml").write_text(
        "rules: [{name: any, kind: length, at-least: 1, unit: words, message: m}]\n")
    for node in cluster.nodes:
        url = f"redis://127.0.0.1:{node.port}"
        stats = subprocess.run([BUILD / "duyetd", "stats", "--redis", url, "--prefix", PREFIX],
                               capture_output=True, text=True)
        assert stats.returncode == 0 and "gambling" in stats.stdout, stats.stderr
        applied = subprocess.run([BUILD / "duyetd", "replay", "--redis", url, "--rules", rules, "--stream",
                                  f"{PREFIX}:rejected", "--apply", "--by", "lan"],
                                 capture_output=True, text=True)
        assert applied.returncode == 0 and "reject → approve: 3" in applied.stdout, applied.stderr
        wait_for(lambda: not site.redis.xlen(f"{PREFIX}:review"))
    verdicts = [fields["by"] for _, fields in site.redis.xrange(f"{PREFIX}:verdicts")]
    assert sorted(verdicts) == ["duyetd"] * 3 + ["lan"] * 3


def test_repeated_texts_are_counted_in_the_same_slot(cluster, site, daemon, rules):
    (rules / "90.yaml").write_text(
        "rules: [{name: flood, kind: repeat, times: 3, within: 1h, action: hold, message: m}]\n")
    site.submit(100)
    daemon()
    site.check()
    verdicts = [fields["verdict"] for _, fields in site.redis.xrange(f"{PREFIX}:verdicts")]
    assert verdicts.count("hold") == 97 and verdicts.count("approve") == 3
    key, *_ = site.redis.keys(f"{PREFIX}:repeat:*")
    assert cluster.slot(key) == cluster.slot(f"{PREFIX}:submitted")


def test_a_slot_moves_during_a_drain(cluster, site, daemon):
    """Key by key, while the daemon works. Once all keys are on the target, more comments are submitted
    there; the daemon settles them only after the slot has moved too."""
    duyetd = daemon()
    for round_, target in enumerate(cluster.others(f"{PREFIX}:submitted")):
        seen = site.redis.xlen(f"{PREFIX}:verdicts")
        site.submit(1000)
        site.wait_verdicts(seen + 100)

        def pause(source):
            if not cluster.keys(f"{PREFIX}:submitted", source):
                site.submit_ahead(100, target)
                duyetd.wait_log("refuses fault=cluster", count=round_ + 1)

        cluster.migrate(f"{PREFIX}:submitted", target, pause)
        assert cluster.owner(f"{PREFIX}:submitted") is target
        duyetd.wait_log("redis: moved", count=round_ + 1)
    site.check()
    assert duyetd.stop() == 0


def test_a_slot_moves_while_the_daemon_is_idle(cluster, site, daemon):
    """The daemon waits in a blocking read while the slot moves, and is redirected."""
    duyetd = daemon()
    owner = cluster.owner(f"{PREFIX}:submitted")
    wait_for(lambda: waits_in_both_reads(owner.client()))
    cluster.migrate(f"{PREFIX}:submitted", cluster.others(f"{PREFIX}:submitted")[0])
    site.submit(10)
    site.check()
    assert duyetd.lines("redis: moved")


def length_while_importing(node, key):
    with node.client(single_connection_client=True) as client:
        client.execute_command("ASKING")
        return client.xlen(key)


def test_a_slot_whose_move_does_not_end(cluster, site, daemon):
    """A script that runs meanwhile would not see the keys on the other node. So the daemon follows no
    ASK: it waits on this node until the slot has moved."""
    site.submit(1000)
    duyetd = daemon()
    site.wait_verdicts(100)
    keys = [f"{PREFIX}:submitted", f"{PREFIX}:verdicts"]
    target, lengths = cluster.others(keys[0])[0], []

    def pause(source):
        """Notes the lengths of the keys on the target, twice while the daemon is refused: they must stay."""
        if cluster.keys(keys[0], source):
            return
        site.submit_ahead(100, target)
        for _ in range(2):
            refused = errors(source.client(), "ASK")
            wait_for(lambda: errors(source.client(), "ASK") >= refused + 3)
            lengths.append([length_while_importing(target, key) for key in keys])

    cluster.migrate(keys[0], target, pause)
    assert lengths[0] == lengths[1] and lengths[0][0] >= 100
    site.check()
    assert duyetd.lines("refuses fault=cluster") and duyetd.lines("redis: moved")
    assert not duyetd.lines("redis: lost")
    assert duyetd.stop() == 0


def test_a_master_is_killed_during_a_drain(replicated, daemon):
    """Its replica takes over. The daemon finds it through the other nodes: one verdict each."""
    cluster, replica = replicated
    site = Site(cluster)
    owner = cluster.owner(f"{PREFIX}:submitted")
    site.submit(1000)
    duyetd = daemon(url=cluster.url)
    site.wait_verdicts(100)
    duyetd.freeze()  # so that it has work left when its master dies, however fast it is
    site.submit(1000)
    owner.wait_replicated()
    owner.kill()
    replica.take_over()
    has = [replica.client().xlen(f"{PREFIX}:{key}") for key in ("submitted", "verdicts")]
    assert sum(has) == 2000 and has[0] >= 1000 and has[1] >= 100
    duyetd.thaw()
    site.check()
    assert duyetd.lines("redis: lost") and duyetd.lines("redis: reached", "after=")
    assert duyetd.stop() == 0


def test_keys_without_a_common_slot(cluster, site, daemon):
    """The daemon logs the error, and does not exit."""
    duyetd = daemon("--prefix", "comments", "--grace", "100ms")
    for about in "redis", "redis for reviews":
        duyetd.wait_log(f"{about}: refuses fault=crossslot", "hash tag")
    assert duyetd.stop() == 0
