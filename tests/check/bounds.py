#!/usr/bin/python3
"""Fails when the table of bounds in systemd/README.md names a file or a test that does not exist.

The table stands behind the line `<!-- bounds -->`: who, can exhaust, bound, where, shown by. Files
are relative to src/ or to the project; a test is a function of tests/.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 5

sources = [path.read_text(encoding="utf-8") for suffix in ("py", "c")
           for path in sorted((ROOT / "tests").rglob(f"*.{suffix}"))]
tests = {name for text in sources for name in re.findall(r"^(?:static void|def) (\w+)\(", text, re.M)}


def rows(page):
    """(line number, cells) of each row below the heading."""
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
    files, shown_by = (re.findall(r"`([^`]+)`", cell) for cell in cells[3:])
    if not files or not shown_by:
        yield "expected a file in backquotes, and a test"
    for file in files:
        if not (ROOT / "src" / file).exists() and not (ROOT / file).exists():
            yield f"no file {file}"
    for test in shown_by:
        if test not in tests:
            yield f"no test {test}"


def main():
    count, wrong = 0, 0
    page = ROOT / "systemd/README.md"
    for number, cells in rows(page):
        count += 1
        for what in wrong_with(cells):
            wrong += 1
            print(f"{page.relative_to(ROOT)}:{number}: {what}")
    print(f"{count} bounds, {wrong} mistakes")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
