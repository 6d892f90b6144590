"""Measures the speed and the limit that Redis sets: `make bench`, about five minutes; FULL=1 for all of it.

One private Redis. Every consumer waits under its own prefix during the whole run. In each round each
drains a copy of the same stream, in turn, so that disturbances of the machine affect all. Results are
medians; ratios are medians of the rounds' ratios. In drains Redis and the consumer have a core each, as
on a busy site; with a load beside them, nothing is bound to a core.
"""
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import material
from stage import BUILD, REDIS_SERVER, ROOT, Consumer, Redis, cpu, keep_to, memory, wait_for

FULL = os.environ.get("FULL", "") not in ("", "0")
ROUNDS = 21 if FULL else 11  # short and many, since disturbances of the machine come and go
ENTRIES = 100_000 if FULL else 50_000
FEW = 2_000  # for the hand-written workers
SIZES = (10, 100, 1000, 10000)
HERE = pathlib.Path(__file__).parent


def title(text):
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def duyetd(server, rules, name, *options, binary=BUILD / "duyetd"):
    return Consumer(server, name, [binary, "run", "--redis", f"unix://{server.socket}", "--prefix",
                                   "PREFIX", "--rules", rules, "--log-level", "warning", *options])


def reference(server, mode, name, *depth):
    return Consumer(server, name, [BUILD / "bench/reference", server.socket, "PREFIX", mode, *depth])


def workers(server, rules):
    """The Python and the Node worker, if their runtimes are installed."""
    made = [Consumer(server, "Python worker, 1000 patterns",
                     [sys.executable, HERE / "worker.py", server.socket, "PREFIX", rules])]
    if not shutil.which("node") or not shutil.which("npm"):
        print("No Node worker: node and npm are not installed.")
        return made
    modules = BUILD / "bench/node"
    modules.mkdir(parents=True, exist_ok=True)
    if not (modules / "node_modules/ioredis").is_dir():
        done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", modules,
                               "ioredis", "linkify-it@5"], capture_output=True, text=True)
        if done.returncode:
            print(f"No Node worker: npm could not install ioredis and linkify-it: {done.stderr.strip()[:200]}")
            return made
    shutil.copy(HERE / "worker.js", modules)
    made.append(Consumer(server, "Node worker, 1000 patterns",
                         ["node", modules / "worker.js", server.socket, "PREFIX", rules]))
    return made


