#!/usr/bin/python3
"""Prints how many tests and assertions there are, to compare two commits.

    tests/count.py [COMMIT]...     of the files at hand, or of these commits

Counted in the source, not while it runs: a parametrized test counts as one, a loop's assertion as
one. A line of a .cases file counts as one test and one assertion.
"""
import ast
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]


def python(text):
    nodes = list(ast.walk(ast.parse(text)))
    tests = sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in nodes)
    asserts = sum(isinstance(node, ast.Assert) for node in nodes)
    return tests, asserts + text.count("pytest.raises(")


def unit(text):
    return text.count("cmocka_unit_test"), len(re.findall(r"\b(?:assert_\w+|fail_msg|fail)\(", text))


def fuzz(text):
    return 0, text.count("REQUIRE(")


def cases(text):
    lines = sum(bool(line.strip()) and not line.startswith("#") for line in text.splitlines())
    return lines, lines


def check(text):
    """A program of tests/check is one test; its ways to fail are not counted."""
    return 1, 0


KINDS = [("pytest", "**/*.py", python), ("unit tests in C", "unit/*.c", unit),
         ("fuzzers", "fuzz/*.c", fuzz), ("cases", "cases/**/*.cases", cases),
         ("checks", "check/*", check)]


def count(tests):
    total = [0, 0]
    for name, pattern, read in KINDS:
        found = [read(path.read_text(encoding="utf-8")) for path in tests.glob(pattern)
                 if path.is_file() and (name != "checks" or path.stat().st_mode & 0o100)]
        numbers = [sum(column) for column in zip(*found)] or [0, 0]
        total = [a + b for a, b in zip(total, numbers)]
        print(f"  {name:16}{numbers[0]:6} tests{numbers[1]:7} assertions")
    print(f"  {'in all':16}{total[0]:6} tests{total[1]:7} assertions")


def main():
    for commit in sys.argv[1:]:
        archive = subprocess.run(["git", "archive", commit, "tests"], cwd=ROOT, check=True,
                                 stdout=subprocess.PIPE).stdout
        with tempfile.TemporaryDirectory() as directory:
            tarfile.open(fileobj=io.BytesIO(archive)).extractall(directory)
            print(commit)
            count(pathlib.Path(directory) / "tests")
    if len(sys.argv) == 1:
        count(ROOT / "tests")


if __name__ == "__main__":
    main()
