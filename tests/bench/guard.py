"""Whether a change costs speed or memory: `make bench-guard BASE=REV`, about two minutes.

Builds the revision BASE and compares this tree ("new") with it. Both run in pairs, in turns; each
figure is the median of the pairs, with the ratio new/base. The range after a ratio has the middle half
of the pairs' ratios. If 1.00 is in this range, no difference is shown; more ROUNDS narrow the range.
Both judge by the same rules, those of BASE, unless a line says "own rules".

  ONLY=judge,load,drain,everyday,memory   some of the figures
  ROUNDS=N                                pairs, 5 or with FULL=1 15; twice as many of drain and everyday
  BASE=a5f8b07                            prints the aims of everyday rates, which compare with it
"""
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile

import material
from aims import BEFORE, Aims
from base import Side, build_base, find_commit
from rates import at_rate, unconsumed
from stage import BUILD, ROOT, Consumer, Redis, cores_apart, cores_shared, duyetd, memory

FULL = os.environ.get("FULL", "") not in ("", "0")
ROUNDS = int(os.environ.get("ROUNDS") or (15 if FULL else 5))
# Short and many runs: a disturbance of the machine then affects few pairs.
SECONDS = 1 if FULL else 0.5  # of each load
ENTRIES = 25_000  # of each drain
BACKLOG = 1_000_000 if FULL else 50_000
SIDES = ("base", "new")


def die(message):
    sys.exit(f"bench-guard: {message}")


def base_side():
    """The commit of BASE, and what was built from it."""
    name = os.environ.get("BASE")
    if not name:
        die("BASE is not set: expected a revision, as in `make bench-guard BASE=HEAD`")
    try:
        commit = find_commit(name)
        return commit, build_base(commit, "base")
    except ValueError as error:
        return die(error)


# ---- figures ----------------------------------------------------------------------------

def both_ways(number):
    """The two sides, in the order in which they run in this round."""
    return SIDES if number % 2 == 0 else SIDES[::-1]


def in_pairs(measure, rounds=ROUNDS):
    """The results of measure(name of a side): one dictionary of both sides for each round."""
    return [{name: measure(name) for name in both_ways(number)} for number in range(rounds)]


def middle_half(numbers):
    if len(numbers) < 2:
        return numbers[0], numbers[0]
    low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return low, high


def figure(what, pairs, digits=0):
    """One line: the medians of both sides, and of the pairs' ratios. Returns the latter."""
    medians = {name: statistics.median(pair[name] for pair in pairs) for name in SIDES}
    ratios = [pair["new"] / pair["base"] for pair in pairs if pair["base"] > 0]
    said = "     -"
    if ratios:
        low, high = middle_half(ratios)
        said = f"{statistics.median(ratios):6.2f}   {low:.2f}..{high:.2f}"
    print(f"{what:64}{medians['base']:12,.{digits}f}{medians['new']:12,.{digits}f}{said}", flush=True)
    return statistics.median(ratios) if ratios else None


def part(pairs, index, times=1):
    """One number of the results of each side."""
    return [{name: times * pair[name][index] for name in SIDES} for pair in pairs]


# ---- judging and loading ----------------------------------------------------------------

