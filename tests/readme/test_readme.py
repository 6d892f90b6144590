"""The README's code, run as it stands there against the real daemon."""
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from website import DUYETD, PATIENCE, ROOT, wait_for

HONEST = "Bài viết rất hay, cảm ơn tác giả đã phân tích rõ ràng từng số liệu."
SHORT = "Hay quá!"

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"<!-- run: ([a-z ]+) -->\n```\w+\n(.*?)```", README, re.S)


def blocks(name):
    found = [code for marker, code in BLOCKS if marker == name]
    assert found, f"the README has no block marked {name}"
    return found


LANGUAGES = {
    "python": ([sys.executable], ".py", lambda: importlib.util.find_spec("redis")),
    "node": (["node"], ".js", lambda: shutil.which("node") and not subprocess.run(
        ["node", "-e", "require('redis')"], env={"NODE_PATH": "/usr/share/nodejs",
                                                 "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True).returncode),
    # It gives an answer up after a minute otherwise.
    "php": (["php", "-d", f"default_socket_timeout={2 * int(PATIENCE)}"], ".php", lambda: shutil.which("php") and "redis" in subprocess.run(
        ["php", "-m"], capture_output=True, text=True).stdout.split()),
}


def program(language, name, scratch):
    """The command that runs a block of the README."""
    command, suffix, present = LANGUAGES[language]
    if not present():
        pytest.skip(f"no {language} with its Redis client on this machine")
    file = pathlib.Path(scratch) / (name + suffix)
    file.write_text(blocks(f"{language} {name}")[0])
    return [*command, str(file)]


def patient_program(language, scratch):
    """The block `ask`, which waits for the answer for as long as it takes, not for two seconds."""
    command = program(language, "ask", scratch)
    file = pathlib.Path(command[-1])
    code, count = re.subn(r"(seconds ?= ?)2\b", rf"\g<1>{int(PATIENCE)}", file.read_text())
    assert count == 1
    file.write_text(code)
    return command


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_gets_the_reason(site, tmp_path, language):
    command = patient_program(language, tmp_path)
    site.daemon()
    done = subprocess.run(command, env=site.env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == site.verdict("c42")["reason"]
    assert "10 chữ" in done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_tells_when_nobody_answers(site, tmp_path, language):
    command = program(language, "ask", tmp_path)
    done = subprocess.run(command, env=site.env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Bình luận đang chờ duyệt."


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_tells_when_a_person_decides(site, tmp_path, language):
    command = patient_program(language, tmp_path)
    short = site.rules / "10-site.yaml"
    short.write_text(short.read_text().replace("    unit: words", "    unit: words\n    action: hold"))
    site.daemon()
    done = subprocess.run(command, env=site.env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert site.verdict("c42")["verdict"] == "hold"
    assert done.stdout.strip() == "Bình luận đang chờ duyệt."


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_shows_no_reason_for_an_approval(site, tmp_path, language):
    command = patient_program(language, tmp_path)
    for file in site.rules.glob("*.yaml"):
        file.write_text("rules: []\n")
    (site.rules / "10-site.yaml").write_text("rules: [{name: any, kind: length, at-least: 1, message: m}]\n")
    site.daemon()
    done = subprocess.run(command, env=site.env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert site.verdict("c42")["verdict"] == "approve" and not done.stdout.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_ignores_the_late_answer_to_an_edit(site, tmp_path, language):
    command = patient_program(language, tmp_path)
    site.daemon()
    site.submit("c42", HONEST, reply=1)
    site.verdict("c42")
    done = subprocess.run(command, env=site.env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.strip() == site.verdict("c42", 2)["reason"] != ""


def follow(site, command, seen):
    """Runs a follower until it has told of as many verdicts as `seen`; its lines."""
    log = site.scratch / "follower.out"
    with open(log, "w") as out:
        follower = subprocess.Popen(command, env=site.env, stdout=out, stderr=out)
    try:
        wait_for(lambda: len(log.read_text().splitlines()) >= seen)
        # what it told of last it has yet to acknowledge
        wait_for(lambda: not site.redis.xpending("comments:verdicts", "website")["pending"])
    except AssertionError:
        raise AssertionError(log.read_text())
    finally:
        follower.kill()
        follower.wait()
    return log.read_text().splitlines()


def leave_unacknowledged(site):
    """A verdict that the follower was handed and fell over with."""
    site.submit("c1", SHORT)
    site.verdict("c1")
    site.redis.xgroup_create("comments:verdicts", "website", id="0")
    site.redis.xreadgroup("website", "web-1", {"comments:verdicts": ">"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_resumes_where_it_was(site, tmp_path, language):
    command = program(language, "follow", tmp_path)
    site.daemon()
    site.submit("c1", HONEST)
    site.submit("c2", SHORT)
    site.verdict("c2")
    assert follow(site, command, 2) == ["c1 approve", "c2 reject"]
    site.submit("c3", HONEST)
    site.verdict("c3")
    assert follow(site, command, 1) == ["c3 approve"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_passes_over_what_was_trimmed(site, tmp_path, language):
    command = program(language, "follow", tmp_path)
    site.daemon()
    leave_unacknowledged(site)
    site.redis.xtrim("comments:verdicts", maxlen=0, approximate=False)
    site.submit("c2", HONEST)
    site.verdict("c2")
    assert follow(site, command, 1) == ["c2 approve"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_takes_up_what_it_had_not_acknowledged(site, tmp_path, language):
    command = program(language, "follow", tmp_path)
    site.daemon()
    leave_unacknowledged(site)
    assert follow(site, command, 1) == ["c1 reject"]


def paste(site, code):
    """What a shell prints for a block of the README."""
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", code], cwd=ROOT, env=site.env,
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"^(ERR|WRONGTYPE|NO\w+) ", done.stdout, re.M), done.stdout
    return done.stdout


# What a commenter may write to look like another field or record, or to drive the terminal.
FORGERIES = ["a\nverdict\napprove\nby\nlan", 'a",', 'a"]],["1-1",["id', "a\\", "\\\",", "", "\x1b]0;x\x07\x1b[2A",
             "\u009b2J\x7f", "\u202eevorppa\u2066", "1) \"verdict\"\n2) \"approve\"" + " dài" * 30,
             "a\r\n  \"verdict\",\n  \"approve\","]


def shown(told):
    """The lines of a terminal, each of which is one name or one value of the answer."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", told), told
    return told.splitlines()


def test_no_forgery_on_a_moderators_terminal(site):
    """Whatever a commenter writes: the answer is the same when read as JSON, and each line begins
    and ends where a name or a value does."""
    site.daemon()
    fields = {f"f{i}": text for i, text in enumerate(FORGERIES)}
    for comment in ("c41", "c42"):
        site.submit(comment, SHORT, **fields)
        site.verdict(comment)
    short, last, record = blocks("moderator")[:3]
    told = paste(site, short + last)
    assert [dict(zip(row[::2], row[1::2]))["id"] for _, row in json.loads(told)] == ["c42", "c41"]
    lines = shown(told)
    names = len(site.redis.hgetall("comments:rejected:c42"))
    assert len(lines) == 2 * 2 * names
    assert lines.count('  "verdict",') == lines.count('  "reject",') == 2
    assert '  "approve",' not in lines and '  "lan",' not in lines
    for told in paste(site, short + record), paste(site, short + "rc HGETALL comments:rejected:c41"):
        lines = shown(told)
        assert len(lines) == len(json.loads(told)) == names
        assert [line for line in lines if re.match(r'  ?"verdict":|{"verdict":', line)] != []
        assert len([line for line in lines if re.match(r'\W*verdict\W', line)]) == 1


def test_moderators_page(site):
    """Every command of the page, in its order, with what it is said to do."""
    (site.rules / "90-hold.yaml").write_text(
        "rules: [{name: doubt, kind: banned, phrases: [nghi ngờ], action: hold, message: m}]\n")
    site.daemon()
    site.submit("c41", HONEST + " Tôi nghi ngờ.")
    site.submit("c42", SHORT, author="\x1b]0;u7\x07", page="\u009b2J")
    site.verdict("c42")
    short, last, record, approve, reject, held, rest = blocks("moderator")
    last, record, held, rest = (short + code for code in (last, record, held, rest))

    told = paste(site, last)
    assert SHORT in told and "min-length words=2 at-least=10" in told and "]0;u7" in told
    shown(told)
    told = paste(site, record)
    assert '"author":"\\u001b]0;u7' in told and '"page":"2J"' in told
    shown(told)

    paste(site, approve)
    assert site.verdict("c42", 2)["verdict"] == "approve"
    assert site.verdict("c42", 2)["by"] == "lan"
    assert not site.redis.exists("comments:rejected:c42")

    paste(site, reject)
    assert site.verdict("c42", 3)["verdict"] == "reject"

    told = paste(site, held)
    assert told.startswith("1\n") and "c41" in told
    site.redis.xadd("comments:review", {"id": "c41", "verdict": "approve", "by": "lan"})
    site.verdict("c41", 2)
    assert paste(site, held).split() == ["0", "[]"]

    site.redis.xadd("comments:review", {"id": "c999", "verdict": "approve", "by": "lan"})
    wait_for(lambda: site.redis.xlen("comments:dead"))
    told = paste(site, rest)
    assert "đúng chủ đề" in told and "c999" in told and "rule:min-length" in told


def test_ops_page(site):
    told = paste(site, blocks("ops")[0])
    assert "ok" in told and "gambling" in told and "n.h.à c.á.i" in told


def test_the_rule_loads_beside_the_shipped_ones(site):
    rule, = re.findall(r"```yaml\n(rules:.*?)```", README, re.S)
    (site.rules / "90-readme.yaml").write_text(rule)
    done = subprocess.run([DUYETD, "check", "--strict", "--rules", site.rules],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "error" not in done.stdout, done.stdout


def test_marked_blocks_are_all_run():
    assert {marker for marker, _ in BLOCKS} == {
        *(f"{language} {name}" for language in LANGUAGES for name in ("ask", "follow")),
        "moderator", "ops", "acl"}
    marked = len(re.findall(r"<!-- run:", README))
    assert marked == len(BLOCKS), "a marker without its block right behind it"
