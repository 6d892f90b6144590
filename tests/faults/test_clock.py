"""The time of day jumps, Redis's or the daemon's, forward and back: one verdict each, nobody waits.

Spans are measured with a clock that does not jump. What goes by the time of day is what Redis
makes of it: the ids of entries, how long one has been pending, what is old enough to be trimmed.
"""
import os
import re
import subprocess
import time
import urllib.request

import pytest

from clusters import HOST
from fault_stage import Stage
from helpers import (GOOD, assert_one_each, submit, submit_many, verdict_of, wait_for, wait_settled,
                     wait_verdicts)
from processes import Daemon, Server

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
def redis(tmp_path, clock):
    """A Redis whose clock jumps."""
    server = Server(tmp_path, env=clock.env).start()
    yield server.client()
    server.end()


@pytest.fixture
def daemon(tmp_path, rules):
    daemons = []

    def start(*arguments, env=None):
        daemons.append(Daemon(
            tmp_path / f"duyetd-{len(daemons)}.log", "--redis", f"unix://{tmp_path / 'redis.sock'}",
            "--rules", rules, "--batch", 20, "--consumer", f"d{len(daemons)}", *arguments, env=env))
        daemons[-1].wait_log("redis: reached")
        return daemons[-1]

    yield start
    for one in daemons:
        one.end()
        assert not one.complaints()


@pytest.mark.parametrize("jumps", [[DAY], [-DAY], [HOUR, -HOUR, 0], [-DAY, DAY, 0]])
def test_in_mid_drain(redis, clock, daemon, jumps):
    """Two daemons, so that what one has in hand looks abandoned to the other."""
    entries = submit_many(redis, 20000)
    both = [daemon("--batch", 4, "--in-flight", 1) for _ in range(2)]
    for jump in jumps:
        seen = redis.xlen("comments:verdicts")
        wait_for(lambda: redis.xlen("comments:verdicts") > seen + 200)
        clock.jump(jump)
    assert redis.xlen("comments:submitted"), "drained before the clock jumped"
    entries += submit_many(redis, 1000, first=20000)
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert not redis.exists("comments:dead")
    for one in both:
        assert not one.lines("redis: lost") and one.stop() == 0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_what_another_left(redis, clock, daemon, jump):
    """It is taken over although it seems to have been handed out tomorrow."""
    stage = Stage(redis)
    clock.jump(jump)
    daemon("--claim-after", "1s")
    stage.wait_clear(15)
    stage.check()


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_lone_comment_after_it(redis, clock, daemon, jump):
    """The read that blocks, and the next, are not held up."""
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    time.sleep(0.1)
    clock.jump(jump)
    for comment in ("c2", "c3"):
        began = time.monotonic()
        verdict_of(redis, submit(redis, comment, GOOD))
        assert time.monotonic() - began < 5
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
def test_the_daemons_own(redis, clock, daemon, jump):
    """Latency is told as well as may be: never less than nothing, in no way an obstacle."""
    if Daemon.is_sanitized():
        pytest.skip("a sanitizer wants to be loaded first")
    duyetd = daemon("--metrics", f"{HOST}:0", env=clock.env)
    entries = submit_many(redis, 5000)
    wait_verdicts(redis, 500)
    clock.jump(jump)
    entries += submit_many(redis, 100, first=5000)
    wait_settled(redis)
    assert_one_each(redis, entries)
    page = urllib.request.urlopen(f"http://{HOST}:{duyetd.metrics_port()}/metrics", timeout=10).read().decode()
    total = float(re.search(r"^duyetd_verdict_latency_seconds_sum (\S+)$", page, re.M).group(1))
    assert total >= 0
    assert duyetd.stop() == 0
