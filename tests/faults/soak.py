#!/usr/bin/python3
"""Random faults for a long time: each entry gets one verdict, round after round.

    soak.py [--rounds N | --minutes N] [--seed N]     make soak MINUTES=60, make soak ROUNDS=100 SEED=7

A round submits comments and reviews to one to four daemons and causes a few faults that the seed
chooses: at the proxy, at the daemons, at Redis. Then everything must be settled once; memory and
descriptors of the daemons that still run must not grow. It ends at the
first round that fails, and names its seed: `soak.py --rounds 1 --seed SEED` plays that round alone.
The same seed and number of rounds bring the same faults on any machine.
"""
import argparse
import pathlib
import random
import signal
import sys
import tempfile
import time
from collections import Counter

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

from processes import Daemon, Server  # noqa: E402
from helpers import wait_for  # noqa: E402
from proxy import AFTER, AT_CONNECT, BEFORE, Proxy  # noqa: E402
from append_only import cut_open_multi  # noqa: E402
from fault_stage import RULES, SHORT, Stage  # noqa: E402

POINTS = ["auth", "select", "xgroup", "script", "xpending", "xclaim", "xreadgroup", "xrevrange",
          "settle", "orphans", "dead_letter", "review"]
GROWTH = 4096  # KiB that a daemon may have grown by since its third round
ON_DISK = ["--appendonly", "yes", "--appendfsync", "always"]


