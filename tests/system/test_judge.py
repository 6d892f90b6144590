"""judge: the verdicts of comments from files and stdin."""
import json
import pathlib
import re
import subprocess

import pytest

from commands import DUYETD, CONDITIONS, conditions, judge, rules, run  # noqa: F401 (fixtures)
from helpers import PATIENCE, wait_for
from processes import Daemon


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


def test_a_byte_order_mark_is_ignored(rules, tmp_path):
    line = json.dumps({"id": "1", "text": "nhà cái đây"}, ensure_ascii=False) + "\n"
    path = tmp_path / "comments.jsonl"
    path.write_text(line + line, encoding="utf-8-sig")
    done = run("judge", "--rules", rules, path, path)
    assert done.returncode == 0 and done.stdout.count('"reject"') == 8  # verdict and action
    assert run("replay", "--rules", rules, path).returncode == 0


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
