"""The commands beside run: check, judge, explain, replay. Of stats: test_stats.py."""
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import unicodedata

import pytest

from helpers import BUILD, PATIENCE, ROOT, submit, wait_for, wait_verdicts
from processes import Daemon

DUYETD = BUILD / "duyetd"

RULES = """\
rules:
  - name: min-length
    kind: length
    at-least: 3
    message: "Mới có {words} chữ."
  - name: gambling
    kind: banned
    phrases: [nhà cái]
    fields: [text, name]
    message: "Quảng cáo."
  - name: trial
    kind: banned
    action: watch
    phrases: [thử nghiệm]
    message: "Chỉ xem."
"""


VOWELS = "a e i o u ai ao au eo oi ui an on am om".split()


def run(*arguments, stdin="", **environment):
    return subprocess.run([DUYETD, *map(str, arguments)], input=stdin, capture_output=True,
                          text=True, env={**os.environ, **environment}, timeout=PATIENCE)


@pytest.fixture
def rules(tmp_path):
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "rules.yaml").write_text(RULES)
    return directory


def judge(rules, *comments):
    lines = "\n".join(json.dumps(c, ensure_ascii=False) for c in comments)
    done = run("judge", "--rules", rules, stdin=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


# ---- which command

def test_version():
    told = {run(name).stdout for name in ("version", "--version", "-V")}
    assert len(told) == 1 and re.fullmatch(r"duyetd \d+\.\d+\.\d+\n", told.pop())
    assert "did you mean version?" in run("verson").stderr


def test_messages_say_what_is_expected(rules, tmp_path):
    for command, *arguments, wrong in (
            ("explain", "một", "hai", 'unexpected argument "hai": expected at most 1; '
             "put a comment of several words in quotes"),
            ("check", "rules", 'unexpected argument "rules": expected 0; see duyetd check --help'),
            ("run", "--metrics", "foo:99999", '--metrics: invalid value "foo:99999": expected '
             "HOST:PORT, such as 127.0.0.1:9547")):
        done = run(command, *arguments)
        assert done.returncode == 2 and done.stderr == f"duyetd {command}: {wrong}\n"
    (rules / "rules.yaml").write_text(RULES.replace("[nhà cái]", f"[{'dài ' * 200}]"))
    told = run("check", "--rules", rules).stdout
    assert '"dài dài' in told and '…" can never match: ' in told and len(told.splitlines()[0]) < 300
    assert told.endswith("\n1 error, 0 warnings; phrases and patterns were not tried: not ok\n")


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
        told = run(command, "--help")
        assert told.returncode == 0 and told.stdout == run("help", command).stdout
        assert "Example:" in told.stdout and "DUYETD_R" in told.stdout
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
    told = run("check", "--rules", rules, "--all").stdout
    lines = [line for line in told.splitlines() if "has no marks" in line]
    assert len(lines) == len(lacking) > 200
    assert "did you mean \"đánh bạc bà\"" in lines[0] and "did you mean" not in lines[-1]


def test_warnings_of_rules_are_for_check(rules):
    """Commands other than `check` print one line in place of the warnings."""
    (rules / "more.YML").write_text("rules: []")
    assert f"{rules}: warning: more.YML is not read" in run("check", "--rules", rules).stdout
    for command in ("explain", "judge", "replay"):
        done = run(command, "--rules", rules, stdin="{}" if command == "replay" else "")
        assert done.stderr.startswith(f"duyetd {command}: the rules in {rules} have warnings: see duyetd check\n")


# ---- judge

def test_judge_prints_the_documented_fields(rules):
    text = "Vào nhà cái thử nghiệm đi"
    answer, = judge(rules, {"id": "c1", "text": text})
    assert list(answer) == ["id", "verdict", "rules", "reason", "words", "marked", "hits", "ruleset"]
    assert (answer["id"], answer["verdict"], answer["rules"]) == ("c1", "reject", ["gambling"])
    assert (answer["reason"], answer["words"], answer["marked"]) == ("Quảng cáo.", 6, 6)
    hit, watched = answer["hits"]
    assert list(hit) == ["rule", "action", "message", "at", "len", "text", "source", "term"]
    assert re.fullmatch(r"\S+\.yaml:\d+", hit["source"]) and hit["term"] == "nhà cái"
    assert text.encode()[hit["at"]:hit["at"] + hit["len"]].decode() == hit["text"] == "nhà cái"
    assert (watched["rule"], watched["action"]) == ("trial", "watch")
    answer, = judge(rules, {"id": "c2", "text": "ngắn"})
    assert list(answer["hits"][0]) == ["rule", "action", "message"]


@pytest.fixture
def flood(tmp_path):
    directory = tmp_path / "flood"
    directory.mkdir()
    (directory / "rules.yaml").write_text(
        "rules: [{name: flood, kind: repeat, times: 2, within: 10m, action: hold, only: {page: [a, b]},"
        " message: '{count} mal'}]\n")
    return directory


def minutes_apart(minutes, **more):
    return [{"id": f"c{i}", "page": "a", "text": "Mời cả nhà ghé quán ăn nhé",
             "entry": f"{1700000000000 + int(60000 * at)}-0", **more} for i, at in enumerate(minutes)]


def test_judge_counts_repeated_texts(flood):
    """By the time of the entries, with one thread, whatever --jobs says; without a time, at once."""
    comments = minutes_apart([0, 1, 2, 3, 13])
    verdicts = [answer["verdict"] for answer in judge(flood, *comments)]
    assert verdicts == ["approve", "approve", "hold", "hold", "approve"]
    comments = minutes_apart([0] * 100)
    for comment in comments:
        del comment["entry"]
    lines = "\n".join(json.dumps(comment) for comment in comments)
    done = run("judge", "--rules", flood, "--jobs", 8, stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["approve"] * 2 + ["hold"] * 98
    assert answers[4]["reason"] == "5 mal"


def test_judge_counts_where_the_conditions_hold(flood):
    comments = minutes_apart([0, 0, 0], page="c") + minutes_apart([0, 0, 0])
    assert [answer["verdict"] for answer in judge(flood, *comments)] == ["approve"] * 5 + ["hold"]


def test_judge_counts_as_the_daemon_does(flood, redis, daemon, tmp_path):
    (tmp_path / "rules" / "10-test.yaml").write_text((flood / "rules.yaml").read_text())
    daemon()
    comments, now = [], redis.time()[0] * 1000
    for i in range(200):
        comments.append({"id": f"c{i * 7 % 40}", "page": "ab"[i % 2], "text": "Mời cả nhà ghé quán ăn nhé",
                         "entry": f"{now + i * i * 997 % 1500000}-0"})
    comments.sort(key=lambda comment: int(comment["entry"][:-2]))
    for comment in comments:
        fields = {name: comment[name] for name in ("id", "page", "text")}
        comment["entry"] = redis.xadd("comments:submitted", fields, id=comment["entry"][:-1] + "*")
    wait_verdicts(redis, len(comments))
    theirs = {fields["entry"]: fields["verdict"] for _, fields in redis.xrange("comments:verdicts")}
    ours = [answer["verdict"] for answer in judge(flood, *comments)]
    assert ours == [theirs[comment["entry"]] for comment in comments]
    assert {"approve", "hold"} == set(ours)


def test_replay_counts_repeated_texts(flood, tmp_path):
    history = tmp_path / "history.jsonl"
    history.write_text("\n".join(json.dumps(comment) for comment in minutes_apart([0, 1, 2, 3, 13])))
    done = json.loads(run("replay", "--rules", flood, "--format", "json", history).stdout)
    assert "'hold': 2" in str(done)


def test_the_flood_rule_that_is_off_loads(tmp_path):
    """The shipped rule that is commented out loads once its comment signs are removed."""
    rules = tmp_path / "shipped"
    shutil.copytree(ROOT / "rules", rules)
    site = rules / "10-site.yaml"
    head, off = site.read_text().split("#  - name: flood")
    site.write_text(head + "  - name: flood" + off.replace("\n#", "\n"))
    done = run("check", "--strict", "--rules", rules)
    assert done.returncode == 0, done.stdout
    texts = minutes_apart([0, 1, 2, 3], text="Mời cả nhà ghé quán mình ăn bún chả ngon lắm nhé")
    assert [answer["rules"] for answer in judge(rules, *texts)] == [[], [], [], ["flood"]]


def test_judge_other_fields_and_ids(rules):
    answers = judge(rules, {"id": 7, "text": "một hai ba", "name": "Nhà Cái 88", "x": [1, {"y": None}]},
                    {"text": "một hai ba"}, {"id": "a\"\n\u2028é", "text": "một hai ba"})
    assert [a["id"] for a in answers] == [7, None, "a\"\n\u2028é"]
    assert answers[0]["hits"][0]["field"] == "name"
    assert [a["verdict"] for a in answers] == ["reject", "approve", "approve"]


def test_judge_malformed(rules):
    answers = judge(rules, {"id": "1"}, {"id": "2", "text": ""}, {"id": "3", "text": "a\0b"},
                    {"id": "4", "text": "a" * 70000})
    assert [a["rules"] for a in answers] == [["malformed"]] * 4
    done = subprocess.run([DUYETD, "judge", "--rules", rules], capture_output=True,
                          input=b'{"id":"\xff","text":"a\xff"}\n')
    assert json.loads(done.stdout)["rules"] == ["malformed"]


def test_judge_names_bad_lines(rules, tmp_path):
    lines = tmp_path / "comments.jsonl"
    lines.write_text('{"text":"một hai ba"}\n\n{"text":"a}\n[1]\n{"text":"bốn năm sáu"}')
    done = run("judge", "--rules", rules, lines)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        f"{lines}:3:12", f"{lines}:4:1"]
    assert run("judge", "--rules", rules, tmp_path / "none").returncode == 3


def test_judge_keeps_the_order_with_any_number_of_jobs(rules, tmp_path):
    lines = tmp_path / "comments.jsonl"
    with lines.open("w") as file:
        for i in range(30000):
            file.write('{"id":%d,"text":"%s"}\n' % (i, "nhà cái " * (i % 7)))
            if i % 9973 == 0:
                file.write("no JSON\n")
    one = run("judge", "--rules", rules, "--jobs", 1, lines)
    assert [json.loads(line)["id"] for line in one.stdout.splitlines()] == list(range(30000))
    for jobs in (2, 5, 0):
        more = run("judge", "--rules", rules, "--jobs", jobs, lines)
        assert (more.stdout, more.stderr) == (one.stdout, one.stderr)


def test_judge_several_files_and_stdin(rules, tmp_path):
    for name in "ab":
        (tmp_path / name).write_text('{"id":"%s","text":"một hai ba"}' % name)
    done = run("judge", "--rules", rules, tmp_path / "a", "-", tmp_path / "b",
               stdin='{"id":"stdin","text":"một hai ba"}')
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "stdin", "b"]


