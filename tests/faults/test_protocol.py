"""Every point of the protocol fails in every way: one verdict each, whatever happens.

With `FAULT_POINTS=all` it takes some minutes. Without it, each point is cut before and after Redis ran the
command, and every other fault happens at two or three points.
"""
import os
import signal

import pytest

from proxy import AFTER, AT_CONNECT, BEFORE
from fault_stage import SHORT, Stage
from helpers import wait_for

pytestmark = pytest.mark.timing

POINTS = ["auth", "select", "xgroup", "script", "xpending", "xclaim", "xreadgroup", "xrevrange",
          "settle", "orphans", "dead_letter", "review", "xgroup review", "xpending review",
          "xreadgroup review"]
CUTS = ["cut", "cut after"]
REST = [kind for kind in BEFORE + AFTER if kind not in CUTS]


def matrix():
    """The faults of a run. A read that Redis ran never has an error reply."""
    cells = [("connect", kind) for kind in AT_CONNECT]
    for row, point in enumerate(POINTS):
        for column, kind in enumerate(CUTS + REST):
            due = kind in CUTS or (row - column) % (len(POINTS) // 2) == 0
            wanted = due or os.environ.get("FAULT_POINTS") == "all"
            if wanted and (point.split()[0], kind) != ("xreadgroup", "error after"):
                cells.append((point, kind))
    return cells


def times(kind):
    return ["--timeout", SHORT] if "freeze" in kind else []


def finish(stage, proxy, hit):
    hit.wait()
    stage.wait_clear()
    stage.check()
    assert not proxy.armed


@pytest.mark.parametrize("point, kind", matrix())
def test_one_fault(redis, proxy, daemon, point, kind):
    stage = Stage(redis)
    hit = proxy.arm(point, kind)
    duyetd = daemon(*times(kind))
    finish(stage, proxy, hit)
    assert duyetd.stop() == 0


# While the daemon does something else, a command is held back and goes on later, or its answer is
# held back and lost later.
IN_BETWEEN = [("connect", "freeze"), *((point, kind) for point in POINTS for kind in ("hold request", "hold"))]


def end(hit):
    if hit.kind == "hold request":
        hit.release()
    elif hit.kind == "hold":
        hit.cut()


@pytest.mark.parametrize("point, kind", IN_BETWEEN)
def test_term_before_a_reply(redis, proxy, daemon, point, kind):
    """TERM while a command has no reply yet: it exits with 0, and the next daemon finishes the work."""
    stage = Stage(redis)
    hit = proxy.arm(point, kind)
    first = daemon()
    hit.wait()
    first.signal(signal.SIGTERM)
    first.wait_log("stopping signal=TERM")
    end(hit)
    assert first.exit_code() == 0
    assert not first.lines("exiting with unfinished work")
    daemon()
    finish(stage, proxy, hit)


@pytest.mark.parametrize("point, kind", IN_BETWEEN)
def test_reload_before_a_reply(redis, proxy, daemon, point, kind):
    stage = Stage(redis)
    hit = proxy.arm(point, kind)
    duyetd = daemon(*times(kind))
    hit.wait()
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded", "old=")
    end(hit)
    finish(stage, proxy, hit)
    assert duyetd.stop() == 0


@pytest.mark.parametrize("kind", ["cut", "cut after", "freeze after", "half after"])
def test_settling_fails_repeatedly(redis, proxy, daemon, kind):
    """Eight settlements fail in a row, those of the recovery included."""
    stage = Stage(redis)
    hits = [proxy.arm("settle", kind) for _ in range(8)]
    duyetd = daemon(*times(kind))
    for hit in hits:
        stage.submit_until(hit.happened)
    finish(stage, proxy, hits[-1])
    assert proxy.fired["settle", kind] == len(hits)
    assert duyetd.stop() == 0


def test_lost_connections_leave_no_memory_or_descriptor(redis, proxy, daemon):
    """After 150 lost connections, the daemon has as much memory and as many descriptors as before."""
    stage = Stage(redis)
    duyetd = daemon("--metrics", "127.0.0.1:0")
    stage.wait_clear()

    def is_back():
        return len(duyetd.lines("redis: reached")) == len(duyetd.lines("redis: lost")) + 1

    def lose(times):
        for i in range(times):
            hit = proxy.arm("settle", ["cut", "cut after", "half after"][i % 3])
            stage.submit(40)
            hit.wait()
            stage.wait_clear()
        wait_for(is_back)

    lose(50)
    before, descriptors = duyetd.memory(), duyetd.descriptors()
    lose(100)
    stage.check()
    assert duyetd.descriptors() == descriptors
    if not duyetd.is_sanitized():
        assert duyetd.memory() < before + 1024, "KiB"