def cores_apart(server, consumers):
    """Redis on the last core, its consumers and this script on the others."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        keep_to(server.process.pid, cores[-1:])
        for one in consumers:
            keep_to(one.process.pid, cores[:-1])


def cores_shared(server, consumers):
    for process in (server.process, *(one.process for one in consumers)):
        keep_to(process.pid, os.sched_getaffinity(0))


class Table:
    """Rounds of drains, consumer by consumer."""

    def __init__(self, contenders):
        self.contenders = contenders
        self.runs = {one.name: [] for one, _, _ in contenders}

    def run(self, rounds):
        for number in range(rounds):
            for one, source, count in self.contenders:
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
        """As ratio(), where Redis has a core of its own whatever else the machine does."""
        return statistics.median(b / a for a, b in zip(self.redis_us(name), self.redis_us(to)))

    def show(self, base):
        print(f"{'':34}{'a second':>10}{'ratio':>7}{'least..most':>14}{'cores':>12}{'µs of CPU':>13}{'free':>7}{'MiB':>11}")
        print(f"{'':34}{'':31}{'Redis  own':>12}{'Redis  own':>13}{'cores':>7}{'now peak':>11}")
        for one, _, _ in self.contenders:
            runs = self.runs[one.name]
            rates = [run[0] / 1000 for run in runs]
            cores = [statistics.median(run[i] for run in runs) for i in (1, 2)]
            costs = [statistics.median(1e6 * run[i] / run[0] for run in runs) for i in (1, 2)]
            print(f"{one.name:34}{self.rate(one.name):10.0f}{self.ratio(one.name, base):7.2f}"
                  f"{min(rates):8.1f}..{max(rates):3.0f}k{cores[0]:7.2f}{cores[1]:5.2f}"
                  f"{costs[0]:8.1f}{costs[1]:5.1f}{1000 / max(costs):6.0f}k{one.memory:6.0f}{memory(one.process.pid):5.0f}")


def drains(server, rules, comments):
    title("Draining a backlog: entries a second, cores of CPU, resident memory")
    server.fill("many", comments, ENTRIES)
    server.fill("few", comments, FEW)
    fast = [reference(server, "bare", "bare: XACK and XADD"),
            reference(server, "approve", "reference: approves unseen"),
            reference(server, "tenth", "reference: rejects every tenth")]
    ours = {size: duyetd(server, rules[size], f"duyetd, {size} patterns") for size in SIZES}
    slow = workers(server, rules[1000])
    shown = [*fast, *ours.values(), *slow]
    run = [*fast, ours[1000], ours[10], ours[10000], ours[100], *slow]  # the consumers that are compared
    contenders = [(one, *(("few", FEW) if one in slow else ("many", ENTRIES))) for one in run]
    table = Table(contenders)
    cores_apart(server, [one for one, _, _ in contenders])
    table.run(ROUNDS)
    cores_shared(server, [one for one, _, _ in contenders])
    table.contenders.sort(key=lambda contender: shown.index(contender[0]))
    table.show(fast[1].name)
    print(f"\nMedians of {ROUNDS} rounds of {ENTRIES} comments ({FEW} for the workers by hand); ratio: to the "
          "reference that approves unseen.\nµs: of CPU that Redis and the consumer itself spend on one "
          "comment, whatever else the machine does; free cores: what\nthat allows where each has a core to "
          "itself, computed.\n")
    bare, approve, tenth = (one.name for one in fast)
    name = {size: one.name for size, one in ours.items()}
    said = [("reference to the bare ceiling", table.ratio(approve, bare), 0.65),
            ("the same, by Redis's CPU", table.redis_ratio(approve, bare), 0.65),
            ("reference that rejects every tenth to the bare ceiling", table.ratio(tenth, bare), 0.80),
            ("the same, by Redis's CPU", table.redis_ratio(tenth, bare), 0.80),
            ("1,000 patterns to the reference that rejects as many", table.ratio(name[1000], tenth), 0.90),
            ("1,000 patterns to the one that rejects none", table.ratio(name[1000], approve), None),
            ("10,000 patterns to 10", table.ratio(name[10000], name[10]), 0.90)]
    said += [(f"duyetd to the {one.name}", table.ratio(name[1000], one.name), 20) for one in slow]
    for what, ratio, least in said:
        print(f"  {what:56}{ratio:8.2f}" + (f"   aim: >= {least}" if least else "") +
              ("   NOT MET" if least and ratio < least else ""))
    more = statistics.median(10 * (a - b) for a, b in zip(table.redis_us(tenth), table.redis_us(approve)))
    print(f"  A rejection takes {more:.1f} µs of Redis more than an approval: the hash and the entry of its record, their "
          "expiry,\n  and the arguments for them.")
    for one in [fast[0], fast[1], ours[10], ours[100], *slow]:
        one.end()
    return fast[2], ours, table.rate(name[1000])


FLOOD = "rules: [{name: flood, kind: repeat, times: 3, within: 10m, action: watch, message: m}]\n"


def repeated(server, one, rules, directory):
    """The cost of a rule of the kind repeat: when each text comes once, as nearly all do, and when a few
    texts come all the time."""
    title("Counting repeated texts: the drain of before, without and with a rule of the kind repeat")
    texts = material.comments()
    apart = directory / "apart.txt"
    apart.write_text("".join(f"{texts[i % len(texts)]} {word(i)}\n" for i in range(ENTRIES)), encoding="utf-8")
    server.fill("apart", apart, ENTRIES)
    with_rule = directory / "rules-repeat"
    shutil.copytree(rules, with_rule)
    (with_rule / "90-flood.yaml").write_text(FLOOD, encoding="utf-8")
    counting = duyetd(server, with_rule, "with repeat, 1000 patterns")
    for source, what in (("apart", "each text once"), ("many", f"{len(set(texts))} texts")):
        table = Table([(one, source, ENTRIES), (counting, source, ENTRIES)])
        cores_apart(server, [one, counting])
        table.run(ROUNDS)
        print(f"{what}:")
        table.show(one.name)
    cores_shared(server, [one, counting])
    counting.end()
    server.client.delete("apart:submitted")


def word(number):
    """A word of four syllables, another one for each number."""
    parts = ""
    for _ in range(4):
        number, first = divmod(number, 18)
        parts += "bcdghklmnpqrstvxyz"[first] + "aeiou"[first % 5]
    return parts


def most_with_load(server, one, rate, comments):
    """Comments a second when comments are added and verdicts are read as fast as possible: the best of
    five, since a disturbance can only make it slower."""
    rates = []
    for _ in range(5):
        start = time.monotonic()
        answered = server.load(one.prefix, "verdicts", comments, rate, 2)[4]
        rates.append(answered / (time.monotonic() - start))
        wait_for(lambda: server.client.xlen(one.key("submitted")) == 0)
        one.forget()
    return max(rates)


def loaded(server, one, comments, rate, seconds):
    """The result of bench-load, and the cores that Redis and the consumer used."""
    pids = (server.process.pid, one.process.pid)
    before = [cpu(pid) for pid in pids]
    numbers = server.load(one.prefix, "verdicts", comments, rate, seconds)
    numbers += [(cpu(pid) - ago) / seconds for pid, ago in zip(pids, before)]
    one.forget()
    return numbers


def latency_row(name, numbers):
    p50, p99, p999, most, answered, missing, *cores = numbers
    print(f"{name:44}{p50:8.2f}{p99:8.2f}{p999:8.2f}{most:8.2f}{answered:9.0f}" +
          "".join(f"{used:7.2f}" for used in cores) + (f"   {missing:.0f} unanswered" if missing else ""), flush=True)


def median_of(runs):
    """The run whose p99 is the median."""
    return sorted(runs, key=lambda run: run[1])[len(runs) // 2]


def latency(server, tenth, ours, rate, comments):
    """Compared with a bare round trip through Redis, and with a consumer that settles and rejects as
    many without judging."""
    title("Latency: from XADD to the verdict read, ms")
    rate = most_with_load(server, ours[1000], rate, comments)
    print(f"The most with a web tier that adds and reads beside it: {rate:.0f} a second.\n")
    print(f"{'':44}{'p50':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'comments':>9}  cores: Redis, own")
    one, seconds, times = ours[1000], 4 if FULL else 2, 5 if FULL else 3
    pairs = []
    for speed in (50, 1000, 10_000, rate / 2):
        runs = {"bare XADD, XREAD": [], tenth.name: [], one.name: []}
        for _ in range(times):
            runs["bare XADD, XREAD"].append(server.load("echo", "echo", comments, speed, seconds))
            server.client.unlink("echo:submitted")
            for consumer in (tenth, one):
                runs[consumer.name].append(loaded(server, consumer, comments, speed, seconds))
        for called, numbers in runs.items():
            latency_row(f"{speed:7.0f}/s  {called}", median_of(numbers))
        pairs.append((speed, *runs.values()))
    print()
    for to, what, aim in ((1, "bare round trip's", "   aim at half the rate: <= 2"), (2, "reference's", "")):
        ratios = [(row[0], statistics.median(a[1] / b[1] for a, b in zip(row[3], row[to]))) for row in pairs]
        print(f"  p99 to the {what}, medians of the pairs: " +
              ", ".join(f"{ratio:.2f} at {speed:.0f}/s" for speed, ratio in ratios) + aim)
    return rate


def unconsumed(server, comments, rate, seconds):
    """Redis's CPU in µs a comment when the load reads its own entries and there is no consumer."""
    before = cpu(server.process.pid)
    answered = server.load("echo", "echo", comments, rate, seconds)[4]
    took = cpu(server.process.pid) - before
    server.client.unlink("echo:submitted")
    return 1e6 * took / answered


