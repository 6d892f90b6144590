#!/usr/bin/python3
"""Fails when a test waits a fixed time or reads a clock, and sleeps.txt does not say why.

A test waits for a condition, or it depends on the machine's speed. Found are: a sleep, a reading
of a clock, a number as a time-out. What is left stands in tests/check/sleeps.txt, each line of
source with its reason. Not looked at: benchmarks and tests/quality, which measure, and the programs in
tests/clients, which are no tests.
"""
import ast
import pathlib
import re
import sys
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALLOWED = pathlib.Path(__file__).with_suffix(".txt")
LEFT_OUT = ("tests/bench/", "tests/quality/", "tests/clients/")

CLOCKS = {f"time.{name}{unit}" for name in ("time", "monotonic", "perf_counter") for unit in ("", "_ns")}
# Calls that wait, with the position of their time-out.
WAITS = {"wait": 0, "join": 0, "result": 0, "stop": 0, "communicate": 1, "settimeout": 0,
         "create_connection": 1, "wait_for": 1, "wait_clear": 0, "wait_settled": 1,
         "wait_verdicts": 2, "select": 3}
SHELL = re.compile(r"^[^#]*\b(sleep|timeout)\b[ =]+[0-9\"$]")
C = re.compile(r"\b(u?sleep|(clock_)?nanosleep|alarm|clock_gettime|gettimeofday|time)\s*\(")


def name_of(function):
    return getattr(function, "attr", getattr(function, "id", ""))


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0


def waits(call):
    """The nodes of a call that make it wait a fixed time or read a clock."""
    name = name_of(call.func)
    if name == "sleep" and ast.unparse(call.args[0]) != "0" or ast.unparse(call.func) in CLOCKS:
        yield call
    for keyword in call.keywords:
        if (keyword.arg or "").endswith("timeout") and is_number(keyword.value):
            yield keyword.value
    place = WAITS.get(name)
    if place is not None and len(call.args) > place and is_number(call.args[place]):
        yield call.args[place]


def defaults(function):
    """Time-outs that are numbers by default."""
    arguments = function.args.posonlyargs + function.args.args
    pairs = list(zip(reversed(arguments), reversed(function.args.defaults)))
    pairs += list(zip(function.args.kwonlyargs, function.args.kw_defaults))
    return [value for argument, value in pairs
            if argument.arg in ("timeout", "seconds", "patience") and is_number(value)]


def python_lines(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from (found.lineno for found in waits(node))
        elif isinstance(node, ast.FunctionDef):
            yield from (found.lineno for found in defaults(node))


def lines(suffix, text):
    """Numbers of the lines that wait a fixed time or read a clock."""
    if suffix == ".py":
        return sorted(set(python_lines(text)))
    pattern = {".sh": SHELL, ".c": C, ".h": C}[suffix]
    return [number for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line) and not line.lstrip().startswith(("*", "/*"))]


def prove():
    """The check itself, on lines that it must and must not find."""
    for suffix, text, found in [
            (".py", "time.sleep(1)", True), (".py", "wait_for(ready)", False),
            (".py", "while time.monotonic() < end: pass", True), (".py", "wait_for(ready, 60)", True),
            (".py", "run(program, timeout=30)", True), (".py", "run(program, timeout=PATIENCE)", False),
            (".py", "process.wait(10)", True), (".py", "' '.join(words)", False),
            (".py", "def stop(timeout=15): pass", True), (".py", "# time.sleep(1)", False),
            (".py", "await asyncio.sleep(0)", False), (".py", "redis.time()", False),
            (".sh", "sleep 1", True), (".sh", "timeout 5 make", True), (".sh", "# sleep 1", False),
            (".c", "usleep(100);", True), (".c", "alarm_rings();", False)]:
        assert bool(lines(suffix, text)) == found, text


def sources():
    for path in sorted((ROOT / "tests").rglob("*")):
        name = str(path.relative_to(ROOT))
        if path.suffix in (".py", ".sh", ".c", ".h") and not name.startswith(LEFT_OUT) \
                and path.name != "sleeps.py":
            yield path, name


def allowed():
    """Reads sleeps.txt, whose entries are FILE: LINE and, indented below it, the reason. Returns how often each
    entry is there, and the entries without a reason."""
    entries, reasons = Counter(), Counter()
    entry = None
    for line in ALLOWED.read_text(encoding="utf-8").splitlines():
        if line.startswith("\t"):
            reasons[entry] += 1
        elif line and not line.startswith("#"):
            entry = tuple(line.split(": ", 1))
            entries[entry] += 1
    return entries, [entry for entry in entries if reasons[entry] < entries[entry]]


def main():
    prove()
    left, unexplained = allowed()
    bad = count = 0
    for path, name in sources():
        text = path.read_text(encoding="utf-8")
        for number in lines(path.suffix, text):
            line = text.splitlines()[number - 1].strip()
            count += 1
            if left[name, line]:
                left[name, line] -= 1
                continue
            print(f"{name}:{number}: {line}\n"
                  "  waits a fixed time or reads a clock. Wait for a condition: helpers.wait_for(), a\n"
                  "  line of the log, `hold` of tests/system/proxy.py, and PATIENCE as the time-out.\n"
                  f"  Where that is not possible, add the line with a reason to {ALLOWED.name}.")
            bad += 1
    for name, line in +left:
        print(f"{ALLOWED.name}: {name} has no such line any more, delete the entry: {line}")
        bad += 1
    for name, line in unexplained:
        print(f"{ALLOWED.name}: no reason for {name}: {line}")
        bad += 1
    print(f"{count} fixed times and readings of a clock, {bad} problems")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