class Soak:
    def __init__(self, directory):
        self.directory, self.happened = directory, Counter()
        (directory / "rules").mkdir()
        (directory / "rules" / "10-test.yaml").write_text(RULES, encoding="utf-8")
        (directory / "password").write_text("matkhau", encoding="utf-8")
        self.server = Server(directory, *ON_DISK).start()
        self.let_in()
        self.proxy = Proxy(self.server.socket)
        self.daemons, self.started, self.rounds_of = {}, 0, Counter()
        self.size = {}

    def let_in(self):
        self.server.client().acl_setuser("duyetd", enabled=True, passwords=["+matkhau"],
                                         commands=["+@all"], keys=["*"])

    def start(self, name):
        self.started += 1
        self.rounds_of[name] = 0
        self.daemons[name] = Daemon(
            self.directory / f"duyetd-{self.started}.log", "--redis",
            f"redis://duyetd@127.0.0.1:{self.proxy.port}/1", "--redis-password-file",
            self.directory / "password", "--rules", self.directory / "rules", "--consumer", name,
            "--batch", 20, "--timeout", SHORT, "--claim-after", "200ms", "--max-deliveries", 1000,
            "--metrics", "127.0.0.1:0")

    # The faults besides those of the proxy.

    def kill(self, chance):
        name = chance.choice(sorted(self.daemons))
        self.daemons[name].kill()
        self.start(name)

    def stop(self, chance):
        name = chance.choice(sorted(self.daemons))
        self.daemons[name].wait_log("redis: ")  # until then a signal may come before its handler
        code = self.daemons[name].stop()
        assert code == 0, f"{name}: exit code {code} after TERM, expected 0"
        self.start(name)

    def reload(self, chance):
        name = chance.choice(sorted(self.daemons))
        self.daemons[name].wait_log("redis: ")
        self.daemons[name].signal(signal.SIGHUP)

    def freeze_redis(self, chance):
        self.server.signal(signal.SIGSTOP)
        time.sleep(chance.uniform(0, 0.6))
        self.server.signal(signal.SIGCONT)

    def kill_redis(self, _):
        self.server.kill()
        cut_open_multi(self.server)
        self.server.start()
        self.let_in()

    def cut_all(self, _):
        self.server.client().client_kill_filter(_type="normal", skipme=True)

    def forget_scripts(self, _):
        self.server.client().script_flush()

    def destroy_groups(self, _):
        redis = self.server.client(db=1)
        redis.xgroup_destroy("comments:submitted", "duyetd")
        redis.xgroup_destroy("comments:review", "duyetd")

    EVENTS = [kill, stop, reload, freeze_redis, kill_redis, cut_all, forget_scripts, destroy_groups]

    def arm(self, chance):
        point = chance.choice(["connect", *POINTS, "any", "any", "settle", "xreadgroup"])
        kinds = AT_CONNECT if point == "connect" else BEFORE + AFTER
        # A command that Redis ran and answered with an error: Redis never does this to a read.
        kind = chance.choice([kind for kind in kinds if kind != "error after" or point in POINTS
                              and point != "xreadgroup"])
        self.proxy.arm(point, kind, skip=chance.randrange(4))

    def round(self, seed):
        chance = random.Random(seed)
        redis = self.server.client(db=1)
        redis.flushdb()
        wanted = [f"d{i}" for i in range(chance.randint(1, 4))]
        for name in set(self.daemons) - set(wanted):
            self.daemons[name].wait_log("redis: ")
            assert self.daemons.pop(name).stop() == 0
        for name in set(wanted) - set(self.daemons):
            self.start(name)
        for _ in range(chance.randint(0, 4)):
            self.arm(chance)
        stage = Stage(redis, seed, new=chance.randint(0, 2000), claimed=chance.randint(1, 50),
                      orphaned=0)
        for _ in range(chance.randint(0, 3)):
            time.sleep(chance.uniform(0, 0.05))
            event = chance.choice(self.EVENTS)
            self.happened[event.__name__.replace("_", " ")] += 1
            event(self, chance)
            redis.connection_pool.disconnect()  # Redis may be about to close them
            self.arm(chance)
            stage.submit(chance.randint(0, 200))
            stage.review()
        stage.wait_clear()
        stage.check()
        self.proxy.disarm()
        self.check_daemons()
        return len(stage.entries)

    def check_daemons(self):
        for name, daemon in self.daemons.items():
            assert daemon.process.poll() is None, f"{name} is gone: {daemon.lines()[-3:]}"
            assert not daemon.complaints() + daemon.lines("matkhau")
            self.rounds_of[name] += 1
            if self.rounds_of[name] == 3:
                self.size[name] = daemon.memory(), daemon.descriptors()
            elif self.rounds_of[name] > 3 and not daemon.is_sanitized():
                grown = daemon.memory() - self.size[name][0]
                assert grown < GROWTH, f"{name} has grown by {grown} KiB"
            if self.rounds_of[name] > 3:
                self.check_descriptors(name, daemon)

    def check_descriptors(self, name, daemon):
        """When they were counted first, some of its four connections to Redis may have been down. The request
        for the number needs one more."""
        most = self.size[name][1] + 5
        try:
            wait_for(lambda: daemon.descriptors() <= most)
        except AssertionError:
            raise AssertionError(f"{name} has {daemon.descriptors()} descriptors, expected {most}") from None

    def end(self):
        for daemon in self.daemons.values():
            daemon.end()
        self.proxy.close()
        self.server.end()

    def faults(self):
        counts = Counter()
        for (_, kind), times in self.proxy.fired.items():
            counts[kind] += times
        return ", ".join(f"{times} {kind}" for kind, times in (counts + self.happened).most_common())


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    return parser.parse_args()


def main():
    to, rounds, entries = arguments(), 0, 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="duyetd-soak-") as directory:
        soak = Soak(pathlib.Path(directory))
        try:
            while rounds != to.rounds and (to.rounds or time.monotonic() - began < to.minutes * 60):
                entries += soak.round(to.seed + rounds)
                rounds += 1
        except BaseException:
            print(f"round {rounds} failed; again: soak.py --rounds 1 --seed {to.seed + rounds}", flush=True)
            for daemon in soak.daemons.values():
                print(*daemon.lines()[-15:], sep="\n")
            raise
        finally:
            soak.end()
    print(f"seed {to.seed}: {rounds} rounds, {entries} entries, one verdict each, in "
          f"{time.monotonic() - began:.0f} s, with {soak.started} daemons started")
    print(f"faults caused: {soak.faults()}")


if __name__ == "__main__":
    main()