def at_rate(server, one, comments, rate, seconds):
    """p50 and p99 in ms, CPU of Redis and of duyetd in µs a comment."""
    p50, p99, _, _, answered, missing, *cores = loaded(server, one, comments, rate, seconds)
    if missing:
        print(f"{one.name}: {missing:.0f} of {answered + missing:.0f} unanswered at {rate:,} a second")
    return p50, p99, *(1e6 * used * seconds / answered for used in cores)


def script_costs(server):
    """EVALSHA since CONFIG RESETSTAT: its µs, and the µs of its commands, without those of clients."""
    stats = server.client.info("commandstats")
    script = stats["cmdstat_evalsha"]
    inner = ("xlen", "time", "xack", "xadd", "del", "xdel", "hincrby")
    each = {name: stats.get(f"cmdstat_{name}", {"usec": 0, "calls": 1}) for name in inner}
    return script["usec"] / script["calls"], sum(one["usec"] / one["calls"] for one in each.values())


def aim(what, figure, unit, most):
    print(f"  {what:64}{figure:8.2f}{unit}   aim: <= {most}{'' if figure <= most else '   NOT MET'}")


def everyday(server, rules, comments):
    """In pairs; the cost of a load without a consumer is subtracted."""
    title("Everyday rates: CPU in µs a comment, latency in ms; with lingering and without")
    print(f"{'':44}{'Redis added':>12}{'own':>8}{'p50':>8}{'p99':>8}")
    kinds = {"--linger 0": duyetd(server, rules[1000], "everyday, --linger 0", "--linger", "0"),
             "--linger 1ms": duyetd(server, rules[1000], "everyday, --linger 1ms", "--linger", "1ms")}
    seconds, ratio, last, scripts = 2 if FULL else 1, {}, {}, []
    for rate in (50, 1_000, 10_000):
        runs = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            alone = unconsumed(server, comments, rate, seconds)
            for kind in list(kinds)[::-1 if number % 2 else 1]:
                server.client.config_resetstat()
                p50, p99, redis, own = at_rate(server, kinds[kind], comments, rate, seconds)
                runs[kind].append((redis - alone, own, p50, p99))
                if rate == 50:
                    scripts.append(script_costs(server))
        for kind, numbers in runs.items():
            last[rate, kind] = [statistics.median(run[i] for run in numbers) for i in range(4)]
            said = "".join(f"{value:{width}.{digits}f}" for value, width, digits
                           in zip(last[rate, kind], (12, 8, 8, 8), (1, 1, 2, 2)))
            print(f"{rate:7,}/s  {kind:33}{said}", flush=True)
        pairs = list(zip(*runs.values()))
        ratio[rate] = [statistics.median(b[i] / a[i] for a, b in pairs if a[i] > 0) for i in range(4)]
    for one in kinds.values():
        one.end()
    print()
    aim("10,000/s: Redis's CPU that duyetd adds, lingering to none", ratio[10_000][0], "   ", 0.33)
    aim("10,000/s: duyetd's CPU, lingering to none", ratio[10_000][1], "   ", 0.5)
    aim("10,000/s: p50", last[10_000, "--linger 1ms"][2], " ms", 1)
    aim("10,000/s: p99", last[10_000, "--linger 1ms"][3], " ms", 2)
    aim("1,000/s: p50, lingering to none", ratio[1_000][2], "   ", 1.1)
    aim("1,000/s: p99, lingering to none", ratio[1_000][3], "   ", 1.1)
    script, inner = (statistics.median(run[i] for run in scripts) for i in (0, 1))
    aim("50/s: the script that settles one comment", script, " µs", 18)
    print(f"    of which its commands {inner:.1f} µs; the rest is Redis's calling of Lua and Lua's calling of commands")


