"""suggest: phrases from people's decisions, as a rule with the action watch."""
import json

import pytest

from commands import run

BASE = """\
rules:
  - name: gambling
    kind: banned
    phrases: [nhà cái]
    message: "Quảng cáo."
  - name: trial
    kind: banned
    action: watch
    phrases: [đổi điểm]
    message: "Chỉ xem."
"""
SELLERS = ["Ai cần thuê xe tự lái giá rẻ thì nhắn mình", "Bên mình cho Thuê Xe Tự Lái, có ngay", "thuê xe tự lái đây",
           "Cuối tuần thuê xe tự lái đi chơi thôi"]
HONEST = ["Bài viết hay quá, cảm ơn tác giả", "Tôi thuê nhà đã mười năm nay rồi", "Xe cộ đông đúc mà đường thì hẹp",
          "Đọc xong thấy thương người nghèo"]


@pytest.fixture
def rules(tmp_path):
    directory = tmp_path / "base"
    directory.mkdir()
    (directory / "10.yaml").write_text(BASE)
    return directory


def rows(texts, verdict, **fields):
    return [json.dumps({"id": f"{verdict}{i}-{len(texts)}", "text": text, "verdict": verdict, "by": "lan", **fields})
            for i, text in enumerate(texts)]


def history(*more):
    return "\n".join(rows(SELLERS, "reject", judged="approve") + rows(HONEST * 20, "approve", by="duyetd")
                     + list(more))


def suggest(rules, lines, *options):
    return run("suggest", "--rules", rules, *options, stdin=lines)


def test_a_rule_to_paste(rules):
    """The output has the phrase, its counts and examples, and is a file that loads and hits."""
    done = suggest(rules, history())
    assert done.returncode == 0, done.stderr
    assert "# rejected 4, approved 0, ratio " in done.stdout and '- "thuê xe tự lái"' in done.stdout
    assert "from 4 comments" in done.stdout and "80 approved" in done.stdout
    (rules / "90-suggested.yaml").write_text(done.stdout)
    (rules / "everyday.txt").write_text("Trời hôm nay đẹp quá\n")
    checked = run("check", "--strict", "--rules", rules)
    assert checked.returncode == 0, checked.stdout
    answer = json.loads(run("judge", "--rules", rules, stdin=json.dumps(
        {"id": "c1", "text": "Cho thuê xe tự lái ở Huế"})).stdout)
    assert answer["verdict"] == "approve" and [hit["rule"] for hit in answer["hits"]] == ["suggested"]


def test_comments_that_rules_find_suggest_nothing(rules):
    texts = [text.replace("nhắn mình", "vào nhà cái") for text in SELLERS]
    done = suggest(rules, "\n".join(rows(texts, "reject") + rows(HONEST * 20, "approve")))
    assert "from 3 comments" in done.stdout and "# rejected 3, approved 0" in done.stdout
    done = suggest(rules, "\n".join(rows([text + " nhà cái" for text in SELLERS], "reject")
                                    + rows(HONEST * 20, "approve")))
    assert done.returncode == 1 and not done.stdout
    assert "0 comments that people rejected and no rule found, 4 that rules find now, and 80 approved" in done.stderr


def test_known_phrases_and_decisions_of_replay_are_left_out(rules, tmp_path):
    """Phrases of rules, also of those that only watch; phrases of everyday sentences; decisions of replay."""
    watched = rows([f"Đổi điểm lấy quà số {i}" for i in "abcd"], "reject", judged="approve")
    done = suggest(rules, history(*watched))
    assert '- "thuê xe tự lái"' in done.stdout and "đổi điểm" not in done.stdout
    everyday = tmp_path / "everyday.txt"
    everyday.write_text("Nhà tôi cho thuê xe tự lái, giá rẻ\n")
    done = suggest(rules, history(), "--everyday", everyday)
    assert done.returncode == 1 and not done.stdout
    lines = rows(SELLERS, "reject", judged="approve", via="replay") + rows(HONEST * 20, "approve")
    done = suggest(rules, "\n".join(lines))
    assert "of 0 comments" in done.stderr and done.returncode == 1


