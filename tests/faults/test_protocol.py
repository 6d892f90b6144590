"""Every point of the protocol fails in every way: one verdict each, whatever happens.

All of it takes some minutes (`FAULTS=all`); without that, each point is cut before and after
Redis ran the command, and every other fault strikes at two points.
"""
import os
import signal
import time

import pytest

from proxy import AFTER, AT_CONNECT, BEFORE
from fault_stage import Stage

POINTS = ["auth", "select", "xgroup", "script", "xpending", "xclaim", "xreadgroup", "xrevrange",
          "settle", "orphans", "dead_letter", "review"]
CUTS = ["cut", "cut after"]
REST = [kind for kind in BEFORE + AFTER if kind not in CUTS]


def matrix():
    """The faults of a run; a read that ran is never answered with an error, not even by Redis."""
    cells = [("connect", kind) for kind in AT_CONNECT]
    for row, point in enumerate(POINTS):
        for column, kind in enumerate(CUTS + REST):
            due = kind in CUTS or (row - column) % (len(POINTS) // 2) == 0
            if (due or os.environ.get("FAULTS") == "all") and (point, kind) != ("xreadgroup", "error after"):
                cells.append((point, kind))
    return cells


def finish(stage, proxy, hit):
    hit.wait()
    stage.wait_clear()
    stage.check()
    assert not proxy.armed


@pytest.mark.parametrize("point, kind", matrix())
def test_once(redis, proxy, daemon, point, kind):
    stage = Stage(redis)
    hit = proxy.arm(point, kind)
    duyetd = daemon()
    finish(stage, proxy, hit)
    assert duyetd.stop() == 0


def in_between():
    """Each point, while the command is slow or lost."""
    return [("connect", "delay"), *((point, ("delay", "cut after")[i % 2]) for i, point in enumerate(POINTS)),
            ("settle", "cut after")]


@pytest.mark.parametrize("point, kind", in_between())
def test_term_in_between(redis, proxy, daemon, point, kind):
    """Told to leave while a command is out: it leaves with 0, and the next one finishes."""
    stage = Stage(redis)
    hit = proxy.arm(point, kind, action=lambda: first.signal(signal.SIGTERM))
    first = daemon()
    assert first.process.wait(10) == 0
    daemon()
    finish(stage, proxy, hit)


@pytest.mark.parametrize("point, kind", in_between())
def test_reload_in_between(redis, proxy, daemon, point, kind):
    stage = Stage(redis)
    hit = proxy.arm(point, kind, action=lambda: duyetd.signal(signal.SIGHUP))
    duyetd = daemon()
    finish(stage, proxy, hit)
    duyetd.wait_log("rules: loaded", "old=")
    assert duyetd.stop() == 0


@pytest.mark.parametrize("kind", ["cut", "cut after", "freeze after", "half after"])
def test_again_and_again(redis, proxy, daemon, kind):
    """One settlement after another fails, those of the recovery too."""
    stage = Stage(redis)
    hits = [proxy.arm("settle", kind) for _ in range(8)]
    daemon()
    deadline = time.monotonic() + 30
    # A settlement that ran in Redis before its answer was lost leaves less to settle: more comes.
    while not hits[-1].happened.wait(0.2) and time.monotonic() < deadline:
        stage.submit(20)
    finish(stage, proxy, hits[-1])


def test_nothing_is_left_behind(redis, proxy, daemon):
    """Memory and descriptors are where they were, after 150 lost connections."""
    stage = Stage(redis)
    duyetd = daemon("--metrics", "127.0.0.1:0")
    stage.wait_clear()

    def lose(times):
        for i in range(times):
            hit = proxy.arm("settle", ["cut", "cut after", "half after"][i % 3])
            stage.submit(40)
            hit.wait()
            stage.wait_clear()

    lose(50)
    before, descriptors = duyetd.memory(), duyetd.descriptors()
    lose(100)
    stage.check()
    assert duyetd.descriptors() == descriptors
    if not duyetd.is_sanitized():
        assert duyetd.memory() < before + 1024, "KiB"