@pytest.mark.parametrize("jobs", [1, 3])
def test_judge_answers_line_by_line(rules, jobs):
    """A program that keeps it running on a pipe gets each answer before it sends the next line."""
    with subprocess.Popen([DUYETD, "judge", "--rules", rules, "--jobs", str(jobs)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for i in range(5):
            process.stdin.write('{"id":%d,"text":"một hai ba"}\n' % i)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == i
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_judge_memory_is_constant(rules, tmp_path):
    """80 MB of comments, then a line of 80 MB: no more memory than a few blocks take."""
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("w") as stdout, err.open("w") as stderr, subprocess.Popen(
            [DUYETD, "judge", "--rules", rules, "--jobs", "2"], stdin=subprocess.PIPE, stdout=stdout,
            stderr=stderr) as process:
        for i in range(2000):
            process.stdin.write(b'{"id":%d,"text":"%s"}\n' % (i, b"abcd " * 8000))
        process.stdin.write(b'{"text":"')
        for _ in range(80):
            process.stdin.write(b"a" * 1_000_000)
        process.stdin.write(b'"}\n{"id":"last","text":"a b c"}\n')
        process.stdin.flush()
        wait_for(lambda: '"last"' in out.read_text())
        peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())
        process.stdin.close()
        assert process.wait(PATIENCE) == 1
    assert err.read_text() == "-:2001:1: this line is too long: expected at most 2 MiB\n"
    if not Daemon.is_sanitized():
        assert int(peak[1]) < 48 * 1024, f"{peak[1]} KiB"


@pytest.mark.parametrize("end", ["", "\n", '\n{"id":"last","text":"a b c"}\n'])
@pytest.mark.parametrize("before", [0, 1, 100_000, 262_143])
def test_a_line_is_at_most_2_mib(rules, before, end):
    """Wherever the line begins and ends in the blocks that are read."""
    def judged(length):
        line = '{"id":"long","text":"' + "a" * (length - 23) + '"}'
        return run("judge", "--rules", rules, stdin=" " * before + "\n" + line + end)

    most = judged(2 ** 21)
    assert most.returncode == 0 and '"long"' in most.stdout
    more = judged(2 ** 21 + 1)
    assert more.returncode == 1 and more.stdout.count('"id"') == end.count('"id"')
    assert more.stderr == "-:2:1: this line is too long: expected at most 2 MiB\n"


# ---- explain

def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_explain_underlines_the_hit(rules, form):
    text = unicodedata.normalize(form, "Người ấy 🎉 nói 全角 rằng nhà cái uy tín")
    done = run("explain", "--rules", rules, text)
    lines = done.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if text in line)
    before, hit = lines[at].partition(unicodedata.normalize(form, "nhà cái"))[:2]
    assert lines[at + 1] == " " * columns(before) + "^" * columns(hit)
    assert "reject by gambling" in lines and lines[-1] == "Quảng cáo."
    assert any(re.fullmatch(r" +\S+\.yaml:\d+ nhà cái", line) for line in lines)
    assert not any(line.startswith("passes") for line in lines)
    assert any(re.fullmatch(r"\d+ other rules? pass(es)? \(--all shows .*\)", line) for line in lines)
    everything = run("explain", "--all", "--rules", rules, text).stdout.splitlines()
    assert any(line.split()[:2] == ["passes", "min-length"] for line in everything)
    assert not any("--all" in line for line in everything)


