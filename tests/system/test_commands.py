"""How the first argument chooses a command, and the command check."""
import json
import os
import re
import shutil
import subprocess

import pytest

from commands import DUYETD, RULES, judge, rules, run  # noqa: F401 (a fixture)
from helpers import ROOT

VOWELS = "a e i o u ai ao au eo oi ui an on am om".split()


# ---- which command

def test_version():
    versions = {run(name).stdout for name in ("version", "--version", "-V")}
    assert len(versions) == 1 and re.fullmatch(r"duyetd \d+\.\d+\.\d+\n", versions.pop())
    assert "did you mean version?" in run("verson").stderr


def test_messages_say_what_is_expected(rules, tmp_path):
    for command, *arguments, wrong in (
            ("explain", "một", "hai", 'unexpected argument "hai": expected at most 1; '
             "put a comment of several words in quotes"),
            ("check", "rules", 'unexpected argument "rules": expected 0; a directory goes after --rules'),
            ("run", "--metrics", "foo:99999", '--metrics: invalid value "foo:99999": expected '
             "HOST:PORT, such as 127.0.0.1:9547"),
            ("run", "--keep", "30s", '--keep: invalid value "30s": expected a number with ms, s, m, h or d, '
             "at least 60s")):
        done = run(command, *arguments)
        assert done.returncode == 2 and done.stderr == f"duyetd {command}: {wrong}\n"
    (rules / "rules.yaml").write_text(RULES.replace("[nhà cái]", f"[{'dài ' * 200}]"))
    output = run("check", "--rules", rules).stdout
    assert '"dài dài' in output and '…" can never match: ' in output and len(output.splitlines()[0]) < 300
    assert output.endswith("\n1 error, 0 warnings; phrases and patterns were not tried: not ok\n")


@pytest.mark.parametrize("command, stdin", [
    ("check", ""), ("explain x", ""), ("explain --canonical x", ""), ("replay", '{"id":"1","text":"x"}\n'),
    ("replay --format json", '{"id":"1","text":"x"}\n'), ("judge", '{"id":"1","text":"x"}\n'),
    ("judge", 5000 * '{"id":"1","text":"x"}\n'), ("help", ""), ("help run", ""), ("version", "")])
