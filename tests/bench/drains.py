"""Drains of a backlog: how fast, and what Redis and the consumer spend on a comment.

In each round each consumer drains a copy of the same stream, in turn, so that disturbances of the
machine affect all. Results are medians; ratios are medians of the rounds' ratios. Redis and the
consumer have a core each, as on a busy site.
"""
import pathlib
import shutil
import statistics
import subprocess
import sys

import material
import profiler
from stage import (BUILD, ENTRIES, ROUNDS, SHORT, Consumer, cores_apart, cores_shared, cpu, duyetd, memory, reference,
                   scale, title)

FEW = scale(50, 2_000, 2_000)  # for the hand-written workers
SIZES = (10, 100, 1000, 10000)
BACKLOG = scale(5_000, 1_000_000, 1_000_000)
DRAINS = scale(1, 4, 4)  # in a profile
HERE = pathlib.Path(__file__).parent


class Table:
    """Rounds of drains, consumer by consumer."""

    def __init__(self, consumers):
        self.consumers = consumers
        self.runs = {one.name: [] for one, _, _ in consumers}

    def run(self, rounds):
        for number in range(rounds):
            for one, source, count in self.consumers:
                if sys.stderr.isatty():
                    print(f"\r\033[Kround {number + 1} of {rounds}: {one.name}", end="", file=sys.stderr, flush=True)
                self.runs[one.name].append(one.drain(source, count))
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    def rate(self, name):
        return statistics.median(run[0] for run in self.runs[name])

    def ratio(self, name, to):
        return statistics.median(a[0] / b[0] for a, b in zip(self.runs[name], self.runs[to]))

    def redis_us(self, name):
        """Redis's CPU for one entry, in each run."""
        return [1e6 * run[1] / run[0] for run in self.runs[name]]

    def redis_ratio(self, name, to):
        """The ratio of Redis's CPU for one entry. Unlike ratio(), it does not change when other
        programs use Redis's core."""
        return statistics.median(b / a for a, b in zip(self.redis_us(name), self.redis_us(to)))

    def show(self, base):
        print(f"{'':30}{'a second':>9}{'ratio':>6}{'cores':>12}{'µs of CPU':>12}{'MiB':>10}")
        print(f"{'':30}{'':15}{'Redis  own':>12}{'Redis   own':>12}{'idle peak':>10}")
        for one, _, _ in self.consumers:
            runs = self.runs[one.name]
            cores = [statistics.median(run[i] for run in runs) for i in (1, 2)]
            costs = [statistics.median(1e6 * run[i] / run[0] for run in runs) for i in (1, 2)]
            print(f"{one.name:30}{self.rate(one.name):9.0f}{self.ratio(one.name, base):6.2f}"
                  f"{cores[0]:7.2f}{cores[1]:5.2f}{costs[0]:6.1f}{costs[1]:6.1f}{one.memory:6.0f}"
                  f"{memory(one.process.pid):4.0f}", flush=True)


def node_worker(server, rules):
    modules = BUILD / "bench/node"
    modules.mkdir(parents=True, exist_ok=True)
    if not (modules / "node_modules/ioredis").is_dir():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", modules, "ioredis",
                        "linkify-it@5"], capture_output=True, text=True, check=True, timeout=120)
    shutil.copy(HERE / "worker.js", modules)
    return Consumer(server, "Node worker, 1000 patterns",
                    ["node", modules / "worker.js", server.socket, "PREFIX", rules])


def workers(server, rules):
    """The Python and the Node worker, by their names in the aims, if their runtimes are installed."""
    made = {"python": Consumer(server, "Python worker, 1000 patterns",
                               [sys.executable, HERE / "worker.py", server.socket, "PREFIX", rules])}
    missing = [program for program in ("node", "npm") if not shutil.which(program)]
    if SHORT or missing:
        print("No Node worker:", "SHORT=1 leaves it out." if SHORT else f"not installed: {', '.join(missing)}.")
        return made
    try:
        made["node"] = node_worker(server, rules)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"No Node worker: npm could not install ioredis and linkify-it: {str(error)[:200]}")
    return made


def drains(bench):
    title("Draining a backlog: entries a second, cores of CPU, resident memory")
    server, rules = bench.server, bench.rules
    bench.fill_many()
    server.fill("few", bench.comments, FEW)
    fast = {mode: reference(server, mode) for mode in ("bare", "approve", "tenth")}
    ours = {size: duyetd(server, rules[size], f"duyetd, {size} patterns") for size in SIZES}
    slow = workers(server, rules[1000])
    shown = [*fast.values(), *ours.values(), *slow.values()]
    run = [*fast.values(), *(ours[size] for size in (1000, 10, 10000, 100)), *slow.values()]  # compared: side by side
    table = Table([(one, *(("few", FEW) if one in slow.values() else ("many", ENTRIES))) for one in run])
    cores_apart(server, run)
    table.run(ROUNDS)
    table.consumers.sort(key=lambda row: shown.index(row[0]))
    table.show(fast["approve"].name)
    print(f"\nMedians of {ROUNDS} rounds of {ENTRIES} comments ({FEW} for the hand-written workers). ratio: to\n"
          "the reference that approves without judging. µs: of CPU for one comment.")
    drain_aims(bench.aims, table, {**fast, **ours, **slow})
    profile_drains(bench, fast, ours[1000])
    cores_shared(server, run)