def reload(server, ours, rate, comments):
    """The two rows differ only in the reload: the rules are the same."""
    title("Reloading 10,000 patterns under load, ms")
    print(f"{'':44}{'p50':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'comments':>9}")
    one, times = ours[10000], 7 if FULL else 5
    rate, seconds = rate / 8, 2 + 2 * one.start_seconds
    runs = {"without": [], "with": []}
    for _ in range(times):
        for kind in runs:
            if kind == "with":
                timer = threading.Timer(1, one.process.send_signal, [signal.SIGHUP])
                timer.start()
            runs[kind].append(server.load(one.prefix, "verdicts", comments, rate, seconds))
            one.forget()
    for kind in runs:
        latency_row(kind, [statistics.median(run[i] for run in runs[kind]) for i in range(6)])
    longer = statistics.median(b[3] - a[3] for a, b in zip(runs["without"], runs["with"]))
    print(f"\n  medians of {times} pairs at {rate:.0f} comments a second; the slowest verdict came {longer:.1f} ms later"
          f" (aim: <= 5); loading takes {one.start_seconds:.1f} s; peak {memory(one.process.pid):.0f} MiB while both sets are there")


def backlog(server, rules, comments):
    count = 1_000_000
    title(f"A backlog of {count:,}: memory in MiB")
    server.fill("backlog", comments, count)
    used = server.client.info("memory")["used_memory"] / 2**20
    one = duyetd(server, rules[10], "backlog, 10 patterns")
    idle = one.memory
    rate, redis, itself = one.drain("backlog", count, 600)
    print(f"  Redis with it: {used:.0f}; duyetd before: {idle:.1f}, peak while draining: {memory(one.process.pid):.1f}"
          f" (aim: <= 16); {rate:.0f} a second, cores {redis:.2f} and {itself:.2f}")
    one.end()
    server.client.delete("backlog:submitted")
    long = pathlib.Path(comments).with_name("long.txt")
    text = " ".join(material.SENTENCES)
    long.write_text(((text + " ") * 40)[:40000].encode()[:65000].decode(errors="ignore") + "\n", encoding="utf-8")
    server.fill("long", long, 2000)
    one = duyetd(server, rules[10], "long, 10 patterns")
    rate, _, _ = one.drain("long", 2000)
    print(f"  comments of 64 KiB: peak {memory(one.process.pid):.1f}; {rate:.0f} a second")
    one.end()
    server.client.delete("long:submitted")


