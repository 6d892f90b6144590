"""Judging and loading, without Redis."""
import json
import os
import resource
import statistics
import subprocess
import time

import material
import profiler
from stage import BUILD, ROOT, ROUNDS, SHORT, scale, title

LISTS = (100, 1_000) if SHORT else (10_000, 100_000, 300_000)
BENCH_JUDGE, BENCH_LISTS = BUILD / "bench/judge", BUILD / "bench/lists"


def judging(bench):
    title("Judging: ns of CPU, by stage, length, text and rules")
    arguments = [BENCH_JUDGE, ROOT / "rules", *(["stages"] if SHORT else [])]
    said = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    print(said, flush=True)
    bench.aims.set("judging", every_rule(said) / 1000)
    if "times prose" in said:
        table = said.partition("times prose\n")[2].partition("phrases and patterns")[0]
        bench.aims.set("hostile", max(float(line.split()[-1]) for line in table.splitlines()))
    command(bench)
    if bench.begin_profile("judging"):
        profiler.command("bench/judge", [BENCH_JUDGE, ROOT / "rules", "stages"])


def every_rule(said):
    """ns that a comment takes, of what bench/judge prints."""
    line, = (line for line in said.splitlines() if "judged by every rule" in line)
    return float(line.split()[-1])


def command(bench):
    """duyetd judge, which reads and writes JSON Lines."""
    lines, texts, copies = bench.directory / "comments.jsonl", material.comments(), scale(1, 10, 20)
    with open(lines, "w", encoding="utf-8") as file:
        for i, text in enumerate(texts * copies):
            file.write(json.dumps({"id": f"c{i}", "text": text}, ensure_ascii=False) + "\n")
    for label, where in (("shipped rules", ROOT / "rules"), ("1,000 patterns", bench.rules[1000])):
        for jobs in (1, os.cpu_count()):
            runs = [command_rates(where, jobs, lines, len(texts) * copies) for _ in range(ROUNDS)]
            rate, a_core = (statistics.median(column) for column in zip(*runs))
            print(f"  duyetd judge, {label:14} --jobs {jobs}: {rate:8.0f} comments a second, {a_core:.0f} a core", flush=True)
            if jobs == 1 and where == ROOT / "rules":
                bench.aims.set("command", a_core / 1000)


def command_rates(rules, jobs, lines, count):
    """Comments a second, and a second of CPU, without the time to load the rules."""
    empty, all_of_it = costs_of(rules, jobs, os.devnull), costs_of(rules, jobs, lines)
    return [count / max(all_of_it[i] - empty[i], 1e-9) for i in (0, 1)]


def costs_of(rules, jobs, lines):
    """Seconds, and seconds of CPU."""
    start, before = time.monotonic(), cpu_of_children()
    subprocess.run([BUILD / "duyetd", "judge", "--rules", rules, "--jobs", str(jobs), lines], check=True,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - start, cpu_of_children() - before


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# ---- large lists ------------------------------------------------------------------------

def lists(bench):
    """Loading in seconds of CPU. What libhs takes of it is measured in bench/lists."""
    title("Large lists of phrases: loading, and what libhs takes of it")
    print(f"{'phrases':>10}{'s':>8}{'of libhs':>10}{'MiB':>8}{'of libhs':>10}{'database':>10}{'ns to judge':>13}")
    for count in LISTS:
        rules = material.write_list(bench.directory / f"list-{count}", count)
        runs = [load_costs(rules) for _ in range(1 if count == LISTS[-1] else scale(1, 3, 5))]
        seconds, mib, libhs_seconds, libhs_mib, database = (statistics.median(column) for column in zip(*runs))
        said = subprocess.run([BENCH_JUDGE, rules, "stages"], check=True, capture_output=True, text=True).stdout
        print(f"{count:10,}{seconds:8.2f}{libhs_seconds:10.2f}{mib:8.0f}{libhs_mib:10.0f}{database:10.1f}"
              f"{every_rule(said):13.0f}", flush=True)
        if count == LISTS[1]:
            bench.aims.set("lists-seconds", seconds)
            bench.aims.set("lists-mib", mib)
    if bench.begin_profile("lists"):
        profiler.command(f"loading {LISTS[1]:,} phrases", [BENCH_LISTS, bench.directory / f"list-{LISTS[1]}"])


def load_costs(rules):
    said = subprocess.run([BENCH_LISTS, rules], check=True, capture_output=True, text=True).stdout
    return [float(word) for word in said.split()]
