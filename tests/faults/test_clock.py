"""The time of day of Redis or the daemon jumps forward and back: one verdict each, no delay.

Durations are measured with a monotonic clock. Redis uses the time of day for ids of entries, idle times
of pending entries, and trimming by age.
"""
import os
import re
import subprocess

import pytest

from fault_stage import Stage, waits_in_both_reads
from helpers import (GOOD, assert_one_each, submit, submit_many, verdict_of, verdicts, wait_for,
                     wait_settled)
from processes import HOST, Daemon, Server

pytestmark = pytest.mark.timing

HOUR, DAY = 3600, 86400


class Clock:
    """A time of day that is off, for the processes that are started with its environment."""

    def __init__(self, directory):
        library = directory / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library,
                        os.path.join(os.path.dirname(__file__), "clock.c")], check=True)
        self.file = directory / "offset"
        self.env = {**os.environ, "LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self.file)}
        self.file.write_bytes(bytes(8))

    def jump(self, seconds):
        with open(self.file, "r+b") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))


@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path)


@pytest.fixture
def server(tmp_path, clock):
    """A Redis whose clock jumps."""
    server = Server(tmp_path, env=clock.env).start()
    yield server
    server.end()


@pytest.fixture
def redis(server):
    return server.client()


@pytest.fixture
def daemon(server, rules, daemons):
    def start(*arguments, env=None, url=server.url):
        daemon = daemons.start(
            "--redis", url, "--rules", rules, "--batch", 20, "--timeout", "10m", "--grace", "10m",
            "--consumer", f"d{len(daemons.started)}", *arguments, env=env)
        daemon.wait_log("redis: reached")
        return daemon

    return start


@pytest.mark.parametrize("jumps", [[DAY], [-DAY], [HOUR, -HOUR, 0], [-DAY, DAY, 0]])
def test_jump_during_a_drain(redis, proxy, clock, daemon, jumps):
    """Two daemons: the settlement of one is held back, so that what it has in hand looks abandoned
    to the other. It arrives later, when the other daemon may have settled those entries."""
    held = proxy.arm("settle", "hold request", skip=3)
    entries = submit_many(redis, 1000)
    first = daemon("--batch", 4, "--in-flight", 1, url=proxy.url)
    held.wait()
    second = daemon("--batch", 4, "--in-flight", 1, "--claim-after", "1s")
    for jump in jumps:
        clock.jump(jump)
        more = submit_many(redis, 200, first=len(entries))
        for entry in (more[0], more[-1]):
            verdict_of(redis, entry)
        entries += more
    held.release()
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert not redis.exists("comments:dead")
    for one in (first, second):
        assert not one.lines("redis: lost") and one.stop() == 0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_entries_that_another_daemon_left(redis, clock, daemon, jump):
    """An entry is claimed although its delivery time is in the future."""
    stage = Stage(redis)
    clock.jump(jump)
    daemon("--claim-after", "1s")
    stage.wait_clear()
    stage.check()


def is_read_at_once(redis, proxy, comment):
    """Whether the blocking read that waits when a comment is submitted returns it. None if that read ended
    before the comment was added: then nothing is known."""
    wait_for(lambda: waits_in_both_reads(redis))
    next_read = proxy.arm("xreadgroup submitted", "hold request")
    entry = submit(redis, comment, GOOD)
    wait_for(lambda: next_read.happened.is_set() or verdicts_on(redis, entry))
    with next_read:
        if redis.xpending("comments:submitted", "duyetd")["pending"] or verdicts_on(redis, entry):
            return verdict_of(redis, entry)
    return None


def verdicts_on(redis, entry):
    return [verdict for verdict in verdicts(redis) if verdict["entry"] == entry]


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_single_comment_after_a_jump(redis, proxy, clock, daemon, jump):
    """After a jump of the clock, neither the blocking read nor the next one is delayed."""
    duyetd = daemon(url=proxy.url)
    verdict_of(redis, submit(redis, "c1", GOOD))
    wait_for(lambda: waits_in_both_reads(redis))
    clock.jump(jump)
    for comment in ("c2", "c3"):
        wait_for(lambda: is_read_at_once(redis, proxy, comment))
    assert not duyetd.lines("redis: lost")


def test_verdicts_outlive_a_jump_shorter_than_they_are_kept(redis, clock, daemon):
    entries = submit_many(redis, 3000)
    daemon("--keep", "7d")
    wait_settled(redis)
    clock.jump(6 * DAY)
    entries += submit_many(redis, 3000, first=3000)
    wait_settled(redis)
    clock.jump(0)
    entries += submit_many(redis, 3000, first=6000)
    wait_settled(redis)
    assert_one_each(redis, entries)


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_jump_of_the_daemons_clock(redis, proxy, clock, daemon, jump):
    """Latencies are as exact as possible, never negative, and never stop the work."""
    if Daemon.is_sanitized():
        pytest.skip("the sanitizer's library must be loaded first")
    held = proxy.arm("settle", "hold", skip=3)
    entries = submit_many(redis, 1000)
    duyetd = daemon("--metrics", f"{HOST}:0", env=clock.env, url=proxy.url)
    with held:
        clock.jump(jump)
        entries += submit_many(redis, 100, first=1000)
    wait_settled(redis)
    assert_one_each(redis, entries)
    total = float(re.search(r"^duyetd_verdict_latency_seconds_sum (\S+)$", duyetd.metrics(), re.M)[1])
    assert total >= 0
    assert not duyetd.lines("redis: lost")
    assert duyetd.stop() == 0


def test_consumers_that_are_gone_for_a_day_are_removed(redis, clock, daemon):
    """Consumers with pending entries are removed after these have been claimed, not before."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = submit_many(redis, 3)
    redis.xgroup_createconsumer("comments:submitted", "duyetd", "gone")
    redis.xreadgroup("duyetd", "holder", {"comments:submitted": ">"})
    clock.jump(2 * DAY)
    redis.xgroup_createconsumer("comments:submitted", "duyetd", "new")
    duyetd = daemon("--claim-after", "1s")

    def names():
        return {row["name"] for row in redis.xinfo_consumers("comments:submitted", "duyetd")}

    wait_for(lambda: "gone" not in names())
    wait_settled(redis)
    assert "new" in names() and not duyetd.lines("no consumer held")
    assert_one_each(redis, entries)