def spent(command):
    """Seconds of CPU of a process, and its peak memory in MiB."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise ChildProcessError(f"{command[0]} failed with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def judging(side, rules, lines=os.devnull):
    return spent([side.duyetd, "judge", "--jobs", "1", "--rules", rules, lines])


def both_load(sides, rules):
    try:
        return all(judging(side, rules) for side in sides.values())
    except ChildProcessError:
        return False


def common_rules(sides):
    for side in sides.values():
        if both_load(sides, side.rules):
            return side.rules
    return die("neither the rules of BASE nor those of this tree load in both revisions")


def rules_to_compare(sides, common):
    """Their names, and the directory of each side."""
    kinds = [("same rules", {name: common for name in SIDES})]
    if subprocess.run(["diff", "-rq", *(side.rules for side in sides.values())], capture_output=True).returncode:
        kinds.append(("own rules", {name: side.rules for name, side in sides.items()}))
    return kinds


def write_lines(path, texts):
    with open(path, "w", encoding="utf-8") as file:
        for i, text in enumerate(texts):
            file.write(json.dumps({"id": f"c{i}", "text": text}, ensure_ascii=False) + "\n")
    return path, len(texts)


def core_ns(side, rules):
    """What bench/judge measures for one comment, in ns, and the first line of its output, which says what it
    measures and in which unit."""
    said = subprocess.run([side.bench_judge, rules, "stages"], check=True, capture_output=True, text=True).stdout
    lines = said.splitlines()
    every = [line for line in lines if "judged by every rule" in line]
    return float(every[0].split()[-1]), lines[0]


def core(sides, called, rules):
    """Each side has its own program, since it is linked to the core. The figures are comparable if both
    measure in the same way."""
    if len({core_ns(side, rules[name])[1] for name, side in sides.items()}) > 1:
        return print(f"judge: core, {called}: not comparable: bench/judge of BASE measures other comments or another unit")
    pairs = in_pairs(lambda name: core_ns(sides[name], rules[name]))
    return figure(f"judge: core, ns of CPU a comment, {called}", part(pairs, 0))


def judge(sides, common, directory):
    files = {"prose": write_lines(directory / "prose.jsonl", material.comments() * 3),
             "hostile, 4 kB": write_lines(directory / "hostile.jsonl", material.hostile() * 150)}
    for called, rules in rules_to_compare(sides, common):
        core(sides, called, rules)
        for kind, (path, count) in files.items():
            def ns(name):
                loading = judging(sides[name], rules[name])[0]
                return 1e9 * (judging(sides[name], rules[name], path)[0] - loading) / count
            figure(f"judge: command, {kind}, ns of CPU a comment, {called}", in_pairs(ns))


def load(sides, common, directory):
    many = material.write_rules(directory / "rules-10000", common / "10-site.yaml", 10_000)
    shipped = [(f"shipped, {called}", rules) for called, rules in rules_to_compare(sides, common)]
    for called, rules in [*shipped, ("10,000 patterns", {name: many for name in SIDES})]:
        pairs = in_pairs(lambda name: judging(sides[name], rules[name]))
        figure(f"load: {called}, ms of CPU", part(pairs, 0, 1000))
        figure(f"load: {called}, peak MiB", part(pairs, 1), 1)


# ---- with Redis -------------------------------------------------------------------------

def daemon(server, sides, name, rules):
    return duyetd(server, rules, name, binary=sides[name].duyetd)


def drain(server, sides, rules, comments):
    server.fill("many", comments, ENTRIES)
    daemons = {name: daemon(server, sides, name, rules) for name in SIDES}
    cores_apart(server, daemons.values())
    for one in daemons.values():
        one.drain("many", ENTRIES)  # warms up
    pairs = in_pairs(lambda name: daemons[name].drain("many", ENTRIES), 2 * ROUNDS)
    cores_shared(server, daemons.values())
    figure("drain: comments a second", part(pairs, 0))
    for index, whose in ((1, "Redis's"), (2, "duyetd's")):
        figure(f"drain: {whose} CPU, µs a comment",
               [{name: 1e6 * run[index] / run[0] for name, run in pair.items()} for pair in pairs], 2)
    end(daemons)


def end(daemons):
    for one in daemons.values():
        one.end()


def everyday(server, sides, rules, comments):
    daemons = {name: daemon(server, sides, name, rules) for name in SIDES}
    for rate in (1_000, 10_000):
        pairs, alone = [], []
        for number in range(2 * ROUNDS):
            alone.append(unconsumed(server, comments, rate, SECONDS))
            pairs.append({name: at_rate(server, daemons[name], comments, rate, SECONDS) for name in both_ways(number)})
        called = f"everyday: {rate:,}/s:"
        own = figure(f"{called} duyetd's CPU, µs a comment", part(pairs, 3), 1)
        added = figure(f"{called} Redis's CPU above the load's own, µs",
                       [{name: run[2] - own for name, run in pair.items()} for pair, own in zip(pairs, alone)], 1)
        figure(f"{called} p50, ms", part(pairs, 0), 2)
        figure(f"{called} p99, ms", part(pairs, 1), 2)
    end(daemons)
    return {"own": own, "redis": added}  # the last rate has aims


def show_aims(ratios):
    """Of everyday rates, which are compared with BEFORE."""
    aims = Aims()
    for name, ratio in ratios.items():
        if ratio is not None:
            aims.set(name, ratio)
    print("\nAims")
    aims.show(ratios)


def backlog(server, sides, rules, comments):
    server.fill("backlog", comments, BACKLOG)

    def most(name):
        one = daemon(server, sides, name, rules)
        one.drain("backlog", BACKLOG, 600)
        peak = memory(one.process.pid)
        one.end()
        return one.memory, peak

    pairs = in_pairs(most, min(ROUNDS, 2))
    figure("memory: at rest, MiB", part(pairs, 0), 1)
    figure(f"memory: peak over a backlog of {BACKLOG:,}, MiB", part(pairs, 1), 1)
    server.client.delete("backlog:submitted")


# ---- all of it --------------------------------------------------------------------------

WITHOUT_REDIS = {"judge": judge, "load": load}
WITH_REDIS = {"drain": drain, "everyday": everyday, "memory": backlog}


def wanted():
    known = [*WITHOUT_REDIS, *WITH_REDIS]
    names = [name for name in os.environ.get("ONLY", "").split(",") if name] or known
    for name in names:
        if name not in known:
            die(f"ONLY={name}: expected one or more of {','.join(known)}")
    return names


def with_redis(names, sides, common, directory):
    comments = directory / "comments.txt"
    comments.write_text("\n".join(material.comments()) + "\n", encoding="utf-8")
    rules = material.write_rules(directory / "rules-1000", common / "10-site.yaml", 1000)
    server = Redis(directory)
    try:
        return {name: WITH_REDIS[name](server, sides, rules, comments) for name in names}
    finally:
        Consumer.end_all()
        server.end()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    names, (commit, base) = wanted(), base_side()
    sides = {"base": base, "new": Side("new", ROOT, BUILD)}
    common = common_rules(sides)
    print(f"base: {commit[:12]}; new: this tree; {ROUNDS} pairs; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'':64}{'base':>12}{'new':>12}{'ratio':>6}   middle half")
    with tempfile.TemporaryDirectory(prefix="duyetd-guard-") as name:
        directory = pathlib.Path(name)
        for called in (one for one in names if one in WITHOUT_REDIS):
            WITHOUT_REDIS[called](sides, common, directory)
        results = with_redis([one for one in names if one in WITH_REDIS], sides, common, directory)
    if "everyday" in results and commit.startswith(BEFORE):
        show_aims(results["everyday"])


if __name__ == "__main__":
    main()