def test_output_that_cannot_be_written_is_an_error(rules, command, stdin):
    name, *arguments = command.split()
    options = [] if name in ("help", "version") else ["--rules", rules]
    with open("/dev/full", "w") as full:
        done = subprocess.run([DUYETD, name, *options, *arguments], input=stdin, stdout=full,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3
    assert re.fullmatch(r"duyetd.*: cannot write.*\n", done.stderr)


def test_no_rules_anywhere(tmp_path):
    if os.path.exists("/etc/duyetd/rules"):
        pytest.skip("/etc/duyetd/rules exists")
    for command in ("check", "judge"):
        done = subprocess.run([DUYETD, command], cwd=tmp_path, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        assert done.returncode == 1
        assert 'there is no directory "rules" here either: name one with --rules DIR' in \
            done.stdout + done.stderr


def test_help_and_usage():
    assert run("--help").returncode == 0
    for command in ("run", "check", "judge", "explain", "replay", "stats"):
        done = run(command, "--help")
        assert done.returncode == 0 and done.stdout == run("help", command).stdout
        assert "Example:" in done.stdout and "DUYETD_R" in done.stdout
        wrong = run(command, "--no-such-option")
        assert wrong.returncode == 2 and len(wrong.stderr.splitlines()) == 1
    assert run().returncode == 2
    assert "did you mean judge?" in run("jugde").stderr
    assert run("--version").stdout.startswith("duyetd ")


def test_rules_that_do_not_load(tmp_path):
    for command in ("check", "judge", "explain", "replay"):
        done = run(command, "--rules", tmp_path / "none")
        assert done.returncode == 1
        assert f"{tmp_path}/none: error: No such file" in done.stdout + done.stderr
    (tmp_path / "a.yaml").mkdir()
    assert "a.yaml: error: cannot read it: it is a directory" in run(
        "check", "--rules", tmp_path).stdout


# ---- check

def test_shipped_rules_are_clean():
    done = run("check", "--rules", ROOT / "rules", "--strict")
    assert done.returncode == 0, done.stdout
    summary = done.stdout.splitlines()[-1]
    assert " rules, " in summary and summary.endswith(f" from {ROOT / 'rules'}")


def test_check_tries_own_patterns_after_the_shipped_ones(tmp_path):
    folder = shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (folder / "40-ours.yaml").write_text(
        "rules: [{name: ours, kind: banned, patterns: ['(?:b+)+c'], message: x, examples: {hit: [bbc]}}]")
    assert "40-ours.yaml:1:47: warning: this pattern backtracks badly" in run("check", "--rules", folder).stdout


def test_check_names_the_first_pattern_that_was_not_tried(rules):
    patterns = "".join(f"    - 'k{i}o\\s+ch'\n" for i in range(1000))
    (rules / "rules.yaml").write_text(
        f"rules:\n- name: a\n  kind: banned\n  message: x\n  examples: {{hit: [k1o ch]}}\n  patterns:\n{patterns}")
    hint = r"rules.yaml:(\d+):7: hint: this pattern and the later ones were not tried for bad backtracking"
    places = re.findall(hint, run("check", "--rules", rules, "--all").stdout)
    assert len(places) == 1 and 7 < int(places[0]) < 1007


def test_check_strict_and_json(rules):
    (rules / "rules.yaml").write_text(RULES.replace("[nhà cái]", "[nhà cái, 'NHÀ CÁI']"))
    (rules / "everyday.txt").write_text("trời đẹp\n")
    assert run("check", "--rules", rules).returncode == 0
    strict = run("check", "--rules", rules, "--strict")
    assert strict.returncode == 1 and strict.stdout.endswith("\n0 errors, 1 warning: not ok\n")
    assert run("check", "--rules", rules, DUYETD_STRICT="1").returncode == 1
    problems = [json.loads(line) for line in
                run("check", "--rules", rules, "--format", "json").stdout.splitlines()]
    assert [p["line"] for p in problems if p["severity"] == "warning"] == [8]
    assert all(p["file"] == f"{rules}/rules.yaml" for p in problems if p["line"])


def test_check_everyday_file(rules, tmp_path):
    (tmp_path / "sentences.txt").write_text("Ngôi nhà cái mái đỏ\n")
    done = run("check", "--rules", rules, "--everyday", tmp_path / "sentences.txt")
    assert "hits ordinary Vietnamese" in done.stdout and done.returncode == 0
    done = run("check", "--rules", rules, "--everyday", tmp_path / "none.txt")
    assert "none.txt: error: cannot read it" in done.stdout and done.returncode == 1


def test_check_a_list_of_many_mistakes(rules):
    """All are reported. Only the first 200 get a "did you mean", as each search reads all phrases."""
    (rules / "rules.yaml").write_text(RULES.replace("[nhà cái]", "list.txt"))
    # No phrase twice: that would be another warning.
    lacking = [f"danh bac {first}{second}" for first in "bcdghklmnprstvx" for second in VOWELS]
    (rules / "list.txt").write_text("".join(f"{phrase}\n" for phrase in [*lacking, "đánh bạc bà", "đánh bạc xóm"]))
    output = run("check", "--rules", rules, "--all").stdout
    lines = [line for line in output.splitlines() if "has no marks" in line]
    assert len(lines) == len(lacking) > 200
    assert "did you mean \"đánh bạc bà\"" in lines[0] and "did you mean" not in lines[-1]


def test_warnings_of_rules_are_for_check(rules):
    """Commands other than `check` print one line in place of the warnings."""
    (rules / "more.YML").write_text("rules: []")
    assert f"{rules}: warning: more.YML is not read" in run("check", "--rules", rules).stdout
    for command in ("explain", "judge", "replay"):
        done = run(command, "--rules", rules, stdin="{}" if command == "replay" else "")
        assert done.stderr.startswith(f"duyetd {command}: the rules in {rules} have warnings: see duyetd check\n")


# ---- rules as editors and configuration management leave them

@pytest.mark.parametrize("lines, place, advice", [
    ("- name: x\n\tkind: links", "3:1", "indent with spaces"),
    ("- name: x\n    kind: links", "3:9", "indented too far"),
    ("- name: x\n kind: links", "3:2", "like the lines beside it"),
    ("- name: x\n  message: a: b", "3:13", "needs quotes"),
    ("- name: x\n  kind links\n  message: b", "4:3", "a colon and a space"),
    ('- name: x\n  message: "b', "4:1", "not closed"),
    ('- name: x\n  patterns: ["\\d"]', "3:15", "single quotes"),
    ("- name: x\n  phrases: [a, b\n  kind: banned", "4:7", "a bracket, a comma or a quote is missing"),
    ("- name: x\n  message: @all", "3:12", "only in quotes"),
    ("- name: x\n  message: *bold*", "3:17", "only in quotes"),
    ("- name: x\n  only: {role: !staff}", "3:22", "only in quotes"),
    ("- name: x\n  message: 'à \udcff'", "3:15", "save the file as UTF-8"),
])
def test_invalid_yaml_says_what_to_do(tmp_path, lines, place, advice):
    file = tmp_path / "10.yaml"
    file.write_text(f"rules:\n{lines}\n", errors="surrogateescape")
    done = run("check", "--rules", tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{file}:{place}: error: invalid YAML: "), done.stdout
    assert advice in done.stdout.splitlines()[0]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_list_in_another_encoding_says_what_to_do(rules, encoding):
    (rules / "list.txt").write_bytes("nhà cái\n".encode(encoding))
    (rules / "rules.yaml").write_text(RULES.replace("[nhà cái]", "list.txt"))
    done = run("check", "--rules", rules)
    assert done.returncode == 1
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"{rules}/list.txt:1:1: error: ") and first.endswith("; save the file as UTF-8")


@pytest.mark.parametrize("level", ["[", "{a: ", "- ", "? "])
def test_yaml_that_is_nested_too_deep(tmp_path, level):
    """Refused at level 33: the time of libyaml grows with the square of the depth."""
    (tmp_path / "10.yaml").write_text("rules:\n  " + level * 100000 + "\n")
    done = run("check", "--rules", tmp_path)
    assert done.returncode == 1
    assert "nested too deep: expected at most 32 levels" in done.stdout.splitlines()[0]


def test_files_that_are_not_rules(rules, tmp_path):
    os.mkfifo(rules / "pipe.yaml")
    (rules / ".half-written.yaml").write_text("rules: [")
    (rules / "backup.yaml~").write_text("rules: [")
    done = run("check", "--rules", rules)
    assert done.stdout.startswith(f"{rules}/pipe.yaml: error: cannot read it: it is not a regular file")
    assert len(done.stdout.splitlines()) == 2
    (rules / "pipe.yaml").unlink()
    (rules / "empty.yaml").write_text("")
    assert "empty.yaml: error: no rules in this file: expected rules: at the beginning of the file" in run(
        "check", "--rules", rules).stdout
    (rules / "empty.yaml").unlink()
    (rules / "90-more.yml").write_text("rules: [")
    assert f"{rules}: warning: 90-more.yml is not read: a file of rules is named *.yaml" in run(
        "check", "--rules", rules).stdout
    link = tmp_path / "current"
    link.symlink_to(rules)
    assert run("check", "--rules", link).returncode == 0


def test_rules_in_the_order_of_their_files(rules):
    (rules / "00-first.yaml").write_text(
        "rules: [{name: first, kind: banned, phrases: [nhà cái], message: Một}]")
    (rules / "zz-last.yaml").write_text(
        "rules: [{name: last, kind: banned, phrases: [nhà cái], message: Hai}]")
    answer, = judge(rules, {"text": "vào nhà cái"})
    assert answer["rules"] == ["first", "gambling", "last"]
    assert answer["reason"] == "Một. Quảng cáo. Hai"