def test_explain_stdin_and_colour(rules):
    assert run("explain", "--rules", rules, stdin="một hai ba\n").stdout.splitlines()[-1] == "approve"
    assert "\033[" not in run("explain", "--rules", rules, "nhà cái đây").stdout
    assert "\033[31m" in run("explain", "--rules", rules, "--color=always", "nhà cái đây").stdout


def test_explain_prints_no_control_characters(rules):
    text = "\033[2J nhà cái\u202e \u0085\r đây rồi\u2028"
    told = run("explain", "--rules", rules, "--color", "never", text).stdout
    assert all(c == "\n" or (ord(c) >= 32 and unicodedata.category(c)[0] != "C") for c in told)
    assert "␛[2J nhà cái" in told


def test_explain_cuts_long_lines(rules):
    told = run("explain", "--rules", rules, "chữ " * 500 + "nhà cái " + "chữ " * 500).stdout
    line = next(line for line in told.splitlines() if "nhà cái" in line)
    assert line.strip().startswith("…") and line.endswith("…") and len(line) < 90


def test_byte_order_mark(rules, tmp_path):
    line = json.dumps({"id": "1", "text": "nhà cái đây"}, ensure_ascii=False) + "\n"
    path = tmp_path / "comments.jsonl"
    path.write_text(line + line, encoding="utf-8-sig")
    done = run("judge", "--rules", rules, path, path)
    assert done.returncode == 0 and done.stdout.count('"reject"') == 8  # verdict and action
    assert run("replay", "--rules", rules, path).returncode == 0


