"""replay: what changed rules would decide. test_replay_apply.py is about --apply."""
import json
import re
import shutil
import subprocess

import pytest

from commands import DUYETD, RULES, columns, read_all, rules, run, terminal  # noqa: F401 (fixtures)
from helpers import PATIENCE, ROOT, submit, wait_for, wait_verdicts


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
    report = json.loads(done.stdout)
    assert (report["comments"], report["decided_by_people"]) == (160, 80)
    assert (report["before"]["reject"], report["after"]["reject"]) == (80, 40)
    flips = {(f["from"], f["to"]): f for f in report["flips"]}
    assert flips["reject", "approve"]["count"] == 80 and flips["approve", "reject"]["count"] == 40
    assert len(flips["approve", "reject"]["examples"]) == 5
    example = flips["approve", "reject"]["examples"][0]
    assert example["id"] == "3" and example["rules"] == "gambling"
    at, length = example["spans"][0]
    assert example["text"].encode()[at:at + length].decode() == "lô đề"
    gambling = next(r for r in report["after"]["rules"] if r["rule"] == "gambling")
    assert (gambling["hits"], gambling["alone"]) == (40, 40)
    # Of the 20 hits that a person looked at, 10 were rejected: 29.9 % to 70.1 % by Wilson.
    assert gambling["precision"] == {"share": 0.5, "of": 20, "low": 0.2993, "high": 0.7007}
    assert [e["entry"] for e in report["after"]["unused"]] == ["xóc đĩa", "thử nghiệm"]
    for jobs in (1, 2, 7):
        assert run("replay", "--rules", rules, "--against", proposed, "--format", "json",
                   "--jobs", jobs, history).stdout == done.stdout


def test_replay_text(rules, history):
    done = run("replay", "--rules", rules, "--examples", 1, history)
    assert done.returncode == 0 and done.stderr == ""
    assert "approve → reject: 20" in done.stdout    # what duyetd had approved, and now would not
    assert "after      of what rules do not approve, people reject 50.0 % of 40 (35.2–64.8)" in done.stdout
    table = [line for line in done.stdout.splitlines() if not line.startswith(" ") and str(rules) not in line]
    assert max(map(columns, table)) <= 80
    assert "min-length              40        40     50.0 (30–70)     25.0 (14–40)" in table
    assert "^^^^^^^" in done.stdout and "2 phrases and patterns hit nothing" in done.stdout


def test_replay_says_what_it_compares(rules, history, tmp_path):
    """replay prints the folders and rule sets before and after, or that past decisions or nothing is
    compared."""
    def lines_of(*arguments):
        lines = run("replay", "--rules", rules, *arguments).stdout.splitlines()
        assert "it alone: hits of the rule that no other rule hits." in "\n".join(lines)
        return [re.sub("(?<=ruleset )[0-9a-f]{12}", "ID", line) for line in lines[:lines.index("")]]
    proposed = tmp_path / "proposed"
    shutil.copytree(rules, proposed)
    same = ["160 comments", f"before: the folder {rules} (ruleset ID)", f"after:  the folder {proposed} (ruleset ID)"]
    assert lines_of("--against", proposed, history) == [*same, "The two have the same rules."]
    (proposed / "rules.yaml").write_text(RULES.replace("nhà cái", "lô đề"))
    assert lines_of("--against", proposed, history) == same
    assert lines_of(history) == ["160 comments", "before: duyetd's decisions at the time, from the input",
                                 f"after:  the folder {rules} (ruleset ID)"]
    undecided = tmp_path / "undecided.jsonl"
    undecided.write_text('{"id": "c1", "text": "Hay quá"}')
    assert lines_of(undecided) == [
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
    replay = ["replay", "--rules", rules, "--redis", server.url, "--stream"]
    for wrong, *options in (("is empty or does not exist", "comments:rejectd"),
                            ("is empty or does not exist", "comments:rejectd", "--since", "1h"),
                            ("is empty or does not exist", "comments:rejectd", "--rule", "min-length"),
                            ("has decisions without texts", "comments:verdicts")):
        done = run(*replay, *options)
        assert done.returncode == 3 and done.stdout == ""
        assert done.stderr == f"duyetd replay: {options[0]} {wrong}: expected PREFIX:rejected, " \
            "PREFIX:held, PREFIX:reviewed or PREFIX:approved\n"


def test_replay_of_a_time_without_comments(rules, redis, server):
    redis.xadd("comments:rejected", {"id": "1", "text": "Hay quá", "verdict": "reject", "rules": "min-length"},
               id="1-0")
    done = run("replay", "--rules", rules, "--redis", server.url, "--stream", "comments:rejected", "--since", "1h")
    assert done.returncode == 0 and done.stdout.startswith("0 comments") and not done.stderr


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
    assert rejected["decided_by_people"] == redis.xlen("comments:reviewed") and rejected["flips"] == []
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
    mark.write_text("\ufeffmatkhau\n", encoding="utf-8")
    redis.config_set("requirepass", "matkhau")
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


@pytest.mark.timing
def test_replay_progress_on_a_terminal_only(rules, terminal):
    """The input is fed until replay shows its progress. tests/unit/test_progress.c checks the line itself."""
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
        output, _ = process.communicate(timeout=PATIENCE)
    text += read_all(shown)
    assert re.search(rb"\r\033\[K(\d{1,3},)*\d{1,3} comments, [\d,]+/s", text), text
    assert text.endswith(b"\r\033[K") and b"\n" not in text
    assert output.decode().startswith(f"{blocks * 100:,} comments")


def test_replay_leaves_out_reviews_without_text(tmp_path):
    """A review of an approved comment has no text if none was kept. It is left out: with an empty text it
    would count as malformed, and so as a rejection on which the rules and the person agree."""
    history = tmp_path / "history.jsonl"
    history.write_text('{"id": "1", "verdict": "reject", "by": "lan"}\n'
                       '{"id": "2", "text": "hay", "verdict": "reject", "by": "lan"}\n')
    answer = json.loads(run("replay", "--rules", ROOT / "rules", "--format", "json", history).stdout)
    assert (answer["comments"], answer["left_out_without_text"]) == (1, 1)


def test_replay_lists_where_people_decide_otherwise(tmp_path):
    """Comments that people reject and the rules hold are not listed: neither approves them."""
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
    output = run("replay", "--rules", rules, history).stdout
    for kind, comment in (("people approve → the rules reject: 1", "1  casino"),
                          ("people approve → the rules hold: 1", "5  doubt"),
                          ("people reject → the rules approve: 1", "3  no rule fails")):
        assert f"\n{kind}\n    {comment}\n" in output
    assert len(re.findall("^people .* → ", output, re.M)) == 3
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
    output = run("replay", "--rules", ROOT / "rules", history).stdout.splitlines()
    assert output[0] == "5 comments"
    assert output[3] == "unknown verdict in 2 of them, which count as not decided: expected approve, hold or reject"
    answer = json.loads(run("replay", "--rules", ROOT / "rules", "--format", "json", history).stdout)
    assert (answer["comments"], answer["unknown_verdicts"], answer["before"]["hold"]) == (5, 2, 1)
