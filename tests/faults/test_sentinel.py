"""A master dies under the daemon: the sentinels' new one is found, and all is settled there."""
import pytest

from clusters import HOST, Node, Replicated, free_ports
from helpers import (GOOD, assert_one_each, submit, submit_many, verdict_of, wait_for, wait_settled)
from processes import Daemon


@pytest.fixture
def replicated(tmp_path):
    replicated = Replicated(tmp_path)
    yield replicated
    replicated.end()


@pytest.fixture
def behind(tmp_path, rules):
    """A daemon at a URL of the test's."""
    daemons = []

    def start(url, *arguments):
        daemons.append(Daemon(tmp_path / f"duyetd-{len(daemons)}.log", "--redis", url, "--rules", rules,
                              "--batch", 20, "--timeout", "1s", *arguments))
        return daemons[-1]

    yield start
    for one in daemons:
        one.end()
        assert not one.complaints()


def test_failover_in_mid_drain(replicated, behind):
    """No entry without a verdict and none with two, in what survives."""
    old = replicated.master.client()
    entries = submit_many(old, 20000)
    replicated.master.wait_replicated(2)
    duyetd = behind(replicated.url)
    wait_for(lambda: old.xlen("comments:verdicts") > 500)
    replicated.master.kill()
    new = replicated.promoted().client()
    wait_settled(new)
    assert_one_each(new, entries)
    duyetd.wait_log("redis: reached", "after=")
    assert len(duyetd.lines("redis: lost")) == len(duyetd.lines("redis: reached", "after="))  # one line each
    verdict_of(new, submit(new, "last", GOOD))
    assert duyetd.stop() == 0


def test_an_old_master_that_comes_back(replicated, behind):
    """It says that it is a master, for a while; nobody writes there."""
    duyetd = behind(replicated.url)
    duyetd.wait_log("redis: reached")
    replicated.master.kill()
    new = replicated.promoted().client()
    replicated.master.start()
    entries = submit_many(new, 2000)
    wait_settled(new)
    assert_one_each(new, entries)
    wait_for(lambda: replicated.master.role() == "slave", 60)
    wait_for(lambda: replicated.master.client().xlen("comments:verdicts") == 2000)


def test_one_sentinel_that_was_cut_off(tmp_path, replicated, behind):
    """It names a master of its own; the two others are believed, and one that hangs is not
    waited for."""
    (port, other) = free_ports(2)
    stale = Node(tmp_path, port, sentinel=f"sentinel monitor main {HOST} {other} 2\n").start()
    wrong = Node(tmp_path, other).start()
    try:
        hosts = f"{HOST}:{stale.port},{HOST}:{replicated.sentinels[0].port},{HOST}:{replicated.sentinels[1].port}"
        behind(f"redis+sentinel://{hosts}/main").wait_log("redis: reached")
        redis = replicated.master.client()
        verdict_of(redis, submit(redis, "c1", GOOD))
        assert not wrong.client().exists("comments:submitted")
    finally:
        stale.end()
        wrong.end()


def test_the_sentinels_change_their_mind(replicated, behind):
    """A master that lives on, cut off from its sentinels: we leave it once they name another."""
    duyetd = behind(replicated.url)
    duyetd.wait_log("redis: reached")
    replicated.sentinels[0].client().execute_command("SENTINEL", "FAILOVER", "main")
    new = replicated.promoted().client()
    entries = submit_many(new, 500)
    wait_settled(new)
    assert_one_each(new, entries)


def test_nobody_knows_the_name(replicated, behind):
    duyetd = behind(replicated.url.replace("/main", "/mian"))
    duyetd.wait_log("redis: not reached", "do not agree on a master of this name")
    assert duyetd.stop() == 0


def test_no_sentinel_there(behind):
    (port,) = free_ports(1)
    duyetd = behind(f"redis+sentinel://{HOST}:{port}/main")
    duyetd.wait_log("redis: not reached", "no sentinel answers")
    assert duyetd.stop() == 0
