"""A master fails while the daemon works: the sentinels' new master is found, and everything is settled
there."""
import signal
from contextlib import closing

import pytest
import redis as redis_py

from clusters import Node, Replicated
from helpers import (GOOD, assert_one_each, submit, submit_many, verdict_of, wait_for, wait_settled,
                     wait_verdicts)
from processes import HOST, Port

pytestmark = pytest.mark.timing


@pytest.fixture
def replicated(tmp_path):
    replicated = Replicated(tmp_path)
    yield replicated
    replicated.end()


@pytest.fixture
def behind(rules, daemons):
    """Starts a daemon with the URL that the test gives."""
    def start(url, *arguments):
        return daemons.start("--redis", url, "--rules", rules, "--batch", 20, "--timeout", "10m",
                             "--grace", "10m", *arguments)

    return start


def test_failover_during_a_drain(replicated, behind):
    """Each entry that survives the failover has exactly one verdict."""
    old = replicated.master.client()
    entries = submit_many(old, 1000)
    duyetd = behind(replicated.url)
    wait_verdicts(old, 100)
    duyetd.freeze()  # so that it has work left when the master dies, however fast it is
    entries += submit_many(old, 1000, first=1000)
    replicated.master.wait_replicated(2)
    replicated.master.kill()
    new = replicated.fail_over().client()
    assert new.xlen("comments:submitted") >= 1000
    duyetd.thaw()
    wait_settled(new)
    assert_one_each(new, entries)
    duyetd.wait_log("redis: reached", "after=")
    assert len(duyetd.lines("redis: lost")) == len(duyetd.lines("redis: reached", "after="))  # one line each
    verdict_of(new, submit(new, "last", GOOD))
    assert duyetd.stop() == 0


def published(node):
    """None without a reply: sentinels disconnect its clients when they change its role."""
    try:
        return node.client().xlen("comments:verdicts")
    except redis_py.RedisError:
        return None


def test_an_old_master_that_comes_back(replicated, behind):
    """The old master claims to be one for a while; the daemon does not write to it."""
    duyetd = behind(replicated.url)
    duyetd.wait_log("redis: reached")
    replicated.master.kill()
    new = replicated.fail_over().client()
    replicated.master.start()
    entries = submit_many(new, 2000)
    wait_settled(new)
    assert_one_each(new, entries)
    wait_for(lambda: replicated.master.role() == "slave")
    wait_for(lambda: published(replicated.master) == 2000)


def test_one_sentinel_that_was_cut_off(tmp_path, replicated, behind):
    """One sentinel names another master; the daemon uses the answer of the two others."""
    wrong = Node(tmp_path).start()
    stale = Node(tmp_path, sentinel=f"sentinel monitor main {HOST} {wrong.port} 2\n")
    try:
        stale.start()
        hosts = f"{HOST}:{stale.port},{HOST}:{replicated.sentinels[0].port},{HOST}:{replicated.sentinels[1].port}"
        behind(f"redis+sentinel://{hosts}/main").wait_log("redis: reached")
        redis = replicated.master.client()
        verdict_of(redis, submit(redis, "c1", GOOD))
        assert not wrong.client().exists("comments:submitted")
    finally:
        stale.end()
        wrong.end()


def test_one_sentinel_that_hangs(replicated, behind):
    """The daemon does not wait for it: the two others agree."""
    replicated.sentinels[0].signal(signal.SIGSTOP)
    behind(replicated.url).wait_log("redis: reached")
    redis = replicated.master.client()
    verdict_of(redis, submit(redis, "c1", GOOD))


def test_the_sentinels_name_another_master(replicated, behind):
    """A master that still runs, cut off from its sentinels: the daemon leaves it once they name another."""
    duyetd = behind(replicated.url)
    duyetd.wait_log("redis: reached")
    new = replicated.fail_over().client()
    entries = submit_many(new, 500)
    wait_settled(new)
    assert_one_each(new, entries)


def test_the_user_is_for_the_master(tmp_path, replicated, behind):
    """Sentinels are asked without a password; one that needs a password counts as one without a reply."""
    password = tmp_path / "password"
    password.write_text("secret\n", encoding="ascii")
    redis = replicated.master.client()
    redis.acl_setuser("judge", enabled=True, passwords=["+secret"], keys=["*"], commands=["+@all"])
    url = replicated.url.replace("//", "//judge@")
    duyetd = behind(url, "--redis-password-file", password)
    duyetd.wait_log("redis: reached")
    assert "judge" in {client["user"] for client in redis.client_list()}
    verdict_of(redis, submit(redis, "c1", GOOD))
    assert duyetd.stop() == 0
    for sentinel in replicated.sentinels:
        sentinel.client().execute_command("ACL", "SETUSER", "default", "resetpass", ">secret")
    behind(url, "--redis-password-file", password).wait_log("redis: not reached", "no sentinel replies")


def test_no_sentinel_knows_the_name(replicated, behind):
    duyetd = behind(replicated.url.replace("/main", "/mian"))
    duyetd.wait_log("redis: not reached", "do not agree on a master with this name")
    assert duyetd.stop() == 0


def test_no_sentinel_is_reached(behind):
    with closing(Port()) as port:
        duyetd = behind(f"redis+sentinel://{HOST}:{port.number}/main")
        duyetd.wait_log("redis: not reached", "no sentinel replies")
        assert duyetd.stop() == 0