CONDITIONS = """\
rules:
  - name: no-links
    kind: links
    unless: {role: staff}
    message: "Không liên kết."
  - name: sports
    kind: banned
    phrases: [tỷ số]
    only: {section: "/the-thao/*"}
    message: "Không nói tỷ số."
"""


@pytest.fixture
def conditions(tmp_path):
    directory = tmp_path / "conditions"
    directory.mkdir()
    (directory / "rules.yaml").write_text(CONDITIONS)
    return directory


def test_explain_takes_fields(conditions):
    text = "tỷ số ở vidu.com nhé"
    told = run("explain", "--rules", conditions, text).stdout.splitlines()
    assert told[0].split()[:2] == ["reject", "no-links"]
    assert told[1] == '    unless does not hold: no field "role"'
    assert "1 other rule does not apply (--all shows it)" in told
    told = run("explain", "--rules", conditions, "--field", "role=guest",
               "--field", "section=/the-thao/1", text).stdout.splitlines()
    assert '    unless does not hold: role is "guest", expected "staff"' in told
    assert '    only holds: section is "/the-thao/1"' in told
    told = run("explain", "--rules", conditions, "--field", "role=staff", text).stdout.splitlines()
    assert [line.split(None, 2) for line in told[:2]] == [
        ["skipped", "no-links", 'unless holds: role is "staff"'],
        ["skipped", "sports", 'only does not hold: no field "section"']]
    assert told[2:] == ["approve"]
    told = run("explain", "--all", "--rules", conditions, "--field=role=staff",
               "--field", "section=\033[J", text).stdout.splitlines()
    assert told[0].split(None, 2) == ["skipped", "no-links", 'unless holds: role is "staff"']
    assert told[1].split(None, 2) == ["skipped", "sports",
                                      'only does not hold: section is "\\x1b[J", expected "/the-thao/*"']
    assert told[-1] == "approve"
    told = run("explain", "--rules", conditions, text, DUYETD_FIELD="role=staff").stdout
    assert told.count("skipped") == 2
    told = run("explain", "--rules", conditions, "--field", "role=guest", text, DUYETD_FIELD="role=staff")
    assert "reject by no-links" in told.stdout
    for wrong in ("role", "=staff", "text=a"):
        done = run("explain", "--rules", conditions, "--field", wrong, text)
        assert done.returncode == 2 and f'invalid value "{wrong}": expected NAME=VALUE' in done.stderr


