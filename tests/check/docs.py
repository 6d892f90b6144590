#!/usr/bin/python3
"""Fails when something that a user can type or read has no documentation, or when the page for
maintainers names what does not exist.

Commands, options and their variables are asked of the program's own help. Rule keys and kinds are read
from the tables in src/rules, names of keys from src/queue. Message placeholders are those of these tables, and
those that `check` lists for the rules of tests/unit/test_judge.c:full_rules. Each of these must stand in its manual page, and the pages must be clean to mandoc. Each warning of check
must have a remedy in duyetd-rules(5) and in rules/README.vi.md, each of its errors in the latter. Metrics
are asked of a running daemon, by tests/readme/test_metric_names.py. src/README.md names files, and functions
as `FILE.c:function()`; each must exist. Links of the README pages must lead to a file or a heading that exists. The log
lines that the pages for ops explain, and the messages on the pages about rules, must be messages of the
source, each with one row.
The pages about rules must list each shipped rule with its action. systemd/README.vi.md has each alert,
each log line of systemd/README.md, each state in src/queue/worker.c and each version of README.md.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUYETD = ROOT / os.environ.get("BUILD", "build") / "duyetd"
MAN = ROOT / "systemd" / "man"
COMMANDS, RULES, REDIS = MAN / "duyetd.1", MAN / "duyetd-rules.5", MAN / "duyetd-redis.7"

problems = []


def must_have(page, text, what):
    """`text` is a regular expression over one line of mdoc."""
    if not re.search(rf"^\.{text}", page.read_text(), re.M):
        problems.append(f"{page.name} lacks {what}")


def help_of(*command):
    return subprocess.run([DUYETD, *command, "--help"], check=True, capture_output=True,
                          text=True).stdout


def options(command):
    """(option, variable, has an argument) as the help of a command lists them."""
    text = help_of(command)
    for option, argument in re.findall(r"^  --([a-z-]+)( ?[^ \n]*)", text, re.M):
        variable = "DUYETD_" + option.upper().replace("-", "_")
        yield option, variable if variable in text else None, argument.strip()


def check_commands():
    """The section of a command in duyetd(1) has each option of the command, and no other."""
    commands = re.findall(r"^  ([a-z]+)  ", help_of(), re.M)
    sections = dict(re.findall(r"^\.Ss ([a-z]+)\n(.*?)(?=^\.S[sh]|\Z)", COMMANDS.read_text(),
                               re.M | re.S))
    for command in commands:
        must_have(COMMANDS, rf"It Cm {command}\b", f"the command {command}")
        section = sections.get(command, "")
        known = {"help"}
        for option, variable, argument in options(command):
            known.add(option)
            if option == "help":
                continue
            if not re.search(rf"^\.It Fl -{option}{' Ar' if argument else ''}\b", section, re.M):
                problems.append(f"{COMMANDS.name} lacks --{option} {argument} of {command}")
            if not variable:
                problems.append(f"duyetd {command} --help names no variable for --{option}")
        for option in set(re.findall(r"^\.It Fl -([a-z-]+)", section, re.M)) - known:
            problems.append(f"{COMMANDS.name} has --{option}, duyetd {command} does not")
    return len(commands)


def names_in(pattern, text):
    """The words of C string tables that a pattern finds."""
    return {word for table in re.findall(pattern, text, re.S)
            for word in re.findall(r'"([a-z{}-]+)"', table)}


def placeholders():
    """Those of each kind, with all of its keys, as `check` lists them for a message with an unknown one."""
    table = re.search(r"full_rules\[\]\[2\] = \{\n(.*?)\n\};", (ROOT / "tests/unit/test_judge.c").read_text(), re.S)[1]
    rules = [f'  - {{name: {kind}, kind: {kind}, {keys}, message: "{{zzz}}"}}\n'
             for kind, keys in re.findall(r'\{"(\w+)", "(.*)"\},$', re.sub(r'"\s*\n\s*"', "", table), re.M)]
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "rules.yaml").write_text("rules:\n" + "".join(rules))
        said = subprocess.run([DUYETD, "check", "--rules", directory], capture_output=True, text=True).stdout
    lists = re.findall(r"unknown placeholder \{zzz\}.*here are (.*)", said)
    if not rules or len(lists) != len(rules):
        problems.append(f"check lists placeholders for {len(lists)} kinds, full_rules has {len(rules)}:\n{said}")
    return {name for names in lists for name in re.findall(r"\{([a-z-]+)\}", names)}


def check_rules():
    """The keys and kinds that src/rules has tables of, and the placeholders of all kinds."""
    source = "".join(path.read_text() for path in sorted((ROOT / "src/rules").rglob("*.c")))
    keys = names_in(r"keys\[\]\s*=\s*\{(.*?)\}", source) | {"hit", "miss"}
    kinds = {name for name in re.findall(r'const struct kind \w+ = \{\s*"([a-z-]+)"', source)}
    defined = set(re.findall(r"^const struct kind kind_(\w+) =", source, re.M))
    for name in defined - set(re.findall(r"^\t&kind_(\w+),", source, re.M)):
        problems.append(f"kinds[] in src/rules/kind/kind.c lacks kind_{name}")
    dictionary = (ROOT / "tests/fuzz/dict/rules").read_text()
    for key in keys:
        must_have(RULES, rf"(It Ic {key}\b|Pq Ic {key}\b)", f"the rule key {key}")
        if f'"{key}:' not in dictionary:
            problems.append(f"tests/fuzz/dict/rules lacks \"{key}:\"")
    for kind in kinds:
        must_have(RULES, rf"Ss {kind}$", f"the kind {kind}")
        if f'"{kind}"' not in dictionary:
            problems.append(f'tests/fuzz/dict/rules lacks "{kind}"')
    named = names_in(r"values\[\]\s*=\s*\{(.*?)\}", source)
    named |= names_in(r"values\[rule->value_count\+\+\] =([^;]*);", source)
    for name in sorted(named | placeholders()):
        must_have(RULES, rf"It Li {{{name}}}", f"the placeholder {{{name}}}")
    return len(keys)


def marked_rows(page, mark):
    """The rows of the tables below <!-- mark -->, without their heads."""
    for table in page.read_text().split(f"<!-- {mark} -->\n")[1:]:
        yield from table.split("\n\n")[0].splitlines()[2:]


def check_warnings():
    """Each warning and hint of check has a remedy in the manual page, each remedy a warning. The
    Vietnamese page explains the same ones."""
    source = "\n".join(path.read_text() for path in [*sorted((ROOT / "src/rules").rglob("*.c")),
                                                     ROOT / "src/command/check.c"])
    source = re.sub(r'"\s*"', "", source)
    section = RULES.read_text().split("\n.Sh WARNINGS\n")[1].split("\n.Sh ")[0]
    remedies = re.findall(r"^\.It Ql (.*)", section, re.M)
    warnings = re.findall(r'(?:PROBLEM_(?:WARNING|HINT),[^;]*?|\bwarn\(trial, term,\s*)"((?:[^"\\]|\\.)*)"', source)
    for warning in warnings:
        if re.search("[a-z] [a-z]", warning) and not any(remedy in warning for remedy in remedies):
            problems.append(f"{RULES.name}, WARNINGS: no remedy for \"{warning}\"")
    problems.extend(f"{RULES.name}, WARNINGS: no message has \"{remedy}\""
                    for remedy in remedies if remedy not in source)
    explained = {cell for row in marked_rows(ROOT / "rules/README.vi.md", "warnings")
                 for cell in re.findall(r"`([^`]+)`", row.split(" | ")[0])}
    for remedy in explained ^ {remedy.lstrip(" :") for remedy in remedies}:
        problems.append(f"the warning \"{remedy}\" is in one of {RULES.name} and rules/README.vi.md only")
    return len(warnings)


def check_errors():
    """Each error about rules has a row on the Vietnamese page. `…` stands for any text."""
    source = "\n".join(path.read_text() for path in sorted((ROOT / "src/rules").rglob("*.c")))
    calls = re.findall(r"PROBLEM_ERROR,(.*?\));\n", re.sub(r'"\s*"', "", source), re.S)
    literals = {literal.replace('\\"', '"') for call in calls for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', call)}
    errors = [literal for literal in literals if re.search("[a-z] [a-z]", literal)]
    cells = [cell.split("…") for row in marked_rows(ROOT / "rules/README.vi.md", "errors")
             for cell in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    problems.extend(f"rules/README.vi.md explains no error \"{error}\"" for error in sorted(errors)
                    if not any(all(part.strip() in error for part in cell) for cell in cells))
    return len(errors)


def check_keys():
    """The keys in Redis that src/queue has a table of."""
    source = (ROOT / "src/queue/queue.c").read_text()
    table = re.search(r"names\[KEYS\] = \{(.*?)\};", source, re.S).group(1)
    names = re.findall(r'"([a-z-]+)"', table)
    for key in re.findall(r"^\t(KEY_\w+),", (ROOT / "src/queue/queue.h").read_text(), re.M):
        if f"[{key}]" not in table:
            problems.append(f"keys_make() in src/queue/queue.c has no name for {key}")
    for name in names:
        must_have(REDIS, rf"It Li comments:{name}\b", f"the key comments:{name}")
    return len(names)


def check_mdoc():
    if not shutil.which("mandoc"):
        return
    for page in (COMMANDS, RULES, REDIS):
        lint = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
        for line in lint.stdout.splitlines():
            if "referenced manual not found" not in line:
                problems.append(line.replace("mandoc: ", ""))


def defines(path, name):
    """Whether a file of C, Lua or Python defines the function."""
    return re.search(rf"^[a-z][^;{{}}#]*\b{name}\([^;{{}}]*\)\n\{{|^(local )?function {name}\(|^def {name}\(",
                     path.read_text(), re.M)


def names_wrong(text):
    """The files, FILE:word and FILE:function() in backquotes that do not exist. A function without a
    file is in the file named last. Paths are relative to src/ or to the project."""
    path = None
    for file, name, call, alone in re.findall(
            r"`(?:([\w./@-]*[/.][\w@-]+)(?::(\w+)(\(\))?)?|(\w+)\(\))`", text):
        if file:
            path = next((base / file for base in (ROOT / "src", ROOT) if (base / file).exists()), None)
            if not path and "KIND" not in file and not file.startswith("/"):
                yield f"there is no {file}"
        if path and path.is_file() and (alone or call) and not defines(path, alone or name):
            yield f"{path.name} defines no {alone or name}()"
        elif path and name and not call and not re.search(rf"\b{name}\b", path.read_text()):
            yield f"{path.name} has no {name}"


def check_maintainers():
    good = "`base/log.c:log_open()`, `log_quote()`, `rules/kind/kind.c:kinds`, `base`, `/metrics`"
    bad = "`base/lag.c`, `base/log.c:log_shut()`, `log_stat()`, `rules/kind/kind.c:kindness`"
    assert not list(names_wrong(good)) and len(list(names_wrong(bad))) == 4, list(names_wrong(bad))
    text = (ROOT / "src/README.md").read_text()
    problems.extend(f"src/README.md: {wrong}" for wrong in names_wrong(text))
    for folder in sorted({path.parent.relative_to(ROOT / "src") for path in ROOT.glob("src/*/**/*.c")}):
        if f"| `{folder}` |" not in text:
            problems.append(f"src/README.md has no row for the folder {folder}")


def anchors(text):
    """The names of a page's headings in links, as code hosts make them."""
    for heading in re.findall(r"^#+ (.*)", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def check_links():
    pages = [page for folder in (".", "rules", "src", "systemd", "tests")
             for page in sorted((ROOT / folder).glob("README*.md"))]
    for page in pages:
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
        names = list(anchors(page.read_text()))
        for name in {name for name in names if names.count(name) > 1}:
            problems.append(f"{page.relative_to(ROOT)} has the heading {name} twice")
        for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            if not target.exists():
                problems.append(f"{page.relative_to(ROOT)}: a link to {path}, which does not exist")
            elif anchor and anchor not in anchors(target.read_text()):
                problems.append(f"{page.relative_to(ROOT)}: a link to {link}, which has no such heading")
    return len(pages)


def messages():
    """The source of the program and of cut-open-multi.sh as one text, in which adjacent literals are joined."""
    source = "\n".join(path.read_text() for path in
                       [*sorted((ROOT / "src").rglob("*.[ch]")), ROOT / "systemd/redis/cut-open-multi.sh"])
    return re.sub(r'"[\s\\]*"', "", source)


def log_lines(page):
    """What is in backquotes in the first cells of the tables of log lines."""
    return [line for row in marked_rows(page, "log lines")
            for line in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def check_log_lines():
    """What the first cell of each row has in backquotes must be in a message, without the values and the subject."""
    known, count = messages(), 0
    for page in [*ROOT.glob("systemd/README*.md"), *ROOT.glob("rules/README*.md")]:
        for what, row in [(mark, row) for mark in ("log lines", "errors") for row in marked_rows(page, mark)]:
            count += 1
            for line in re.findall(r"`([^`]+)`", row.split(" | ")[0]):
                faults = re.findall(r"fault=(\w+)", line)
                parts = re.split(r"…|fault=\w+|error=\".*\"|^[\w ]+: ?|\w+=", line)
                for part in [part.strip() for part in parts] + [f'"{fault}"' for fault in faults]:
                    if len(part) > 3 and part not in known:
                        problems.append(f"{page.relative_to(ROOT)}, {what}: \"{line}\": no message has \"{part}\"")
    return count


def check_distinct_rows():
    """No row of a page's tables of messages begins as another one does."""
    for page in [*ROOT.glob("systemd/README*.md"), *ROOT.glob("rules/README*.md")]:
        for mark in "log lines", "errors", "warnings":
            cells = [row.split(" | ")[0] for row in marked_rows(page, mark)]
            problems.extend(f"{page.relative_to(ROOT)}: {cell[2:]} has {cells.count(cell)} rows, expected one"
                            for cell in sorted(set(cells)) if cells.count(cell) > 1)


def check_translated():
    """What the Vietnamese page for ops says too: each alert, log line, and version that has changes."""
    page = ROOT / "systemd/README.vi.md"
    pairs = (("alert", re.findall(r"- alert: (\w+)", (ROOT / "systemd/prometheus/duyetd.rules.yml").read_text()),
              [re.search("`(.*?)`", row)[1] for row in marked_rows(page, "alerts")]),
             ("log line", log_lines(ROOT / "systemd/README.md"), log_lines(page)),
             ("version", *(re.findall(r"^### (\d\S+)", path.read_text(), re.M) for path in (ROOT / "README.md", page))))
    for what, names, translated in pairs:
        problems.extend(f"{page.relative_to(ROOT)}: the {what} {name} is missing, or exists only there"
                        for name in sorted(set(names) ^ set(translated)))


def check_status():
    """The Vietnamese page for ops has a row for each state that the daemon reports to systemd."""
    page = ROOT / "systemd/README.vi.md"
    choice = re.search(r"\*state = (.*?);", (ROOT / "src/queue/worker.c").read_text(), re.S)[1]
    cells = [row.split("`")[1] for row in marked_rows(page, "status")]
    problems.extend(f'{page.relative_to(ROOT)} explains no status "{state}"'
                    for state in re.findall('"(.+?)"', choice)
                    if not any(cell.startswith(state) for cell in cells))


ACTIONS = {"từ chối": "reject", "giữ lại": "hold", "chỉ đếm": "watch"}


def check_shipped_rules():
    """Each rule has a row with its action on the page about rules, and on the Vietnamese one."""
    rules = {"malformed": "reject"}
    for path in sorted((ROOT / "rules").glob("*.yaml")):
        for rule in re.split(r"^  - name: ", path.read_text(), flags=re.M)[1:]:
            action = re.search(r"^    action: (\w+)", rule, re.M)
            rules[rule.split()[0]] = action[1] if action else "reject"
    for page, heading in (("README.md", "## The shipped rules"), ("README.vi.md", "## Các luật có sẵn")):
        section = (ROOT / "rules" / page).read_text().split(f"{heading}\n")[1].split("\n## ")[0]
        rows = {name: ACTIONS.get(action, action)
                for name, action in re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", section, re.M)}
        for name in sorted(rules.keys() | rows.keys()):
            if rules.get(name) != rows.get(name):
                problems.append(f'rules/{page}, "{heading}": the row of the rule {name}: '
                                f"found {rows.get(name, 'none')}, expected {rules.get(name, 'none')}")


def main():
    commands, keys, streams = check_commands(), check_rules(), check_keys()
    check_mdoc()
    check_maintainers()
    warnings, errors = check_warnings(), check_errors()
    check_shipped_rules()
    check_translated()
    check_status()
    check_distinct_rows()
    pages, lines = check_links(), check_log_lines()
    if not all((commands, keys, streams, pages > 3, lines > 10, warnings > 25, errors > 40)):
        problems.append("found too few commands, keys, pages, log lines, warnings or errors: does this check still read them?")
    print("\n".join(problems))
    print(f"{commands} commands, {keys} rule keys, {warnings} warnings and {errors} errors of rules, {streams} keys in Redis, {pages} pages, {lines} log lines and errors on them")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
