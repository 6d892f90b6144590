#!/usr/bin/python3
"""Runs every test and ends with the counts.

    tests/run.py [NAME]     all tests, or those whose file or name has NAME in it

Three suites: tests/unit/*.c (cmocka, built by make), tests/check/* (programs: exit 0 is
passed, 77 is skipped) and pytest over the rest of tests/. BUILD says where the binaries are.
A suite that ran nothing counts as failed, so that no test disappears unnoticed.
"""
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TESTS = pathlib.Path(__file__).resolve().parent
ROOT = TESTS.parent
BUILD = ROOT / os.environ.get("BUILD", "build")
# The environment of tests, without the variables of the make that started them: some start their own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
ENVIRONMENT.update(BUILD=str(BUILD), PYTHONDONTWRITEBYTECODE="1")
# What runs the tests ends when this program does, however that ends.
WITH_US = ["setpriv", "--pdeathsig", "TERM", "--"]
# Seconds until one program counts as hung; longer where PATIENCE_FACTOR says that all is slow.
LIMIT = 1800 * float(os.environ.get("PATIENCE_FACTOR", "1"))


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped)

    def __bool__(self):
        return bool(self.passed or self.failed or self.skipped)

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run(program, **env):
    """Exit code and output of one program; a program that hangs has failed, and the output says so."""
    try:
        done = subprocess.run([*WITH_US, program], cwd=ROOT, env={**ENVIRONMENT, **env}, timeout=LIMIT,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace")
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as hang:
        return -1, f"{(hang.stdout or b'').decode(errors='replace')}\nno end after {LIMIT:.0f} s"


def tell(suite, name, count, output=""):
    if count.failed:
        print(output.rstrip())
    last = output.rstrip().rpartition("\n")[2]
    why = f": {last}" if count.skipped and last and last[0] != "#" else ""
    print(f"{suite:7}{name:24} {count}{why}", flush=True)
    return count


def unit(only):
    """cmocka's TAP, one `ok` or `not ok` a test; what crashes on the way has failed."""
    total = Count()
    for source in sorted((TESTS / "unit").glob("test_*.c")):
        if only not in source.stem:
            continue
        program = BUILD / "tests" / "unit" / source.stem
        code, output = run(program, CMOCKA_MESSAGE_OUTPUT="TAP")
        lines = re.findall(r"^(not ok|ok) \d+( # SKIP)?", output, re.M)
        count = Count(lines.count(("ok", "")), lines.count(("not ok", "")),
                      sum(bool(skip) for _, skip in lines))
        if not count or (code != 0 and not count.failed):
            count.failed += 1
            output += f"\n{source.name}: exit {code}"
        total += tell("unit", source.stem, count, output)
    return total


def check(only):
    total = Count()
    for program in sorted((TESTS / "check").iterdir()):
        if only not in program.stem or not os.access(program, os.X_OK) or program.is_dir():
            continue
        code, output = run(program)
        count = Count(int(code == 0), int(code not in (0, 77)), int(code == 77))
        total += tell("check", program.stem, count, output)
    return total


def system(only):
    """A test that hangs has its stack printed after a third of the limit; the run goes on."""
    report = BUILD / "tests" / "pytest.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    code = subprocess.run(
        [*WITH_US, sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--junitxml",
         report, "-o", f"faulthandler_timeout={LIMIT / 3:.0f}", *(["-k", only] if only else []), TESTS],
        cwd=ROOT, env=ENVIRONMENT).returncode
    count = Count()
    for suite in ElementTree.parse(report).iter("testsuite") if report.exists() else ():
        ran, skipped = int(suite.get("tests")), int(suite.get("skipped"))
        failed = int(suite.get("failures")) + int(suite.get("errors"))
        count += Count(ran - failed - skipped, failed, skipped)
    if code not in (0, 5) and not count.failed:
        count.failed += 1
    return tell("system", "pytest", count)


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    total = Count()
    for suite in (unit, check, system):
        count = suite(only)
        if not count and not only:
            print(f"{suite.__name__}: ran nothing")
            count.failed += 1
        total += count
    if not total:
        print(f"no test has {only!r} in its name")
        total.failed += 1
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
