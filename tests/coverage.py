#!/usr/bin/python3
"""Which lines of src/ the tests run.

    tests/coverage.py BUILD     after the tests, from what gcc's --coverage left in BUILD

First the lines that nothing ran, by function; then one line a file, the least covered at the end.
A killed process is not counted: counters are written at exit.
"""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def read(build):
    """{file: {line: times}} and {file: {line: function}}, of all objects together."""
    times = collections.defaultdict(collections.Counter)
    functions = collections.defaultdict(dict)
    for notes in sorted(build.glob("src/**/*.gcno")):
        done = subprocess.run(["gcov", "--json-format", "--stdout", notes], cwd=ROOT,
                              capture_output=True, check=True)
        for line in done.stdout.splitlines():
            for file in json.loads(line)["files"]:
                if not file["file"].lstrip("./").startswith("src/"):
                    continue
                name = file["file"].lstrip("./")
                for entry in file["lines"]:
                    times[name][entry["line_number"]] += entry["count"]
                    functions[name][entry["line_number"]] = entry.get("function_name", "")
    return times, functions


def spans(lines):
    """[3, 4, 5, 9] as 3-5 9."""
    out = []
    for line in lines:
        if out and line == out[-1][1] + 1:
            out[-1][1] = line
        else:
            out.append([line, line])
    return " ".join(f"{a}-{b}" if a != b else f"{a}" for a, b in out)


def print_missed(name, counts, functions):
    missed = collections.defaultdict(list)
    for line, count in sorted(counts.items()):
        if not count:
            missed[functions[line]].append(line)
    for function, lines in missed.items():
        # gcov names no function for one that is inlined everywhere.
        print(f"  {name}: {function + '() ' if function else ''}{spans(lines)}")


def main():
    times, functions = read(pathlib.Path(sys.argv[1]))
    share = {name: sum(map(bool, lines.values())) / len(lines) for name, lines in times.items()}
    print("not run:")
    for name in sorted(times):
        print_missed(name, times[name], functions[name])
    print()
    for name in sorted(share, key=share.get, reverse=True):
        print(f"{100 * share[name]:6.1f} %  {len(times[name]):5}  {name}")
    run = sum(sum(map(bool, lines.values())) for lines in times.values())
    of = sum(map(len, times.values()))
    print(f"{100 * run / of:6.1f} %  {of:5}  lines of src/")


if __name__ == "__main__":
    main()
