"""Redis killed with -9 during a drain, several times: the guarantees of each way of storing data.

The kill happens when a settlement is on its way to Redis, while others are in progress there.

Before each start runs systemd/redis/cut-open-multi.sh, as the drop-in does: without it, a kill
in mid-write may give an entry two verdicts (test_append_only.py).

`pytest -s tests/faults/test_promises.py` prints the figures of the table in systemd/README.md.
"""
import signal
import threading

import pytest
import redis as redis_py

from append_only import cut_open_multi
from helpers import submit_many, wait_for, wait_settled
from processes import Daemon, Server
from proxy import Proxy

pytestmark = pytest.mark.timing

BATCH, KILLS, SETTLEMENTS = 20, 5, 60  # settlements from one kill to the next
MANY = BATCH * SETTLEMENTS * (KILLS + 2)
MODES = {
    "always": ["--appendonly", "yes", "--appendfsync", "always"],
    "everysec": ["--appendonly", "yes", "--appendfsync", "everysec"],
    "snapshots": [],
    "nothing": [],
}


class Reader:
    """The web tier: reads verdicts from its last position, and records each one."""

    def __init__(self, server):
        self.server, self.seen, self.running = server, [], True
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        last = "0"
        while self.running:
            try:
                for _, rows in self.server.client().xread({"comments:verdicts": last}, 500, 50):
                    for last, row in rows:
                        self.seen.append(row["entry"])
            except (redis_py.RedisError, AttributeError):  # the latter is redis-py 4.3's own
                pass

    def stop(self):
        self.running = False
        self.thread.join()


class Figures:
    def __init__(self, redis, entries, reader):
        published = [row["entry"] for _, row in redis.xrange("comments:verdicts")]
        known = set(published)
        self.gone = len(set(entries) - known)  # neither verdict nor submission is left
        self.twice = len(published) - len(known)
        self.shown_again = len(reader.seen) - len(set(reader.seen))

    def __str__(self):
        return f"gone {self.gone}, two verdicts {self.twice}, shown to a reader again {self.shown_again}"


def arm_kill(proxy, server, reader):
    """Arms a kill of the server at the settlement after SETTLEMENTS others; MANY entries are enough for all
    kills. The kill waits until the reader has seen a verdict."""
    def kill():
        wait_for(lambda: reader.seen)
        server.signal(signal.SIGKILL)
    return proxy.arm("settle", "delay", SETTLEMENTS, action=kill)


def drain(tmp_path, rules, mode):
    server = Server(tmp_path, *MODES[mode]).start()
    proxy, reader, daemon = Proxy(server.socket), Reader(server), None
    try:
        redis = server.client()
        entries = submit_many(redis, MANY)
        if mode == "snapshots":
            redis.save()
        kill = arm_kill(proxy, server, reader)
        daemon = Daemon(tmp_path / "duyetd.log", "--redis", proxy.url, "--rules", rules, "--batch", BATCH)
        # One kill if Redis loses what was settled: each kill sends the drain back to the same place.
        for left in reversed(range(KILLS if mode in ("always", "everysec") else 1)):
            kill.wait()
            server.kill()
            cut_open_multi(server)
            if left:
                kill = arm_kill(proxy, server, reader)
                server.launch()  # the daemon may bring about the next kill before we are answered
            else:
                server.start()
        redis = server.client()
        daemon.wait_log("redis: reached", "after=")
        wait_settled(redis)
        wait_for(lambda: mode == "nothing" or len(set(reader.seen)) == MANY)
        reader.stop()
        figures = Figures(redis, entries, reader)
        print(f"\n{mode}: of {MANY} entries: {figures}")
        assert daemon.stop() == 0
        return figures
    finally:
        reader.running = False
        if daemon:
            daemon.end()
        proxy.close()
        server.end()


def test_redis_restarts_from_an_append_only_file_synced_always(tmp_path, rules):
    figures = drain(tmp_path, rules, "always")
    assert (figures.gone, figures.twice, figures.shown_again) == (0, 0, 0)


def test_redis_restarts_from_an_append_only_file_synced_each_second(tmp_path, rules):
    """Mostly as above. But while an fsync takes long, Redis replies before it has written
    (aof_delayed_fsync), for up to two seconds: what it loses then is judged again."""
    figures = drain(tmp_path, rules, "everysec")
    assert (figures.gone, figures.twice) == (0, 0)


def test_redis_restarts_from_a_snapshot(tmp_path, rules):
    """Redis returns to the snapshot: everything in it is there, and verdicts are published again."""
    figures = drain(tmp_path, rules, "snapshots")
    assert (figures.gone, figures.twice) == (0, 0)
    assert figures.shown_again > 0


def test_redis_restarts_without_its_data(tmp_path, rules):
    """Redis restarts without its data; the daemon continues with the empty Redis."""
    figures = drain(tmp_path, rules, "nothing")
    assert figures.gone == MANY and figures.twice == 0
