#!/usr/bin/python3
"""Fails when the table of bounds in systemd/README.md has a gap, or names a file or a test that does
not exist.

The table follows the line `<!-- bounds -->`: who, can use up, bound, enforced by, shown by. Files
are relative to src/ or to the project; a test is a function of tests/. For each of ACTORS and each of
RESOURCES there must be a row; one row may be for several. If the actor cannot use up the resource, the
bound begins with "not possible: " and says why; then no test is needed.
"""
import itertools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 5
ACTORS = ("commenter", "web tier", "moderator", "rules", "metrics client", "log reader", "Redis",
          "other instances", "other keys")
RESOURCES = ("judging", "memory", "connections", "descriptors", "log", "disk", "Redis memory", "Redis CPU")

sources = [path.read_text(encoding="utf-8") for suffix in ("py", "c")
           for path in sorted((ROOT / "tests").rglob(f"*.{suffix}"))]
tests = {name for text in sources for name in re.findall(r"^(?:static void|def) (\w+)\(", text, re.M)}


def rows(page):
    """(line number, cells) of each row of the table after the mark, without its head."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = lines.index("<!-- bounds -->") + 3
    for number, line in enumerate(lines[start:], start + 1):
        if not line.startswith("|"):
            return
        yield number, [cell.strip() for cell in line.strip("|").split("|")]


def wrong_with(cells):
    if len(cells) != COLUMNS or not all(cells):
        yield f"expected {COLUMNS} cells with something in each"
        return
    for cell, known in zip(cells, (ACTORS, RESOURCES)):
        for name in set(cell.split(", ")) - set(known):
            yield f"{name!r}: expected some of {', '.join(known)}"
    files, shown_by = (re.findall(r"`([^`]+)`", cell) for cell in cells[3:])
    if not files or not shown_by and not cells[2].startswith("not possible: "):
        yield "expected a file in backquotes, and a test"
    for file in files:
        if not (ROOT / "src" / file).exists() and not (ROOT / file).exists():
            yield f"no file {file}"
    for test in shown_by:
        if test not in tests:
            yield f"no test {test}"


def pairs(cells):
    return itertools.product(cells[0].split(", "), cells[1].split(", "))


def main():
    count, wrong, covered = 0, 0, set()
    page = ROOT / "systemd" / "README.md"
    for number, cells in rows(page):
        count += 1
        covered.update(pairs(cells))
        for what in wrong_with(cells):
            wrong += 1
            print(f"{page.relative_to(ROOT)}:{number}: {what}")
    for who, what in itertools.product(ACTORS, RESOURCES):
        if (who, what) not in covered:
            wrong += 1
            print(f"{page.relative_to(ROOT)}: no row has the actor {who} and the resource {what}")
    print(f"{count} bounds, {wrong} mistakes")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
