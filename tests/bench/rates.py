"""Comments that are added at a rate: latency, what everyday rates cost, and a reload under load.

No process is bound to a core. What a load costs Redis without a consumer is subtracted.
"""
import signal
import statistics
import threading
import time

import profiler
from stage import ENTRIES, ROUNDS, cpu, duyetd, memory, reference, scale, title, wait_for

SECONDS = scale(0.2, 1, 2)  # of a load at an everyday rate
RATES = (50, 1_000, 10_000)


def most_with_load(bench, one):
    """Comments a second when comments are added and verdicts are read as fast as possible: the best of
    five, since a disturbance can only make it slower."""
    bench.fill_many()
    offered, rates = one.drain("many", ENTRIES)[0], []
    for _ in range(scale(1, 5, 5)):
        start = time.monotonic()
        answered = bench.server.load(one.prefix, "verdicts", bench.comments, offered, scale(0.05, 2, 2))[4]
        rates.append(answered / (time.monotonic() - start))
        wait_for(lambda: bench.server.client.xlen(one.key("submitted")) == 0)
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
    print(f"{name:42}{p50:7.2f}{p99:7.2f}{p999:7.2f}{most:7.2f}" + "".join(f"{used:5.2f}" for used in cores) +
          (f" {missing:.0f} of {answered + missing:.0f} unanswered" if missing else ""), flush=True)


def latency_head():
    print(f"{'':42}{'p50':>7}{'p99':>7}{'p99.9':>7}{'max':>7}  cores")


