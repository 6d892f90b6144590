"""Runs the cases in the text files of this folder against the real binary.

verdict/*.cases   one comment a line, judged by the shipped rules, or by those of NAME.yaml
    beside NAME.cases:

        VERDICT [RULE,RULE…] [words=N] [marked=N] | TEXT [| FIELD=VALUE]

    If the text has parts between « and », these parts must be the hits, and nothing else may
    be one. The text may have the escapes \\n, \\r, \\t, \\\\, \\uXXXX and \\UXXXXXXXX. Each
    comment is judged as it stands and, since a reader cannot tell them apart, in NFC, in NFD and
    with its tones set apart as Windows-1258 does. Lines that begin with # are not read.

check/*.cases     a rules file between `== what it is about` and `--`, then what `duyetd check`
    must say of it: every line but the last, which has the counts. Before the line and column, the
    path of the rules file is left out. DIR/ stands for the directory in other paths, RULES: for the
    directory alone. Further files follow `++ NAME`; everyday.txt need not be one of them. N stands
    for a figure that is measured.
"""
import json
import os
import pathlib
import re
import subprocess
import unicodedata
from functools import partial

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DUYETD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "duyetd"
TONES = "\u0300\u0301\u0303\u0309\u0323"
FORMS = ("as written", "NFC", "NFD", "Windows-1258")


def unescape(text):
    plain = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)",
                  lambda m: plain.get(m[1]) or chr(int(m[1][1:], 16)), text)