def test_judge_and_replay_read_fields(conditions, tmp_path):
    comments = [{"id": "1", "text": "xem vidu.com"}, {"id": "2", "text": "xem vidu.com", "role": "staff"},
                {"id": "3", "text": "tỷ số", "section": "/the-thao/1"}, {"id": "4", "text": "tỷ số"}]
    assert [v["rules"] for v in judge(conditions, *comments)] == [["no-links"], [], ["sports"], []]
    (conditions / "rules.yaml").write_text(CONDITIONS.replace("role: staff", "trusted: true"))
    trusted = {"id": "5", "text": "xem vidu.com", "trusted": True}
    assert [v["rules"] for v in judge(conditions, trusted, {**trusted, "trusted": False})] == \
        [[], ["no-links"]]
    past = tmp_path / "past.jsonl"
    past.write_text("".join(json.dumps(c) + "\n" for c in comments + [trusted]))
    found = json.loads(run("replay", "--rules", conditions, "--format", "json", past).stdout)
    assert found["after"]["approve"] == 2 and found["after"]["reject"] == 3


@pytest.mark.parametrize("width", [50, 80, 120])
def test_explain_fits_the_terminal(rules, width):
    text = "chữ " * 40 + "nhà cái " + "dài " * 40 + "nhà cái uy tín"
    told = run("explain", "--all", "--rules", rules, text, COLUMNS=str(width)).stdout.splitlines()
    assert max(map(columns, told)) <= width
    marked = [(line, told[i + 1]) for i, line in enumerate(told) if "nhà cái" in line and "^" in told[i + 1]]
    assert len(marked) == 2  # a part of the line around each hit
    for line, below in marked:
        assert below == " " * columns(line.partition("nhà cái")[0]) + "^" * columns("nhà cái")


# What the manual page says of it, in its order.
CANONICAL = [
    ("a<br>b<b>c</b>d<img src=x>e<!-- f -->&nbsp;&#97;", "a\nbcd e a\n␞\nsrc=x\n␞\n"),
    ("a\u00a0\u2800\u3000b \r\nc\v\u2028d\fe\u0085\u2029f", "a b\nc\nd\ne\nf\n"),
    ("ma \u0301 u, a\u0301\u0300a\u0323\u0303", "máu, àã\n"),
    ("ＡＢ 𝐛 ⓒ ﬁ ㎏ ½ … ٣ 🇻🇳 🇰🇺🇧", "AB b c fi kg 1⁄2 ... 3 🇻🇳 KUB\n"),
    ("a\u200bb\u00adc\u200ed\ufe0fe\u0001f", "abcdef\n"),
    ("ñü ç\u0335\u0316", "nu c\n"),
    ("bаnk банк к8", "bank банк k8\n"),
    ("Hoà HÒA – ’ 漢 👨", "Hoà HÒA – ’ 漢 👨\n"),
    ("x\u202eolleh\u202c y", "xolleh y\n␞\nxhello y\n"),
]


@pytest.mark.parametrize("text, canonical", CANONICAL)
def test_explain_prints_canonical_text_as_the_manual_defines_it(rules, text, canonical):
    told = run("explain", "--canonical", text).stdout
    assert told.startswith(canonical) if canonical.endswith("␞\n") else told == canonical


def test_explain_canonical(rules):
    text = "Ｘem&nbsp;<b>hoà</b>  bi\u0300nh\u200b, n\u0303 b\u0430nk <!-- ẩn --> Hết…"
    done = run("explain", "--canonical", text)
    assert done.stdout == "Xem hoà bình, n bank Hết...\n␞\nẩn \n" and done.returncode == 0
    done = run("explain", "--canonical", " ")
    assert done.returncode == 1 and done.stderr == \
        "duyetd explain: no canonical text: the text is malformed\n"


# ---- replay

