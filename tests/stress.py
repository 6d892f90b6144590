#!/usr/bin/python3
"""Repeats the tests marked `timing` under several conditions; lists the failures of each test.

    tests/stress.py [NAME]     make test-stress ONLY=NAME ROUNDS=20 MODES=bc

Modes: a, all cores free; b, one core; c, four busy loops beside it; d, the daemon stopped for
moments at random (its seed is the number of the round). ROUNDS and MODES come from the
environment, by default 1 and abcd.
"""
import contextlib
import os
import subprocess
import sys
import time
from collections import Counter

from parallel import run_files

ROUNDS = int(os.environ.get("ROUNDS") or 1)
MODES = os.environ.get("MODES") or "abcd"
NAMES = {"a": "all cores", "b": "one core", "c": "busy loops", "d": "stops at random"}
LOOPS = 4
# It ends by itself when its parent is gone, however that ended.
LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"


@contextlib.contextmanager
def busy_loops(count):
    loops = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def settings(mode, number):
    """What runs before pytest, and the environment."""
    env = {}
    if mode in "cd":
        env["PATIENCE_FACTOR"] = os.environ.get("PATIENCE_FACTOR", "3")
    if mode == "d":
        env["PAUSE_SEED"] = str(number)
    core = str(min(os.sched_getaffinity(0)))
    return ["taskset", "-c", core] if mode == "b" else [], env


def play(mode, number, only):
    """One round in one mode: the outcome of each test, and what pytest printed where one failed."""
    before, env = settings(mode, number)
    outcomes, output = {}, ""
    with busy_loops(LOOPS if mode == "c" else 0):
        for result in run_files(["-m", "timing", *(["-k", only] if only else [])], before, env):
            outcomes.update(result.outcomes)
            output += result.output if result.count()["failed"] else ""
    return outcomes, output


def table(failures):
    """Failures of each test that failed, by mode."""
    lines = [("", *(NAMES[mode] for mode in MODES))]
    for test in sorted({test for test, _ in failures}):
        lines.append((test, *(str(failures[test, mode] or "") for mode in MODES)))
    lines.append(("failures in all", *(str(sum(times for (_, of), times in failures.items()
                                               if of == mode)) for mode in MODES)))
    width = max(len(line[0]) for line in lines)
    for line in lines:
        print(f"{line[0]:{width}}", *(f"{cell:>16}" for cell in line[1:]))


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    if not set(MODES) <= set(NAMES):
        print(f"MODES={MODES}: expected some of {''.join(NAMES)}")
        return 2
    counts, failures = Counter(), Counter()
    for number in range(1, ROUNDS + 1):
        for mode in MODES:
            began = time.monotonic()
            outcomes, output = play(mode, number, only)
            this_round = Counter(outcomes.values())
            counts += this_round
            failures.update((test, mode) for test, what in outcomes.items() if what == "failed")
            print(output, end="")
            print(f"round {number}, {NAMES[mode]}: {this_round['passed']} passed, {this_round['failed']} failed "
                  f"in {time.monotonic() - began:.0f} s", flush=True)
    if not counts:
        print(f"no test marked `timing` has {only!r} in its name")
        counts["failed"] += 1
    table(failures)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
