"""The daemon has the append-only file rewritten after each start of Redis, if its user has the right."""
import os
import signal
import subprocess

import pytest

from append_only import AppendOnlyServer, entries, tear
from helpers import GOOD, submit, wait_for, wait_settled, wait_verdicts
from processes import Server


@pytest.fixture
def start_redis(tmp_path):
    """Starts a server whose default user has all rights except these."""
    servers = []

    def start(*without):
        rights = [f"-{command}" for command in without]
        servers.append(AppendOnlyServer(tmp_path, "--user", "default", "on", "nopass", "~*", "&*", "+@all", *rights))
        return servers[-1].start()

    yield start
    for one in servers:
        one.end()


@pytest.fixture
def server(start_redis):
    return start_redis()


@pytest.fixture
def start(rules, daemons):
    def start(server, *arguments):
        return daemons.start("--redis", server.url, "--rules", rules, *arguments)

    return start


def rewrites(redis):
    return redis.info("persistence")["aof_rewrites"]


def slow_rewrite(redis):
    """Begins a rewrite that does not end by itself. Returns the ids of the processes that do it."""
    redis.set("a", "1")
    redis.config_set("rdb-key-save-delay", str(10 ** 9))
    redis.bgrewriteaof()
    server = redis.info("server")["process_id"]
    return wait_for(lambda: subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True).stdout.split())


def end_rewrite(redis, children):
    redis.config_set("rdb-key-save-delay", "0")
    for child in children:
        os.kill(int(child), signal.SIGKILL)


def test_rewrite_prevents_two_verdicts(server, start):
    """Redis is killed in mid-transaction and started twice, as in test_append_only.py."""
    daemon = start(server)
    daemon.wait_log("aof: rewrite ended")
    entry = submit(server.client(), "c1", GOOD)
    wait_settled(server.client())
    server.kill()
    tear(server.file)
    server.start()
    wait_for(lambda: len(daemon.lines("aof: rewrite ended")) == 2)
    wait_verdicts(server.client(), 1)
    server.kill()
    server.start()
    assert entries(server.client()) == [entry]
    wait_for(lambda: len(daemon.lines("aof: rewrite ended")) == 3)
    assert entries(server.client()) == [entry]
    assert len({line.split("run=")[1] for line in daemon.lines("aof: rewrite ended")}) == 3


def test_one_rewrite_for_each_start_of_redis(server, start):
    """Another daemon, or the same one after a restart, does not ask Redis to rewrite its file again."""
    redis = server.client()
    first = start(server, "--consumer", "one")
    first.wait_log("aof: rewrite ended")
    second = start(server, "--consumer", "two")
    second.wait_log("redis: reached")
    redis.client_kill_filter(_type="normal", skipme=True)
    first.wait_log("redis: reached", "after=")
    second.wait_log("redis: reached", "after=")
    submit(redis, "c1", GOOD)
    wait_settled(redis)
    assert first.stop() == second.stop() == 0
    assert len(first.lines("aof: rewrite requested")) == 1 and not second.lines("aof:")
    assert rewrites(redis) == 1


def test_rewrite_under_way_is_watched(server, start):
    """The daemon judges during the rewrite, and asks for another one if it fails."""
    redis = server.client()
    children = slow_rewrite(redis)
    daemon = start(server)
    daemon.wait_log("aof: rewrite under way")
    submit(redis, "c1", GOOD)
    wait_verdicts(redis, 1)
    end_rewrite(redis, children)
    daemon.wait_log("aof: rewrite failed")
    redis.client_kill_filter(_type="normal", skipme=True)
    daemon.wait_log("aof: rewrite requested")
    daemon.wait_log("aof: rewrite ended")
    assert redis.info("persistence")["aof_last_bgrewrite_status"] == "ok"


def test_without_the_right_it_says_what_to_do(start_redis, start):
    server = start_redis("bgrewriteaof")
    redis = server.client()
    daemon = start(server)
    daemon.wait_log("aof: not rewritten since Redis started", "redis-cli BGREWRITEAOF", "+bgrewriteaof")
    submit(redis, "c1", GOOD)
    wait_verdicts(redis, 1)
    redis.client_kill_filter(_type="normal", skipme=True)
    daemon.wait_log("redis: reached", "after=")
    submit(redis, "c2", GOOD)
    wait_verdicts(redis, 2)
    assert len(daemon.lines("aof:")) == 1
    assert not rewrites(redis)
    server.kill()
    server.start()
    wait_for(lambda: len(daemon.lines("aof: not rewritten since Redis started")) == 2)


def test_without_the_right_to_look(start_redis, start):
    server = start_redis("info")
    daemon = start(server)
    daemon.wait_log("aof: not watched", "+info")
    submit(server.client(), "c1", GOOD)
    wait_verdicts(server.client(), 1)
    assert not daemon.lines("refuses")


def test_without_an_append_only_file(tmp_path, start):
    server = Server(tmp_path).start()
    try:
        daemon = start(server)
        daemon.wait_log("redis: reached")
        submit(server.client(), "c1", GOOD)
        wait_verdicts(server.client(), 1)
        assert daemon.stop() == 0
        assert not daemon.lines("aof:")
        assert not rewrites(server.client())
    finally:
        server.end()
