#!/usr/bin/python3
"""Repeats the tests marked `timing` under several conditions; lists the failures of each test.

    tests/stress.py [NAME]     make test-stress ONLY=NAME ROUNDS=20 MODES=bc

Modes: a, all cores free; b, one core; c, four busy loops beside it; d, the daemon stopped for
moments at random (its seed is the number of the round). ROUNDS and MODES come from the
environment, by default 1 and abcd.
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter

TESTS = pathlib.Path(__file__).resolve().parent
ROOT = TESTS.parent
BUILD = ROOT / (os.environ.get("BUILD") or "build")
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
    env = {**os.environ, "BUILD": str(BUILD), "PYTHONDONTWRITEBYTECODE": "1"}
    if mode in "cd":
        env.setdefault("PATIENCE_FACTOR", "3")
    if mode == "d":
        env["SLOW_SEED"] = str(number)
    core = str(min(os.sched_getaffinity(0)))
    return ["taskset", "-c", core] if mode == "b" else [], env


def outcomes(report):
    """(test, passed, failed or skipped) of each test that ran."""
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():
        name = f"{case.get('classname')}.{case.get('name')}"
        kinds = {child.tag for child in case}
        yield name, "failed" if kinds & {"failure", "error"} else \
            "skipped" if "skipped" in kinds else "passed"


def play(mode, number, only):
    """One round in one mode: the outcomes, and what pytest printed."""
    report = BUILD / "tests" / "stress.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    before, env = settings(mode, number)
    with busy_loops(LOOPS if mode == "c" else 0):
        done = subprocess.run(
            [*before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "timing",
             "--junitxml", report, *(["-k", only] if only else []), TESTS],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            errors="replace")
    found = list(outcomes(report))
    if done.returncode not in (0, 5) and not any(what == "failed" for _, what in found):
        found.append((f"pytest, exit code {done.returncode}", "failed"))
    return found, done.stdout


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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the loops are ended
    counts, failures = Counter(), Counter()
    for number in range(1, ROUNDS + 1):
        for mode in MODES:
            began = time.monotonic()
            found, output = play(mode, number, only)
            told = Counter(what for _, what in found)
            counts += told
            failures.update((test, mode) for test, what in found if what == "failed")
            if told["failed"]:
                print(output)
            print(f"round {number}, {NAMES[mode]}: {told['passed']} passed, {told['failed']} failed "
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
