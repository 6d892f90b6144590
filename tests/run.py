#!/usr/bin/python3
"""Runs every test and ends with the counts.

    tests/run.py [NAME]     all tests, or those of the folder NAME, else those whose file or name has NAME
                            in it; a path is a NAME too. Programs of tests/check go by the file
                            alone. Of a file in C, all tests run, and only those with the name are
                            counted

Three suites: tests/unit/*.c (cmocka, built by make), tests/check/* (programs: exit 0 is
passed, 77 is skipped) and tests/*/test_*.py (pytest). BUILD says where the binaries are.
A suite that ran nothing counts as failed, so that no test disappears unnoticed. Exit status: 0 passed,
1 failed, 2 no test has the name.
"""
import os
import re
import sys

from parallel import BUILD, TESTS, run, run_files

FOLDERS = {path.parent.name for path in TESTS.glob("*/test_*.*")} | {"check"}


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


def report(suite, name, count, output=""):
    if count.failed:
        print(output.rstrip())
    last = output.rstrip().rpartition("\n")[2]
    why = f": {last}" if count.skipped and not count.failed and last and last[0] != "#" else ""
    print(f"{suite:7}{name:24} {count}{why}", flush=True)
    return count


def is_named(file, only):
    """Pages give the path of a file, as tests/check/docs.py, or its name."""
    return only in file.stem or str(file).endswith(f"/{only}")


def unit(only, folder):
    """Reads cmocka's TAP: one line `ok` or `not ok` for each test. A program that crashes has failed."""
    total = Count()
    for source in sorted(TESTS.glob(f"{folder}/test_*.c")):
        names = re.findall(r"cmocka_unit_test\w*\(\s*(\w+)", source.read_text())
        name = "" if is_named(source, only) else only
        if name and not any(name in test for test in names):
            continue
        program = BUILD / "tests" / "unit" / source.stem
        code, output = run(program, CMOCKA_MESSAGE_OUTPUT="TAP")
        lines = [(result, skip) for number, (result, skip) in enumerate(
                     re.findall(r"^(not ok|ok) \d+( # SKIP)?", output, re.M)) if not name or name in names[number]]
        count = Count(lines.count(("ok", "")), lines.count(("not ok", "")),
                      sum(bool(skip) for _, skip in lines))
        if not count or (code != 0 and not count.failed and not name):
            count.failed += 1
            output += f"\n{source.name}: exit {code}"
        total += report("unit", source.stem, count, output)
    return total


def check(only, folder):
    total = Count()
    for program in sorted((TESTS / "check").iterdir()) if folder in ("*", "check") else []:
        if not is_named(program, only) or not os.access(program, os.X_OK) or program.is_dir():
            continue
        code, output = run(program)
        count = Count(int(code == 0), int(code not in (0, 77)), int(code == 77))
        total += report("check", program.stem, count, output)
    return total


def files(only, folder):
    """The files of pytest, with the reasons for what they skipped."""
    total = Count()
    for result in run_files(["-k", only] if only else [], folder=folder):
        of = result.count()
        count = Count(of["passed"], of["failed"], of["skipped"])
        said = result.output if count.failed else "; ".join(result.reasons)
        total += report(result.file.parent.name, result.file.stem, count, said)
    return total


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    folder, name = (only, "") if only in FOLDERS else ("*", only)
    total = Count()
    for suite in (unit, check, files):
        count = suite(name, folder)
        if not count and not only:
            print(f"{suite.__name__}: ran nothing")
            count.failed += 1
        total += count
    if not total:
        print(f"no test has {only!r} in its name")
        return 2
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