@pytest.fixture
def history(tmp_path):
    people = [{"verdict": "reject", "by": "lan"}, {"verdict": "approve", "by": "lan"},
              {"verdict": "approve", "by": "duyetd"}, {}]
    texts = ["vào nhà cái đi", "một hai ba bốn", "ngắn", "lô đề đây nhé"]
    path = tmp_path / "history.jsonl"
    path.write_text("".join(
        json.dumps({"id": f"{i}", "text": texts[i % 4], **people[i // 4 % 4]}) + "\n"
        for i in range(160)))
    return path


def test_replay_against(rules, history, tmp_path):
    proposed = tmp_path / "proposed"
    shutil.copytree(rules, proposed)
    (proposed / "rules.yaml").write_text(
        RULES.replace("[nhà cái]", "[lô đề, xóc đĩa]").replace("at-least: 3", "at-least: 1"))
    done = run("replay", "--rules", rules, "--against", proposed, "--format", "json", history)
    assert done.returncode == 0 and done.stderr == ""
    told = json.loads(done.stdout)
    assert (told["comments"], told["decided_by_people"]) == (160, 80)
    assert (told["before"]["reject"], told["after"]["reject"]) == (80, 40)
    flips = {(f["from"], f["to"]): f for f in told["flips"]}
    assert flips["reject", "approve"]["count"] == 80 and flips["approve", "reject"]["count"] == 40
    assert len(flips["approve", "reject"]["examples"]) == 5
    example = flips["approve", "reject"]["examples"][0]
    assert example["id"] == "3" and example["rules"] == "gambling"
    at, length = example["spans"][0]
    assert example["text"].encode()[at:at + length].decode() == "lô đề"
    gambling = next(r for r in told["after"]["rules"] if r["rule"] == "gambling")
    assert (gambling["hits"], gambling["alone"]) == (40, 40)
    # Of the 20 hits that a person looked at, 10 were rejected: 29.9 % to 70.1 % by Wilson.
    assert gambling["precision"] == {"share": 0.5, "of": 20, "low": 0.2993, "high": 0.7007}
    assert [e["entry"] for e in told["after"]["unused"]] == ["xóc đĩa", "thử nghiệm"]
    for jobs in (1, 2, 7):
        assert run("replay", "--rules", rules, "--against", proposed, "--format", "json",
                   "--jobs", jobs, history).stdout == done.stdout


def test_replay_text(rules, history):
    done = run("replay", "--rules", rules, "--examples", 1, history)
    assert done.returncode == 0 and done.stderr == ""
    assert "approve → reject: 20" in done.stdout    # what duyetd had approved, and now would not
    assert "after      of what is not approved, people reject 50.0 % of 40 (35.2–64.8)" in done.stdout
    table = [line for line in done.stdout.splitlines() if not line.startswith(" ") and str(rules) not in line]
    assert max(map(columns, table)) <= 80
    assert "min-length              40        40     50.0 (30–70)     25.0 (14–40)" in table
    assert "^^^^^^^" in done.stdout and "2 phrases and patterns hit nothing" in done.stdout


def test_replay_says_what_it_compares(rules, history, tmp_path):
    """replay prints the folders and rule sets before and after, or that past decisions or nothing is
    compared."""
    def told(*arguments):
        lines = run("replay", "--rules", rules, *arguments).stdout.splitlines()
        assert "it alone: hits of the rule that no other rule hits." in "\n".join(lines)
        return [re.sub("(?<=ruleset )[0-9a-f]{12}", "ID", line) for line in lines[:lines.index("")]]
    proposed = tmp_path / "proposed"
    shutil.copytree(rules, proposed)
    same = ["160 comments", f"before: the folder {rules} (ruleset ID)", f"after:  the folder {proposed} (ruleset ID)"]
    assert told("--against", proposed, history) == [*same, "The two have the same rules."]
    (proposed / "rules.yaml").write_text(RULES.replace("nhà cái", "lô đề"))
    assert told("--against", proposed, history) == same
    assert told(history) == ["160 comments", "before: duyetd's decisions at the time, from the input",
                             f"after:  the folder {rules} (ruleset ID)"]
    undecided = tmp_path / "undecided.jsonl"
    undecided.write_text('{"id": "c1", "text": "Hay quá"}')
    assert told(undecided) == [
        "1 comment", f"rules: the folder {rules} (ruleset ID)",
        "There is nothing to compare with: no --against DIR was given, and the input has", "no decisions of duyetd."]


def test_replay_of_one_rule_lists_no_unused_phrases(rules, tmp_path):
    past = tmp_path / "past.jsonl"
    past.write_text(json.dumps({"id": "c1", "text": "Hay quá", "verdict": "reject", "rules": "min-length"}))
    assert "hit nothing" in run("replay", "--rules", rules, past).stdout
    one = run("replay", "--rules", rules, "--rule", "min-length", past).stdout
    assert one.startswith("1 comment") and "hit nothing" not in one


def test_replay_names_bad_lines(rules, history):
    history.write_text("no\n" + history.read_text())
    done = run("replay", "--rules", rules, history)
    assert done.returncode == 1 and done.stderr.startswith(f"{history}:1:1: ")
    assert "160 comments" in done.stdout


# ---- replay of what Redis remembers

def test_replay_names_a_stream_without_comments(rules, redis, server):
    redis.xadd("comments:verdicts", {"id": "1", "verdict": "approve", "rules": "", "reason": "",
                                     "entry": "1-1", "ruleset": "x", "by": "duyetd"})
    for stream, wrong in (("comments:rejectd", "is empty or does not exist"),
                          ("comments:verdicts", "has decisions without texts")):
        done = run("replay", "--rules", rules, "--redis", server.url, "--stream", stream)
        assert done.returncode == 3 and done.stdout == ""
        assert done.stderr == f"duyetd replay: {stream} {wrong}: expected PREFIX:rejected, " \
            "PREFIX:held, PREFIX:reviewed or PREFIX:approved\n"
    assert run("replay", "--rules", rules, "--redis", server.url, "--stream", "comments:rejected",
               "--since", "1h").returncode == 0


def test_replay_stream(rules, redis, daemon, server):
    duyetd = daemon()
    entries = [submit(redis, f"c{i}", f"nhà cái số {i}" if i % 2 else "một hai ba bốn", by="web")
               for i in range(1200)]
    wait_verdicts(redis, len(entries))
    for i in (1, 3, 5):
        redis.xadd("comments:review", {"id": f"c{i}", "verdict": "approve" if i < 5 else "reject",
                                       "by": "lan"})
    wait_for(lambda: redis.xlen("comments:reviewed") >= 2)
    duyetd.stop()
    options = ["replay", "--rules", rules, "--redis", server.url, "--format", "json", "--stream"]
    rejected = json.loads(run(*options, "comments:rejected").stdout)
    assert (rejected["comments"], rejected["after"]["reject"]) == (600, 600)
    assert rejected["decided_by_people"] == 0 and rejected["flips"] == []
    reviewed = json.loads(run(*options, "comments:reviewed").stdout)
    assert reviewed["decided_by_people"] == redis.xlen("comments:reviewed")
    assert reviewed["after"]["precision"]["of"] == redis.xlen("comments:reviewed")
    assert run(*options, "comments:none").returncode == 3


def test_replay_with_an_empty_password_file(rules, redis, server, proxy, tmp_path):
    """No password is sent, as the daemon does; a user without a password is refused."""
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="utf-8")
    redis.xadd("comments:reviewed", {"id": "c1", "text": "Bài viết rất hay", "verdict": "approve"})
    options = ["replay", "--rules", rules, "--redis-password-file", empty, "--format", "json",
               "--stream", "comments:reviewed"]
    done = run(*options, "--redis", server.url)
    assert done.returncode == 0, done.stderr
    refused = run(*options, "--redis", f"redis://lan@127.0.0.1:{proxy.port}")
    assert refused.returncode == 3 and "no password for the user lan" in refused.stderr
    mark = tmp_path / "mark"
    mark.write_text("\ufeffgeheim\n", encoding="utf-8")
    redis.config_set("requirepass", "geheim")
    options[4] = mark
    assert run(*options, "--redis", server.url).returncode == 0


def test_replay_stream_out_of_reach(rules, redis, server):
    redis.set("comments:text", "no stream")
    options = ["replay", "--rules", rules, "--redis", server.url]
    wrong = run(*options, "--stream", "comments:text")
    assert wrong.returncode == 3 and "WRONGTYPE" in wrong.stderr and wrong.stdout == ""
    assert run(*options, "--stream", "a", "file").returncode == 2
    assert run("replay", "--rules", rules, "--redis", "http://x", "--stream", "a").returncode == 2
    nowhere = run("replay", "--rules", rules, "--redis", "unix:///nowhere", "--stream", "a")
    assert nowhere.returncode == 3 and "No such file" in nowhere.stderr


# ---- rules as editors and configuration management leave them

@pytest.mark.parametrize("lines, place, advice", [
    ("- name: x\n\tkind: links", "3:1", "indent with spaces"),
    ("- name: x\n    kind: links", "3:9", "indented too far"),
    ("- name: x\n kind: links", "3:2", "like the lines beside it"),
    ("- name: x\n  message: a: b", "3:13", "needs quotes"),
    ("- name: x\n  kind links\n  message: b", "4:3", "a colon and a space"),
    ('- name: x\n  message: "b', "4:1", "not closed"),
    ('- name: x\n  patterns: ["\\d"]', "3:15", "single quotes"),
    ("- name: x\n  phrases: [a, b\n  kind: banned", "4:7", "a bracket or a comma"),
    ("- name: x\n  message: @all", "3:12", "only in quotes"),
    ("- name: x\n  message: *bold*", "3:17", "only in quotes"),
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
    assert "empty.yaml: error: expected rules: at the beginning of the file" in run(
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


@pytest.fixture
def terminal():
    """Both ends of a pseudo-terminal. The test keeps the program's end open too: once that is
    closed, what was written last can no longer be read."""
    try:
        ends = pty.openpty()
    except OSError:
        pytest.skip("no /dev/pts here")
    yield ends
    for end in ends:
        os.close(end)


def read_all(file):
    """What can be read without waiting."""
    read = b""
    while select.select([file], [], [], 0)[0]:
        read += os.read(file, 65536)
    return read


@pytest.mark.timing
def test_replay_progress_on_a_terminal_only(rules, terminal):
    """Fed until it shows how far it is. What the line looks like: tests/unit/test_progress.c."""
    shown, end = terminal
    block = '{"text":"một hai ba bốn năm sáu bảy"}\n'.encode() * 100
    blocks, text = 0, b""
    command = [DUYETD, "replay", "--rules", rules, "--jobs", "1", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=end) as process:
        def feed():
            nonlocal blocks, text
            process.stdin.write(block)
            process.stdin.flush()
            blocks += 1
            text += read_all(shown)
            return b"/s" in text
        wait_for(feed)
        told, _ = process.communicate(timeout=PATIENCE)
    text += read_all(shown)
    assert re.search(rb"\r\033\[K(\d{1,3},)*\d{1,3} comments, [\d,]+/s", text), text
    assert text.endswith(b"\r\033[K") and b"\n" not in text
    assert told.decode().startswith(f"{blocks * 100:,} comments")


def test_replay_leaves_out_reviews_without_text(tmp_path):
    """A review of an approved comment has no text if none was kept. It is left out: with an empty text it
    would count as malformed, and so as a rejection on which the rules and the person agree."""
    history = tmp_path / "history.jsonl"
    history.write_text('{"id": "1", "verdict": "reject", "by": "lan"}\n'
                       '{"id": "2", "text": "hay", "verdict": "reject", "by": "lan"}\n')
    answer = json.loads(run("replay", "--rules", ROOT / "rules", "--format", "json", history).stdout)
    assert (answer["comments"], answer["left_out_without_text"]) == (1, 1)


def test_replay_lists_where_people_decide_otherwise(tmp_path):
    """Comments that people reject and the rules hold are not listed: both object."""
    history = tmp_path / "history.jsonl"
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yaml").write_text(
        "rules: [{name: casino, kind: banned, phrases: [nhà cái], message: m}, "
        "{name: doubt, kind: banned, phrases: [nghi ngờ], action: hold, message: m}]\n")
    history.write_text('{"id": "1", "text": "một nhà cái", "verdict": "approve", "by": "lan"}\n'
                       '{"id": "2", "text": "hai nhà cái", "verdict": "reject", "by": "lan"}\n'
                       '{"id": "3", "text": "bài hay", "verdict": "reject", "by": "lan"}\n'
                       '{"id": "4", "text": "tôi nghi ngờ", "verdict": "reject", "by": "lan"}\n'
                       '{"id": "5", "text": "tôi nghi ngờ", "verdict": "approve", "by": "lan"}\n'
                       '{"id": "6", "text": "ba nhà cái"}\n')
    told = run("replay", "--rules", rules, history).stdout
    for kind, comment in (("people approve → the rules reject: 1", "1  casino"),
                          ("people approve → the rules hold: 1", "5  doubt"),
                          ("people reject → the rules approve: 1", "3  nothing")):
        assert f"\n{kind}\n    {comment}\n" in told
    assert len(re.findall("^people .* → ", told, re.M)) == 3
    answer = json.loads(run("replay", "--rules", rules, "--format", "json", history).stdout)
    assert [(kind["from"], kind["to"], [comment["id"] for comment in kind["examples"]])
            for kind in answer["disputed"]] == [
        ("approve", "hold", ["5"]), ("approve", "reject", ["1"]), ("reject", "approve", ["3"])]


def test_replay_counts_unknown_verdicts(tmp_path):
    history = tmp_path / "history.jsonl"
    history.write_text('{"id": "1", "text": "hay", "verdict": "aprove", "by": "lan"}\n'
                       '{"id": "2", "text": "hay", "verdict": "từ chối", "by": "duyetd"}\n'
                       '{"id": "3", "text": "hay", "verdict": "hold", "by": "duyetd"}\n'
                       '{"id": "4", "text": "hay", "verdict": ""}\n'
                       '{"id": "5", "text": "hay"}\n')
    told = run("replay", "--rules", ROOT / "rules", history).stdout.splitlines()
    assert told[0] == "5 comments"
    assert told[3] == "unknown verdict in 2 of them, which count as not decided: expected approve, hold or reject"
    answer = json.loads(run("replay", "--rules", ROOT / "rules", "--format", "json", history).stdout)
    assert (answer["comments"], answer["unknown_verdicts"], answer["before"]["hold"]) == (5, 2, 1)