def test_the_last_decision_of_a_comment_counts_once(rules):
    """A comment that was approved first and rejected later is not among the approved ones, also where a rule finds
    it; one that was approved twice is there once."""
    first, found = dict(id="c1", text="Xin chào cả nhà", entry="1-0"), dict(id="c2", text="Vào nhà cái", entry="2-0")
    lines = [dict(first, verdict="approve", by="duyetd"), dict(first, verdict="approve", by="lan"),
             dict(found, verdict="approve", by="minh"), dict(found, verdict="reject", by="lan")]
    done = suggest(rules, history(*map(json.dumps, lines)))
    assert "from 4 comments" in done.stdout and "81 approved" in done.stdout, done.stdout


def test_most_and_least_limit_the_phrases(rules):
    more = rows([f"Nhận gõ chữ tại nhà {i}" for i in "abcdef"], "reject", judged="approve")
    both = suggest(rules, history(*more)).stdout
    assert both.index('"nhận gõ chữ tại nhà"') < both.index('"thuê xe tự lái"')
    one = suggest(rules, history(*more), "--most", 1).stdout
    assert '"nhận gõ chữ tại nhà"' in one and "thuê xe" not in one
    five = suggest(rules, history(*more), "--least", 5).stdout
    assert '"nhận gõ chữ tại nhà"' in five and "thuê xe" not in five


def test_without_approved_comments(rules):
    done = suggest(rules, "\n".join(rows(SELLERS, "reject")))
    assert done.returncode == 1 and "expected approved comments too" in done.stderr


def test_texts_that_yaml_must_quote(rules):
    """Signs, quotes, line ends and invisible characters in a comment leave the rule valid."""
    odd = [f'"{text}": \'#\\ {{[&*!|>%@`\u200b\u202e\x07\x85\n- x' for text in SELLERS]
    done = suggest(rules, "\n".join(rows(odd, "reject", judged="approve") + rows(HONEST * 20, "approve")))
    assert done.returncode == 0, done.stderr
    (rules / "90-suggested.yaml").write_text(done.stdout)
    (rules / "everyday.txt").write_text("Trời hôm nay đẹp quá\n")
    checked = run("check", "--strict", "--rules", rules)
    assert checked.returncode == 0, checked.stdout


def test_bad_lines_and_sources(rules, tmp_path):
    done = suggest(rules, history("{"))
    assert done.returncode == 1 and "thuê xe tự lái" in done.stdout and "-:85:" in done.stderr
    file = tmp_path / "rows.jsonl"
    file.write_text(history())
    assert "thuê xe tự lái" in run("suggest", "--rules", rules, file).stdout
    assert run("suggest", "--rules", rules, "--stream", "s", file).returncode == 2
    assert run("suggest", "--rules", rules, "--redis", "nowhere", "--stream", "s").returncode == 2
    assert run("suggest", "--rules", rules, "--everyday", tmp_path / "none", file).returncode == 3


def test_from_the_stream_of_reviews(rules, redis, server):
    for number, line in enumerate(history().splitlines()):
        redis.xadd("comments:reviewed", json.loads(line), id=f"{number + 1}-0")
    done = run("suggest", "--rules", rules, "--redis", server.url, "--stream", "comments:reviewed")
    assert done.returncode == 0 and '- "thuê xe tự lái"' in done.stdout
    done = run("suggest", "--rules", rules, "--redis", server.url, "--stream", "comments:reviewd")
    assert done.returncode == 3 and not done.stdout
    assert done.stderr == "duyetd suggest: comments:reviewd is empty or does not exist: expected PREFIX:reviewed\n"
    server.kill()
    done = run("suggest", "--rules", rules, "--redis", server.url, "--stream", "comments:reviewed")
    assert done.returncode == 3 and not done.stdout and "cannot read comments:reviewed" in done.stderr
