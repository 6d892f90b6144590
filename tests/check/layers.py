#!/usr/bin/python3
"""Fails when an #include goes against the order of the folders, or in a cycle.

    command -> queue -> monitor -> redis -> base
    queue, monitor -> rules -> text (with link) -> base

A folder of src/ may include itself and the folders that MAY names for it, and of the libraries
only those that LIBRARIES gives it. Includes are written from src/. A header made at build time
belongs to the folder of its source (mkNAME.c or NAME.lua).

NAME.c and NAME.h are one module. No module may include another that includes it, directly or
through others. A header without a .c holds types for others: it may include the headers of
modules that include it, as a private header does, as long as no header includes itself.

A header is for several readers: two files beside its own .c include it, or one and a unit test.
One that serves a single file is an interface that nobody checks: merge the two, or test it.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

CORE = ["base", "text", "link"]
RULES = ["rules", "rules/load", "rules/kind", "rules/match", "rules/lint"]

# The folders, and which others each may include.
MAY = {
    "base": [],
    "text": ["link", "base"],
    "link": ["text", "base"],
    "rules": RULES + CORE,
    "rules/load": RULES + CORE,
    "rules/kind": RULES + CORE,
    "rules/match": RULES + CORE,
    "rules/lint": RULES + CORE,
    "redis": ["base"],
    "monitor": ["redis"] + RULES + CORE,
    "queue": ["monitor", "redis"] + RULES + CORE,
    "command": ["queue", "monitor", "redis"] + RULES + CORE,
}

# Includes that close a cycle and are allowed, as (FROM, TARGET): none.
KNOWN = set()

# Headers that serve one file and have no unit test, and why: none.
SINGLE = {}

# Which folders may know which library; headers by the beginning of their name.
LIBRARIES = {
    "unicode/": ["text", "link"] + RULES,
    "libpsl.h": ["text", "link"],
    "pcre2.h": RULES,
    "hs/": RULES, "hs.h": RULES, "dlfcn.h": ["rules/match"],
    "yaml.h": RULES,
    "sha2.h": RULES,
    "hiredis": ["redis", "queue", "command"], "async.h": ["redis", "queue"],
    "openssl/": ["redis", "queue"],
    "event2/": ["redis", "monitor", "queue"],
}

# The C library's, the compiler's and the kernel's: for everyone.
SYSTEM = re.compile(r"""(assert|complex|ctype|dirent|endian|err|errno|fcntl|fenv|float|getopt|glob|
    inttypes|iso646|langinfo|libgen|limits|locale|malloc|math|memory|netdb|poll|pthread|pwd|
    sched|search|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|
    stdio|stdlib|stdnoreturn|string|strings|sysexits|syslog|termios|tgmath|threads|time|uchar|
    unistd|wchar|wctype|x86intrin|immintrin|emmintrin|
    (arpa|bits|linux|net|netinet|sys)/\w+)\.h""", re.X)


def folder_of(path):
    """The folder that a file belongs to; '' for src/ itself, which may include anything."""
    return "/".join(path.relative_to(SRC).parts[:-1])


def made():
    """Headers that the build makes, each with the folder of its source."""
    for path in SRC.rglob("mk*.c"):
        yield path.stem[2:] + ".h", folder_of(path)
    for path in SRC.rglob("*.lua"):
        yield path.name + ".h", folder_of(path)


def may(folder, target):
    return folder in ("", target) or target in MAY[folder]


def problem_of(folder, bracket, header, generated):
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


def module_of(path):
    return str(path.relative_to(SRC).with_suffix(""))


def headers(files):
    """Which headers each header includes."""
    graph = {module_of(path): set() for path in files if path.suffix == ".h"}
    for path in files:
        for _, bracket, header in includes(path):
            target = header.removesuffix(".h")
            if path.suffix == ".h" and bracket == '"' and target in graph:
                graph[module_of(path)].add(target)
    return graph


def modules(files):
    """Which modules each module includes."""
    graph = {module_of(path): set() for path in files if path.suffix == ".c"}
    for path in files:
        if module_of(path) not in graph:
            continue
        for _, bracket, header in includes(path):
            target = header.removesuffix(".h")
            if bracket == '"' and target in graph and target != module_of(path):
                graph[module_of(path)].add(target)
    return graph


def find_cycle(graph):
    """A list of modules of which each includes the next and the last the first, or None."""
    done, path = set(), []

    def visit(module):
        if module in path:
            return path[path.index(module):]
        if module in done:
            return None
        path.append(module)
        for target in sorted(graph[module]):
            found = visit(target)
            if found:
                return found
        done.add(path.pop())
        return None

    for module in sorted(graph):
        found = visit(module)
        if found:
            return found
    return None


def cycles(graph, known):
    """One message for each cycle of includes, and one for each include of `known` that does not exist."""
    graph = {module: set(targets) for module, targets in graph.items()}
    for module, target in known:
        if target in graph.get(module, ()):
            graph[module].remove(target)
        else:
            yield f"{module} does not include {target}: remove it from KNOWN"
    while found := find_cycle(graph):
        yield "includes in a cycle: " + " -> ".join(found + found[:1])
        graph[found[-1]].remove(found[0])


def users(files, tests):
    """For each header: the files of src/ beside its own .c that include it, and the tests."""
    found = {str(path.relative_to(SRC)): ([], []) for path in files if path.suffix == ".h"}
    for side, paths in enumerate((files, tests)):
        for path in paths:
            for _, bracket, header in includes(path):
                own = not side and module_of(path) == header.removesuffix(".h")
                if bracket == '"' and header in found and not own:
                    found[header][side].append(path)
    return found


def singles(found, known):
    """One message for each header that fewer than two files and no test include, and one for each of `known`
    that does not need to be there."""
    single = {header for header, (in_src, in_tests) in found.items()
              if len(in_src) < 2 and not in_tests}
    for header in sorted(single - set(known)):
        yield (f"src/{header}:1: {len(found[header][0])} files include it, and no unit test does: "
               "merge it, or test its functions")
    for header in sorted(set(known) - single):
        yield f"{header} serves two files or has a unit test: remove it from SINGLE"


def prove():
    """The check itself, on includes that must and must not pass."""
    generated = {"tables.h": "text"}
    for folder, bracket, header, good in [
            ("rules", '"', "base/limits.h", True), ("text", '"', "rules/judge.h", False),
                    ("rules", '"', "tables.h", True), ("base", '"', "tables.h", False),
            ("rules", '"', "judge.h", False), ("text", "<", "pcre2.h", False),
                    ("redis", "<", "hiredis/async.h", True), ("rules", "<", "hiredis/async.h", False),
            ("base", "<", "stdio.h", True), ("base", "<", "glib.h", False)]:
        assert (problem_of(folder, bracket, header, generated) is None) == good, (folder, header)
    for folder in MAY:
        assert may("", folder) and may(folder, folder) and may("command", folder), folder
        assert not may("base", folder) or folder == "base"
        assert not may(folder, "command") or folder == "command"
    straight = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    round_ = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert not list(cycles(straight, ()))
    assert list(cycles(round_, ())) == ["includes in a cycle: a -> b -> c -> a"]
    assert not list(cycles(round_, {("c", "a")}))
    assert list(cycles(straight, {("c", "a")})) == ["c does not include a: remove it from KNOWN"]
    assert len(list(cycles({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, ()))) == 2
    assert not list(singles({"a.h": (["b", "c"], []), "b.h": (["a"], ["t"])}, {}))
    assert len(list(singles({"a.h": (["b"], []), "b.h": ([], [])}, {}))) == 2
    assert not list(singles({"a.h": (["b"], [])}, {"a.h": "reason"}))
    assert len(list(singles({"a.h": (["b"], ["t"])}, {"a.h": "reason"}))) == 1


def main():
    prove()
    generated = dict(made())
    files = sorted(SRC.rglob("*.[ch]"))
    bad = 0
    for path in files:
        folder = folder_of(path)
        if folder and folder not in MAY:
            print(f"{path.relative_to(ROOT)}:1: folder {folder}/ has no place in MAY")
            bad += 1
            continue
        for number, bracket, header in includes(path):
            why = problem_of(folder, bracket, header, generated)
            if why:
                print(f"{path.relative_to(ROOT)}:{number}: {header}: {why}")
                bad += 1
    tests = sorted((ROOT / "tests" / "unit").glob("*.[ch]"))
    for message in [*cycles(modules(files), KNOWN), *cycles(headers(files), ()),
                    *singles(users(files, tests), SINGLE)]:
        print(message)
        bad += 1
    print(f"{len(files)} files, {bad} problems")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
