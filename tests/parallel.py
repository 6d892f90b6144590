"""Runs one test program, or the files of pytest: two files for each core at the same time, each file in a
pytest process of its own.

Most of these tests wait most of the time, so two files a core do not slow each other down much.
Each has a Redis, ports and a directory of its own.
"""
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter

TESTS = pathlib.Path(__file__).resolve().parent
ROOT = TESTS.parent
BUILD = ROOT / (os.environ.get("BUILD") or "build")
FILES_AT_A_TIME = 2 * len(os.sched_getaffinity(0))
# The environment of tests, without the variables of the make that started them: some start their own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
ENVIRONMENT.update(BUILD=str(BUILD), PYTHONDONTWRITEBYTECODE="1")
# A test process gets TERM when this program ends, even if it is killed.
WITH_US = ["setpriv", "--pdeathsig", "TERM", "--"]
# Seconds until one program counts as hung, times PATIENCE_FACTOR.
LIMIT = 1800 * float(os.environ.get("PATIENCE_FACTOR", "1"))
# After a third of the limit, pytest prints the stack of a test that hangs, and lets it run on.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider",
          "-o", f"faulthandler_timeout={LIMIT / 3:.0f}"]
NO_TESTS = 5  # pytest's exit code where the options select none


def run(*command, **env):
    """Exit code and output of one program; a program that hangs has failed, and the output says so."""
    try:
        done = subprocess.run([*WITH_US, *command], cwd=ROOT, env={**ENVIRONMENT, **env}, timeout=LIMIT,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace")
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as hang:
        return -1, f"{(hang.stdout or b'').decode(errors='replace')}\nno end after {LIMIT:.0f} s"


@dataclasses.dataclass
class Result:
    """Of one file: what became of each test, why some were skipped, and what pytest printed."""
    file: pathlib.Path
    outcomes: dict  # of each test: passed, failed or skipped
    reasons: list
    output: str

    def count(self):
        return Counter(self.outcomes.values())


def files_with(options, folder):
    """The files of the folder, or with `*` of all folders, that have tests which pytest selects with the options."""
    files = sorted(TESTS.glob(f"{folder}/test_*.py"))
    if not options:
        return files
    code, output = run(*PYTEST, "--collect-only", "-q", *options, TESTS)
    if code not in (0, NO_TESTS):
        return files  # the one that cannot be read prints why
    selected = re.findall(r"^(\S+\.py): \d+$", output, re.M)
    return [file for file in files if str(file.relative_to(ROOT)) in selected]


def read(report):
    """What became of each test, and why some were skipped."""
    outcomes, reasons = {}, set()
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        outcomes[f"{case.get('classname')}.{case.get('name')}"] = outcome
        reasons.update(child.get("message") for child in case if child.tag == "skipped")
    return outcomes, sorted(reasons)


def run_file(file, directory, before, options, env):
    report = directory.with_suffix(".xml")
    code, output = run(*before, *PYTEST, "--junitxml", report, "--basetemp", directory, *options, file, **env)
    outcomes, reasons = read(report)
    none_selected = options and code == NO_TESTS
    if "failed" not in outcomes.values() and (code != 0 or not outcomes) and not none_selected:
        outcomes[f"{file.stem}, exit code {code}"] = "failed"
        output += f"\n{file.name}: exit code {code}"
    return Result(file, outcomes, reasons, output)


def run_files(options=(), before=(), env=None, folder="*"):
    """The result of each file that has tests which the options select, in the order of their names. What
    failed tests leave in their directories is kept."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="duyetd-"))
    failed = 0
    pool = concurrent.futures.ThreadPoolExecutor(FILES_AT_A_TIME)
    try:
        results = [pool.submit(run_file, file, scratch / str(number), before, options, env or {})
                   for number, file in enumerate(files_with(options, folder))]
        for result in map(concurrent.futures.Future.result, results):
            failed += result.count()["failed"]
            if result.outcomes:
                yield result
    finally:
        pool.shutdown(cancel_futures=True)
        if not failed:
            shutil.rmtree(scratch, ignore_errors=True)
    if failed:
        print(f"the directories of the tests: {scratch}")