def windows_1258(text):
    """Letters composed with their quality, tones after them."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts if mark in TONES)
        rest = "".join(mark for mark in parts if mark not in TONES)
        out.append(unicodedata.normalize("NFC", rest) + tone if tone else letter)
    return "".join(out)


def forms(text):
    yield text
    yield unicodedata.normalize("NFC", text)
    yield unicodedata.normalize("NFD", text)
    yield windows_1258(text)


def read_verdicts(path):
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        expected, bar, text = line.partition(" | ")
        assert bar, f"{path.name}:{number}: no ' | ' between the verdict and the text"
        verdict, *rest = expected.split()
        figures = dict(word.split("=") for word in rest if "=" in word)
        rules = [name for word in rest if "=" not in word for name in word.split(",")]
        text, *fields = re.split(r" \| (?=\w+=)", unescape(text))
        case = {"text": re.sub("[«»]", "", text), **dict(f.split("=", 1) for f in fields)}
        hits = {"hits": sorted(re.findall("«(.*?)»", text, re.S))} if "«" in text else {}
        yield f"{path.name}:{number}", {"verdict": verdict, "rules": rules, **hits,
                                        **{k: int(v) for k, v in figures.items()}}, case


CASES = [case for path in sorted(HERE.glob("verdict/*.cases")) for case in read_verdicts(path)]


def judge(cases, rules):
    """{"NAME FORM": answer} of all cases in all forms, through one run of `judge`."""
    lines = [json.dumps({**case, "id": f"{name} {form}", "text": text}) for name, _, case in cases
             for form, text in zip(FORMS, forms(case["text"]))]
    done = subprocess.run([DUYETD, "judge", "--rules", rules], input="\n".join(lines),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory):
    answers = {}
    for path in sorted(HERE.glob("verdict/*.cases")):
        rules, own = ROOT / "rules", path.with_suffix(".yaml")
        if own.exists():
            rules = tmp_path_factory.mktemp(path.stem)
            (rules / own.name).write_text(own.read_text())
        answers |= judge(list(read_verdicts(path)), rules)
    return answers


@pytest.mark.parametrize("name, expected, case", CASES, ids=[case[0] for case in CASES])
def test_verdict(name, expected, case, verdicts):
    for form in FORMS:
        answer = verdicts[f"{name} {form}"]
        got = {key: answer[key] for key in expected}
        if "hits" in got:
            form_of = str if form == "as written" else partial(unicodedata.normalize, "NFC")
            got["hits"] = sorted(form_of(hit["text"]) for hit in got["hits"] if "at" in hit)
        assert got == expected, f"{form}: {case}"


def read_checks(path):
    for block in re.split(r"^== ", path.read_text(), flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        source, _, said = f"\n{rest}".partition("\n--\n")
        yield f"{path.stem}: {title}", source.lstrip("\n") + "\n", [line for line in said.splitlines() if line.strip()]


CHECKS = [case for path in sorted(HERE.glob("check/*.cases")) for case in read_checks(path)]


@pytest.mark.parametrize("name, source, expected", CHECKS, ids=[case[0] for case in CHECKS])
def test_check(name, source, expected, tmp_path):
    first, *others = re.split(r"^\+\+ (.*)\n", source, flags=re.M)
    (tmp_path / "rules.yaml").write_text(first)
    for file_name, content in [("everyday.txt", "trời đẹp\n"), *zip(others[::2], others[1::2])]:
        (tmp_path / file_name).parent.mkdir(exist_ok=True)
        (tmp_path / file_name).write_text(content)
    done = subprocess.run([DUYETD, "check", "--rules", tmp_path], capture_output=True, text=True)
    said = re.sub(rf"^{tmp_path}/(rules.yaml: ?)?", "", done.stdout, flags=re.M)
    said = said.replace(f"{tmp_path}:", "RULES:").replace(f"{tmp_path}/", "DIR/")
    said = re.sub(r"(?<=about )[\d.]+(?= µs)|(?<= on )\d+(?= bytes)", "N", said)
    assert said.splitlines()[:-1] == expected
    errors = any("error: " in line for line in expected)
    assert done.returncode == (1 if errors else 0)
    assert said.splitlines()[-1].endswith("not ok") == errors


def check(directory, *more):
    return subprocess.run([DUYETD, "check", "--rules", directory, *more], capture_output=True, text=True)


def test_list_with_other_line_ends(tmp_path):
    (tmp_path / "rules.yaml").write_text(
        "rules: [{name: a, kind: banned, phrases: list.txt, message: x, examples: {hit: [nhà cái]}}]")
    (tmp_path / "list.txt").write_bytes("nhà cái\r\nlô đề\r\n".encode())
    (tmp_path / "everyday.txt").write_text("trời đẹp\n")
    done = check(tmp_path)
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    (tmp_path / "list.txt").write_bytes("nhà cái\rlô đề\r".encode())
    done = check(tmp_path)
    assert done.returncode == 1 and "list.txt:1:1: error: this line has a carriage return (CR) in it: " \
        "expected line ends of LF or CRLF" in done.stdout


def test_everyday_sentences_that_were_not_tried(tmp_path):
    (tmp_path / "rules.yaml").write_text(
        "rules: [{name: a, kind: banned, phrases: [nhà cái], message: x, examples: {hit: [nhà cái]}}]")
    warning = ("no everyday.txt: the phrases and patterns were not tried on ordinary sentences, so this does not "
               "find those that hit honest comments; copy everyday.txt from the shipped rules, such as "
               "/etc/duyetd/rules/everyday.txt, or name it by --everyday FILE")
    first, last = check(tmp_path).stdout.splitlines()
    assert first == f"{tmp_path}: warning: {warning}" and ", 1 warning: ok" in last
    assert json.loads(check(tmp_path, "--format", "json").stdout)["message"] == warning
    assert check(tmp_path, "--strict").returncode == 1
    (tmp_path / "everyday.txt").write_text("# nothing yet\n")
    assert "everyday.txt: warning: no sentences in this file" in check(tmp_path).stdout
    (tmp_path / "everyday.txt").write_text("trời đẹp\n")
    assert "warning" not in check(tmp_path).stdout


def test_rules_without_phrases_need_no_everyday_sentences(tmp_path):
    (tmp_path / "rules.yaml").write_text(
        "rules: [{name: a, kind: diacritics, message: x, examples: {hit: [chao cac ban]}}]")
    assert "warning" not in check(tmp_path, "--strict").stdout


def test_hints_come_last_and_one_of_each_kind(tmp_path):
    (tmp_path / "everyday.txt").write_text("trời đẹp\n")
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  - {name: a, kind: banned, message: x, phrases: [cặc, kặc, cặk, kặk, Cặc]}\n")
    lines = check(tmp_path).stdout.splitlines()
    assert [re.search("warning: |hint: |: ok", line)[0] for line in lines] == ["warning: ", "hint: ", "hint: ", ": ok"]
    assert lines[1].endswith("catch mistakes")
    assert lines[2].endswith(f'"kặc" is found by "cặc" at {tmp_path}/rules.yaml:2 anyway '
                             "(and 2 hints of this kind: --all shows them)")
    assert ", 1 warning, 4 hints: ok" in lines[3]
    lines = check(tmp_path, "--all").stdout.splitlines()
    assert len(lines) == 6 and "of this kind" not in lines[2]
    assert len(check(tmp_path, "--format", "json").stdout.splitlines()) == 5


def rules_of(directory, *patterns):
    (directory / "everyday.txt").write_text("trời đẹp\n")
    (directory / "rules.yaml").write_text(
        "rules:\n  - name: a\n    kind: banned\n    message: x\n    examples: {hit: [kèo]}\n    patterns:\n" +
        "".join(f"      - '{pattern}'\n" for pattern in patterns))
    return directory


def test_patterns_that_take_too_long_to_compile_together(tmp_path):
    """Each pattern is small enough; libhs would need a minute to compile all of them."""
    large = [rf"x{i}(?:\p{{L}}{{2,{100 + i // 50}}}\s?){{2}}" for i in range(1000)]
    done = check(rules_of(tmp_path, "kèo", *large))
    assert done.returncode == 1 and done.stdout.splitlines()[0] == (
        f"{tmp_path}/rules.yaml:958:9: error: the patterns of all rules together are too large: they would take too "
        "much time to load; write words as phrases, use smaller counts, and remove patterns; the largest, in letters "
        "and classes with their counts written out: rules.yaml:958 (250), rules.yaml:959 (250), rules.yaml:960 (250)")
    assert check(rules_of(tmp_path, "kèo", *large[:20])).returncode == 0


def test_patterns_that_take_too_much_memory_together(tmp_path):
    done = check(rules_of(tmp_path, "kèo", *[f"{i}(?:à|b|c|d){{1000}}" for i in range(3000)]))
    assert done.returncode == 1 and ": error: the patterns of all rules together are too large: they would take too " \
        "much memory; " in done.stdout.splitlines()[0]