def median_of(runs):
    """The run whose p99 is the median."""
    return sorted(runs, key=lambda run: run[1])[len(runs) // 2]


def latency_runs(bench, tenth, one, speed):
    """The results of each, in turns: a bare round trip through Redis, the reference, duyetd."""
    server, seconds = bench.server, scale(0.2, 2, 4)
    runs = {"bare XADD, XREAD": [], tenth.name: [], one.name: []}
    for _ in range(scale(1, 3, 5)):
        runs["bare XADD, XREAD"].append(server.load("echo", "echo", bench.comments, speed, seconds))
        server.client.unlink("echo:submitted")
        for consumer in (tenth, one):
            runs[consumer.name].append(loaded(server, consumer, bench.comments, speed, seconds))
    return runs


def latency(bench):
    """Compared with a bare round trip through Redis, and with a consumer that settles and rejects as
    many without judging."""
    title("Latency: from XADD to the verdict read, ms; cores of Redis and of the consumer")
    tenth = reference(bench.server, "tenth")
    one = duyetd(bench.server, bench.rules[1000], "duyetd, 1000 patterns")
    half = most_with_load(bench, one) / 2
    print(f"The highest rate with a web tier that submits and reads: {2 * half:.0f} a second.\n")
    latency_head()
    for speed in (*RATES, half):
        runs = latency_runs(bench, tenth, one, speed)
        for called, numbers in runs.items():
            latency_row(f"{speed:7.0f}/s {called}", median_of(numbers))
    bare, others, ours = runs.values()  # at half the highest rate
    for name, to in (("half-echo", bare), ("half-p99", others)):
        bench.aims.set(name, statistics.median(a[1] / b[1] for a, b in zip(ours, to)))
    if bench.begin_profile("latency"):
        profile_rate(bench, one, half)


def profile_rate(bench, one, rate):
    seconds = scale(0.5, 3, 3)
    print(f"At {rate:,.0f} a second:")
    profiler.processes({"redis-server": bench.server.process.pid, "duyetd": one.process.pid}, bench.server.client,
                       lambda: bench.server.load(one.prefix, "verdicts", bench.comments, rate, seconds), rate * seconds)
    one.forget()


# ---- everyday rates ---------------------------------------------------------------------

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


SCRIPT_COMMANDS = ("xlen", "time", "xack", "xadd", "del", "xdel", "hincrby")


def script_costs(server):
    """Of one EVALSHA, in µs since CONFIG RESETSTAT: its time, and the time of the commands that it calls.
    Commands that only clients send are left out."""
    stats = server.client.info("commandstats")
    script = stats["cmdstat_evalsha"]
    each = [stats.get(f"cmdstat_{name}", {"usec": 0, "calls": 1}) for name in SCRIPT_COMMANDS]
    return script["usec"] / script["calls"], sum(one["usec"] / one["calls"] for one in each)


def everyday_runs(bench, kinds, rate, scripts):
    """For each kind: (Redis's CPU added, own CPU, p50, p99) of each round. At the lowest rate each
    comment is settled alone, so there the cost of the script is added to `scripts`."""
    runs = {kind: [] for kind in kinds}
    for number in range(ROUNDS):
        alone = unconsumed(bench.server, bench.comments, rate, SECONDS)
        for kind in list(kinds)[::-1 if number % 2 else 1]:
            bench.server.client.config_resetstat()
            p50, p99, redis, own = at_rate(bench.server, kinds[kind], bench.comments, rate, SECONDS)
            runs[kind].append((redis - alone, own, p50, p99))
            if rate == RATES[0]:
                scripts.append(script_costs(bench.server))
    return runs


def everyday_row(rate, kind, numbers):
    middle = [statistics.median(run[i] for run in numbers) for i in range(4)]
    said = "".join(f"{value:{width}.{digits}f}" for value, width, digits
                   in zip(middle, (12, 8, 8, 8), (1, 1, 2, 2)))
    print(f"{rate:7,}/s  {kind:32}{said}", flush=True)
    return middle


def ratio(runs, kind, to, index):
    """The median of the pairs' ratios."""
    return statistics.median(a[index] / b[index] for a, b in zip(runs[kind], runs[to]) if b[index] > 0)


LINGER, NONE = "--linger 1ms", "--linger 0"


def everyday_kinds(bench):
    rules = bench.rules[1000]
    kinds = {NONE: duyetd(bench.server, rules, "everyday 0", "--linger", "0"),
             LINGER: duyetd(bench.server, rules, "everyday 1ms", "--linger", "1ms")}
    if bench.before:
        kinds[bench.before.name] = duyetd(bench.server, rules, "everyday before", binary=bench.before.duyetd)
    return kinds


def everyday(bench):
    """In pairs; the cost of a load without a consumer is subtracted."""
    title("Everyday rates: CPU in µs a comment, latency in ms; with lingering and without")
    print(f"{'':44}{'Redis added':>12}{'own':>8}{'p50':>8}{'p99':>8}")
    kinds, scripts = everyday_kinds(bench), []
    for rate in RATES:
        runs = everyday_runs(bench, kinds, rate, scripts)
        middle = {kind: everyday_row(rate, kind, numbers) for kind, numbers in runs.items()}
        everyday_aims(bench, rate, runs, middle[LINGER])
    script, inner = (statistics.median(run[i] for run in scripts) for i in (0, 1))
    bench.aims.set("script", script)
    print(f"\nThe script that settles one comment takes {script:.1f} µs at {RATES[0]}/s, of which\n"
          f"its commands {inner:.1f} µs; the rest is Redis's calling of Lua and Lua's calling of commands.")
    if bench.begin_profile("everyday"):
        for rate in RATES:
            profile_rate(bench, kinds[LINGER], rate)


def everyday_aims(bench, rate, runs, middle):
    aims = bench.aims
    if rate == 50:
        aims.set("lone-p50", ratio(runs, LINGER, NONE, 2))
    elif rate == 1_000:
        aims.set("slow-p50", ratio(runs, LINGER, NONE, 2))
        aims.set("slow-p99", ratio(runs, LINGER, NONE, 3))
    else:
        aims.set("p50", middle[2])
        aims.set("p99", middle[3])
        for index, what in enumerate(("redis", "own") if bench.before else ()):
            aims.set(what, ratio(runs, LINGER, bench.before.name, index))


# ---- a reload ---------------------------------------------------------------------------

def reload(bench):
    """The two rows differ only in the reload: the rules are the same."""
    title("Reloading 10,000 patterns under load, ms; cores of Redis and of duyetd")
    latency_head()
    one, times = duyetd(bench.server, bench.rules[10000], "reload, 10000 patterns"), scale(1, 5, 7)
    rate, seconds = 8_000, 2 + 2 * one.start_seconds
    runs = {"without": [], "with": []}
    for _ in range(times):
        for kind, numbers in runs.items():
            if kind == "with":
                threading.Timer(1, one.process.send_signal, [signal.SIGHUP]).start()
            numbers.append(loaded(bench.server, one, bench.comments, rate, seconds))
    for kind, numbers in runs.items():
        latency_row(kind, [statistics.median(run[i] for run in numbers) for i in range(len(numbers[0]))])
    later = statistics.median(b[3] - a[3] for a, b in zip(runs["without"], runs["with"]))
    bench.aims.set("reload", later)
    print(f"\nMedians of {times} pairs at {rate} comments a second. The slowest verdict came\n{later:.1f} ms later. "
          f"Loading takes {one.start_seconds:.1f} s; peak {memory(one.process.pid):.0f} MiB while both sets are there.")
    if bench.begin_profile("reload"):
        threading.Timer(0.5, one.process.send_signal, [signal.SIGHUP]).start()
        profile_rate(bench, one, rate)
