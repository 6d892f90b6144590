#!/usr/bin/python3
"""Fails when an #include goes against the way of a comment.

    command -> queue -> rules -> text -> base

A folder of src/ may include itself and what stands to its right, and of the libraries only
those named for it here. Includes are written from src/. A header made at build time belongs
to the folder of what it is made from (mkNAME.c or NAME.lua).
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

ORDER = ["base", "text", "rules", "queue", "command"]  # each may include those before it

# Which folders may know which library; headers by the beginning of their name.
LIBRARIES = {
    "unicode/": ["text", "rules"],
    "libpsl.h": ["text"],
    "pcre2.h": ["rules"],
    "hs/": ["rules"], "hs.h": ["rules"],
    "yaml.h": ["rules"],
    "sha2.h": ["rules"],
    "hiredis": ["queue"], "async.h": ["queue"], "adapters/": ["queue"],
    "event2/": ["queue"], "openssl/": ["queue"],
}

# The C library's, the compiler's and the kernel's: for everyone.
SYSTEM = re.compile(r"""(assert|complex|ctype|dirent|err|errno|fcntl|fenv|float|getopt|glob|
    inttypes|iso646|langinfo|libgen|limits|locale|malloc|math|memory|netdb|poll|pthread|pwd|
    sched|search|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|
    stdio|stdlib|stdnoreturn|string|strings|sysexits|syslog|termios|tgmath|threads|time|uchar|
    unistd|wchar|wctype|x86intrin|immintrin|emmintrin|
    (arpa|bits|linux|net|netinet|sys)/\w+)\.h""", re.X)


def folder_of(path):
    """The folder that a file belongs to; '' for src/ itself, which may include anything."""
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ""


def made():
    """Headers that the build makes, each with the folder that it is made in."""
    for path in SRC.glob("*/mk*.c"):
        yield path.stem[2:] + ".h", folder_of(path)
    for path in SRC.glob("*/*.lua"):
        yield path.name + ".h", folder_of(path)


def may(folder, target):
    return folder == "" or ORDER.index(target) <= ORDER.index(folder)


def objection(folder, bracket, header, generated):
    """Why FOLDER may not include HEADER, or None."""
    if bracket == '"':
        if header in generated:
            target = generated[header]
        elif (SRC / header).is_file():
            target = folder_of(SRC / header)
        else:
            return "no such file under src/ (includes are written from there)"
        return None if may(folder, target) else f"{folder}/ must not know {target}/"
    for library, folders in LIBRARIES.items():
        if header.startswith(library):
            return None if folder in folders else f"only {', '.join(folders)} may know it"
    if SYSTEM.fullmatch(header):
        return None
    return "who may know it? Say so in LIBRARIES of " + str(pathlib.Path(__file__).name)


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(1), match.group(2)


def prove():
    """The check itself, on includes that must and must not pass."""
    generated = {"tables.h": "text"}
    for folder, bracket, header, good in [
            ("rules", '"', "base/limits.h", True), ("text", '"', "rules/judge.h", False),
            ("rules", '"', "tables.h", True), ("base", '"', "tables.h", False),
            ("rules", '"', "judge.h", False), ("text", "<", "pcre2.h", False),
            ("queue", "<", "hiredis/async.h", True), ("rules", "<", "hiredis/async.h", False),
            ("base", "<", "stdio.h", True), ("base", "<", "glib.h", False)]:
        assert (objection(folder, bracket, header, generated) is None) == good, (folder, header)


def main():
    prove()
    generated = dict(made())
    files = sorted(SRC.rglob("*.[ch]"))
    bad = 0
    for path in files:
        folder = folder_of(path)
        if folder and folder not in ORDER:
            print(f"{path.relative_to(ROOT)}:1: folder {folder}/ has no place in ORDER")
            bad += 1
            continue
        for number, bracket, header in includes(path):
            why = objection(folder, bracket, header, generated)
            if why:
                print(f"{path.relative_to(ROOT)}:{number}: {header}: {why}")
                bad += 1
    print(f"{len(files)} files, {bad} includes against the order")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