def drain_aims(aims, table, consumers):
    name = {called: one.name for called, one in consumers.items()}
    aims.set("unseen", table.ratio(name["approve"], name["bare"]))
    aims.set("tenth", table.ratio(name["tenth"], name["bare"]))
    aims.set("tenth-cpu", table.redis_ratio(name["tenth"], name["bare"]))
    aims.set("judged", table.ratio(name[1000], name["tenth"]))
    aims.set("sizes", table.ratio(name[10000], name[10]))
    for worker in ("python", "node"):
        if worker in name:
            aims.set(worker, table.ratio(name[1000], name[worker]))
    more = statistics.median(
        10 * (a - b) for a, b in zip(table.redis_us(name["tenth"]), table.redis_us(name["approve"])))
    print(f"\nA rejection takes {more:.1f} µs of Redis more than an approval: the hash and the\n"
          "entry of its record, their expiry, and the arguments for them.")


def profile_drains(bench, fast, ours):
    """Prints the profile of the drains that the aims compare."""
    if not bench.begin_profile("drain"):
        return
    for one in (fast["bare"], fast["approve"], fast["tenth"], ours):
        pids = {"redis-server": bench.server.process.pid, one.name: one.process.pid}
        print(f"\n{one.name}:")
        profiler.processes(pids, bench.server.client, lambda: [one.drain("many", ENTRIES) for _ in range(DRAINS)],
                           DRAINS * ENTRIES)


FLOOD = "rules: [{name: flood, kind: repeat, times: 3, within: 10m, action: watch, message: m}]\n"


def repeated(bench):
    """The cost of a rule of the kind repeat: when each text comes once, as nearly all do, and when a few
    texts come all the time."""
    title("Counting repeated texts: a drain without and with a rule of the kind repeat")
    server, directory, texts = bench.server, bench.directory, material.comments()
    bench.fill_many()
    apart = directory / "apart.txt"
    apart.write_text("".join(f"{texts[i % len(texts)]} {word(i)}\n" for i in range(ENTRIES)), encoding="utf-8")
    server.fill("apart", apart, ENTRIES)
    with_rule = directory / "rules-repeat"
    shutil.copytree(bench.rules[1000], with_rule)
    (with_rule / "90-flood.yaml").write_text(FLOOD, encoding="utf-8")
    one = duyetd(server, bench.rules[1000], "duyetd, 1000 patterns")
    counting = duyetd(server, with_rule, "with repeat, 1000 patterns")
    cores_apart(server, [one, counting])
    for source, what in (("apart", "each text once"), ("many", f"{len(set(texts))} texts")):
        table = Table([(one, source, ENTRIES), (counting, source, ENTRIES)])
        table.run(ROUNDS)
        print(f"{what}:")
        table.show(one.name)
    cores_shared(server, [one, counting])
    server.client.delete("apart:submitted")


def word(number):
    """A word of four syllables, another one for each number."""
    parts = ""
    for _ in range(4):
        number, first = divmod(number, 18)
        parts += "bcdghklmnpqrstvxyz"[first] + "aeiou"[first % 5]
    return parts


def backlog(bench):
    title(f"A backlog of {BACKLOG:,}: memory in MiB")
    server = bench.server
    server.fill("backlog", bench.comments, BACKLOG)
    used = server.client.info("memory")["used_memory"] / 2**20
    one = duyetd(server, bench.rules[10], "backlog, 10 patterns")
    idle = one.memory
    rate, redis, itself = one.drain("backlog", BACKLOG, 600)
    peak = memory(one.process.pid)
    bench.aims.set("backlog", peak)
    print(f"  Redis with it: {used:.0f}; duyetd before: {idle:.1f}, peak while draining: {peak:.1f}\n"
          f"  {rate:.0f} a second, cores {redis:.2f} and {itself:.2f}")
    if bench.begin_profile("backlog"):
        lines = pathlib.Path(f"/proc/{one.process.pid}/status").read_text(encoding="utf-8").splitlines()
        print("\n".join(line for line in lines if line.startswith(("VmHWM", "Rss", "VmData", "VmLib"))))
    one.end()
    server.client.delete("backlog:submitted")
    long_comments(bench)


def long_comments(bench):
    long = bench.directory / "long.txt"
    text = " ".join(material.SENTENCES)
    long.write_text(((text + " ") * 40)[:40000].encode()[:65000].decode(errors="ignore") + "\n", encoding="utf-8")
    bench.server.fill("long", long, FEW)
    one = duyetd(bench.server, bench.rules[10], "long, 10 patterns")
    rate, _, _ = one.drain("long", FEW)
    print(f"  comments of 64 KiB: peak {memory(one.process.pid):.1f}; {rate:.0f} a second")
    bench.server.client.delete("long:submitted")


def instances(bench):
    title("Several instances on one group")
    bench.fill_many()
    print(f"{'':20}{'a second':>10}{'ratio':>8}{'Redis':>8}   share of each")
    alone = None
    for size in (1, 2, 4):
        rate, redis, share = rate_of_instances(bench, size)
        alone = alone or rate
        print(f"{size} instance{'s' if size > 1 else ' '}         {rate:10.0f}{rate / alone:8.2f}{redis:8.2f}   " +
              " ".join(f"{s:.0f} %" for s in share), flush=True)


def rate_of_instances(bench, size):
    """Medians of the rate, of Redis's cores, and of the share of each instance in percent."""
    daemons = [duyetd(bench.server, bench.rules[1000], f"instances-{size}", "--consumer", f"w{i}") for i in range(size)]
    rates, shares = [], []
    for _ in range(ROUNDS):
        before = [cpu(one.process.pid) for one in daemons]
        rates.append(daemons[0].drain("many", ENTRIES))
        spent = [cpu(one.process.pid) - ago for one, ago in zip(daemons, before)]
        shares.append(sorted(100 * s / max(sum(spent), 1e-9) for s in spent))
    for one in daemons:
        one.end()
    return (statistics.median(run[0] for run in rates), statistics.median(run[1] for run in rates),
            [statistics.median(row[i] for row in shares) for i in range(size)])