def fleet(server, rules):
    title("Several instances on one group")
    print(f"{'':20}{'a second':>10}{'ratio':>8}{'Redis':>8}   share of each")
    alone = None
    for size in (1, 2, 4):
        crew = [Consumer(server, f"fleet-{size}", [BUILD / "duyetd", "run", "--redis", f"unix://{server.socket}",
                                                  "--prefix", "PREFIX", "--rules", rules[1000], "--consumer", f"w{i}",
                                                  "--log-level", "warning"]) for i in range(size)]
        rates, shares = [], []
        for _ in range(ROUNDS):
            before = [cpu(one.process.pid) for one in crew]
            run = crew[0].drain("many", ENTRIES)
            spent = [cpu(one.process.pid) - ago for one, ago in zip(crew, before)]
            rates.append(run)
            shares.append(sorted(100 * s / max(sum(spent), 1e-9) for s in spent))
        rate = statistics.median(run[0] for run in rates)
        alone = alone or rate
        share = [statistics.median(row[i] for row in shares) for i in range(size)]
        print(f"{size} instance{'s' if size > 1 else ' '}         {rate:10.0f}{rate / alone:8.2f}"
              f"{statistics.median(run[1] for run in rates):8.2f}   " + " ".join(f"{s:.0f} %" for s in share),
              flush=True)
        for one in crew:
            one.end()


def judge(rules, directory):
    title("duyetd judge: JSON Lines in and out, no Redis")
    lines = directory / "comments.jsonl"
    texts = material.comments()
    copies = 20 if FULL else 10
    with open(lines, "w", encoding="utf-8") as file:
        for i, text in enumerate(texts * copies):
            file.write(json.dumps({"id": f"c{i}", "text": text}, ensure_ascii=False) + "\n")
    for label, where in (("shipped rules", ROOT / "rules"), ("1,000 patterns", rules[1000])):
        for jobs in (1, os.cpu_count()):
            rates = []
            for _ in range(ROUNDS):
                empty = seconds_of(where, jobs, os.devnull)
                rates.append(len(texts) * copies / (seconds_of(where, jobs, lines) - empty))
            print(f"  {label:16} --jobs {jobs}: {statistics.median(rates):8.0f} comments a second", flush=True)


def seconds_of(rules, jobs, lines):
    start = time.monotonic()
    subprocess.run([BUILD / "duyetd", "judge", "--rules", rules, "--jobs", str(jobs), lines], check=True,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def machine():
    model = [line.split(":", 1)[1].strip() for line in
             pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
    version = subprocess.run([REDIS_SERVER, "--version"], capture_output=True, text=True).stdout.split()[2]
    print(f"{os.cpu_count()} cores ({model[0] if model else '?'}), load {os.getloadavg()[0]:.1f}, Redis {version} "
          "on a Unix socket, no persistence. Ratios travel, absolutes do not.")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    (BUILD / "bench/consumers.log").write_bytes(b"")
    machine()
    with tempfile.TemporaryDirectory(prefix="duyetd-bench-") as name:
        directory = pathlib.Path(name)
        comments = directory / "comments.txt"
        comments.write_text("\n".join(material.comments()) + "\n", encoding="utf-8")
        rules = {size: material.write_rules(directory / f"rules-{size}", ROOT / "rules/10-site.yaml", size)
                 for size in SIZES}
        server = Redis(directory)
        try:
            tenth, ours, rate = drains(server, rules, comments)
            repeated(server, ours[1000], rules[1000], directory)
            rate = latency(server, tenth, ours, rate, comments)
            everyday(server, rules, comments)
            reload(server, ours, rate, comments)
            for one in (tenth, ours[1000], ours[10000]):
                one.end()
            backlog(server, rules, comments)
            fleet(server, rules)
            judge(rules, directory)
        finally:
            Consumer.end_all()
            server.end()


if __name__ == "__main__":
    main()
