"""The keys of the web tier and the moderators in Redis, field by field."""
import json
import re

from helpers import GOOD, PATIENCE, VERDICT, submit, verdict_of, verdicts, wait_for, wait_settled


def test_an_approval_has_all_fields(redis, daemon):
    daemon()
    entry = submit(redis, "c1", GOOD, author="u7")
    verdict = verdict_of(redis, entry)
    assert list(verdict) == VERDICT
    assert verdict == {"id": "c1", "verdict": "approve", "rules": "", "reason": "", "entry": entry,
                       "ruleset": verdict["ruleset"], "by": "duyetd"}
    assert len(verdict["ruleset"]) == 12 and int(verdict["ruleset"], 16) >= 0
    wait_settled(redis)
    assert redis.xlen("comments:rejected") == 0 and not redis.exists("comments:rejected:c1")


def test_a_rejection_has_a_record(redis, daemon):
    daemon()
    text = "Vào nhà cái http://abc.com"
    entry = submit(redis, "c2", text, author="u7", page="/a/1")
    verdict = verdict_of(redis, entry)
    assert list(verdict) == VERDICT
    assert (verdict["verdict"], verdict["rules"]) == ("reject", "no-links,gambling")
    assert "liên kết" in verdict["reason"] and "bị cấm" in verdict["reason"]
    wait_settled(redis)
    (_, row), = redis.xrange("comments:rejected")
    assert list(row) == VERDICT + ["matches", "text", "author", "page"]
    assert {name: row[name] for name in VERDICT} == verdict
    assert (row["text"], row["author"], row["page"]) == (text, "u7", "/a/1")
    record = redis.hgetall("comments:rejected:c2")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record.pop("judged-on")) and record == row
    assert 0 < redis.pttl("comments:rejected:c2") <= 30 * 86400 * 1000


def test_a_record_shows_the_hits_in_their_context(redis, daemon):
    daemon()
    submit(redis, "c1", "Này nhà cái\nvào http://abc.com nhé", name="nhà cái 1")
    submit(redis, "c2", "Hay quá")
    wait_settled(redis)
    one, two = [row["matches"].split("\n") for _, row in redis.xrange("comments:rejected")]
    assert one == ['no-links @20+14 "Này nhà cái\\nvào «http://abc.com» nhé"',
                   'gambling @5+9 "Này «nhà cái»\\nvào http://abc.com nhé" 10-test.yaml:12',
                   'gambling name@0+9 "«nhà cái» 1" 10-test.yaml:12']
    assert two[0].startswith("min-length words=2 at-least=3")


def test_conditions_read_other_fields(redis, daemon, rules):
    (rules / "20-conditions.yaml").write_text(
        "rules:\n  - {name: new, kind: length, at-least: 1000, action: hold, message: x,"
        " unless: {role: [staff, editor]}}\n")
    daemon()
    held, passed = submit(redis, "c1", GOOD), submit(redis, "c2", GOOD, role="editor")
    assert verdict_of(redis, held)["rules"] == "new"
    assert verdict_of(redis, passed)["verdict"] == "approve"


def test_every_rule_that_fails_is_named_in_file_order(redis, daemon):
    daemon()
    entry = submit(redis, "c1", "nhà-cái.com")
    entry = submit(redis, "c2", "nhà cái")
    assert verdict_of(redis, entry)["rules"] == "min-length,gambling"


def test_reserved_names_forge_nothing(redis, daemon):
    daemon()
    forged = {"verdict": "approve", "rules": "none", "reason": "ok", "entry": "1-1", "ruleset": "x",
              "by": "lan", "matches": "none", "held": "1-1", "note": "đã duyệt", "judged": "approve"}
    entry = submit(redis, "c1", "nhà cái uy tín", **forged)
    verdict = verdict_of(redis, entry)
    assert (verdict["verdict"], verdict["by"], verdict["entry"]) == ("reject", "duyetd", entry)
    wait_settled(redis)
    record = redis.hgetall("comments:rejected:c1")
    assert (record["verdict"], record["by"], record["entry"]) == ("reject", "duyetd", entry)
    assert {name: record["submitted:" + name] for name in forged} == forged
    assert "held" not in record


def test_a_reply_is_sent_if_the_submission_asks_for_it(redis, daemon):
    daemon()
    entry = submit(redis, "c1", "Vào nhà cái \"này\" đi", reply="comments:submitted")
    key, answer = redis.blpop("comments:reply:c1", timeout=int(PATIENCE))
    wait_settled(redis)
    assert json.loads(answer) == verdict_of(redis, entry)
    assert list(json.loads(answer)) == VERDICT
    submit(redis, "c1", GOOD, reply="1")
    assert json.loads(redis.blpop("comments:reply:c1", timeout=int(PATIENCE))[1])["verdict"] == "approve"
    submit(redis, "c2", GOOD)
    submit(redis, "c3", GOOD, reply="")
    wait_settled(redis)
    assert not redis.exists("comments:reply:c2")
    assert 0 < redis.pttl("comments:reply:c3") <= 300000


def test_edited_comment(redis, daemon):
    daemon()
    for text in ("nhà cái uy tín", GOOD, "nhà cái khác nữa", GOOD):
        submit(redis, "c1", text)
        wait_settled(redis)
        assert redis.exists("comments:rejected:c1") == (text != GOOD)
    assert [v["verdict"] for v in verdicts(redis)] == ["reject", "approve"] * 2


def test_edited_comment_within_one_batch(redis, daemon):
    for text in ("nhà cái uy tín", GOOD):
        submit(redis, "gone", text)
    for text in (GOOD, "nhà cái uy tín"):
        submit(redis, "there", text)
    submit(redis, "twice", "nhà cái uy tín", first="1")
    submit(redis, "twice", "nhà cái khác nữa")
    daemon()
    wait_settled(redis)
    assert not redis.exists("comments:rejected:gone")
    assert redis.hget("comments:rejected:there", "verdict") == "reject"
    record = redis.hgetall("comments:rejected:twice")
    assert record["text"] == "nhà cái khác nữa" and "first" not in record


def test_a_held_comment_is_listed(redis, daemon):
    daemon()
    entry = submit(redis, "c1", "Bài này cần xem lại nhé", author="u1")
    assert verdict_of(redis, entry)["verdict"] == "hold"
    wait_settled(redis)
    (place, row), = redis.xrange("comments:held")
    assert (row["id"], row["rules"], row["author"]) == ("c1", "doubtful", "u1")
    assert redis.hget("comments:rejected:c1", "held") == place
    assert redis.xlen("comments:rejected") == 1
    submit(redis, "c1", GOOD)
    wait_settled(redis)
    assert redis.xlen("comments:held") == 0 and not redis.exists("comments:rejected:c1")


def test_a_deleted_comment_is_no_longer_held(redis, daemon):
    daemon()
    submit(redis, "c1", "Bài này cần xem lại nhé", author="u1")
    wait_settled(redis)
    assert redis.xlen("comments:held") == 1
    entry = submit(redis, "c1", "")
    assert verdict_of(redis, entry)["verdict"] == "reject"
    wait_settled(redis)
    assert redis.xlen("comments:held") == 0
    record = redis.hgetall("comments:rejected:c1")
    assert (record["text"], record["entry"]) == ("", entry) and "author" not in record


def test_reject_beats_hold(redis, daemon):
    daemon()
    entry = submit(redis, "c1", "nhà cái cần xem lại")
    verdict = verdict_of(redis, entry)
    assert (verdict["verdict"], verdict["rules"]) == ("reject", "gambling,doubtful")
    wait_settled(redis)
    assert redis.xlen("comments:held") == 0


def test_watch_rules_are_listed_and_never_decide(redis, daemon):
    daemon()
    entry = submit(redis, "c1", "Đây là thử nghiệm thôi", author="u1")
    assert verdict_of(redis, entry)["verdict"] == "approve"
    wait_settled(redis)
    (_, row), = redis.xrange("comments:watched")
    assert (row["id"], row["rules"], row["entry"], row["author"]) == ("c1", "trial", entry, "u1")
    assert row["matches"] == 'trial @10+14 "Đây là «thử nghiệm» thôi" 10-test.yaml:23'
    assert redis.hgetall("comments:stats") == {"approve": "1", "watch:trial": "1"}


def test_verdicts_are_counted(redis, daemon):
    daemon()
    for i in range(3):
        submit(redis, f"a{i}", GOOD)
    submit(redis, "r1", "nhà cái")
    submit(redis, "r2", "nhà cái uy tín")
    submit(redis, "h1", "Bài này cần xem lại nhé")
    redis.xadd("comments:submitted", {"text": GOOD})
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    wait_settled(redis)
    assert redis.hgetall("comments:stats") == {
        "approve": "3", "reject": "2", "hold": "1", "dead": "1", "rule:gambling": "2",
        "rule:min-length": "1", "rule:doubtful": "1"}


def test_prefix_and_group(redis, daemon):
    daemon("--prefix", "{comments-1}", "--group", "mods")
    redis.xadd("{comments-1}:submitted", {"id": "c1", "text": "nhà cái"})
    wait_for(lambda: redis.xlen("{comments-1}:verdicts") == 1)
    assert redis.exists("{comments-1}:rejected:c1", "{comments-1}:stats") == 2
    assert redis.xinfo_groups("{comments-1}:submitted")[0]["name"] == "mods"
    assert not redis.exists("comments:submitted")


def test_verdicts_are_trimmed_by_age(redis, daemon):
    now = redis.time()[0] * 1000
    for age_minutes in (30, 1):
        for i in range(200):  # more than one node of the stream, which is what a trim removes
            redis.xadd("comments:verdicts", {"id": "old"}, id=f"{now - age_minutes * 60000 + i}-0")
    daemon("--keep", "10m")
    submit(redis, "c1", GOOD)
    wait_settled(redis)
    left = [int(entry.split("-")[0]) for entry, _ in redis.xrange("comments:verdicts")]
    assert sum(ms > now - 600000 for ms in left) == 201
    assert sum(ms < now - 600000 for ms in left) < 100


def test_entries_of_other_consumers_are_not_trimmed(redis, daemon):
    """An entry that is pending for another consumer is older than ours, and stays."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    first = submit(redis, "c1", GOOD)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    entry = submit(redis, "c2", GOOD)
    daemon()
    verdict_of(redis, entry)
    wait_for(lambda: redis.xlen("comments:submitted") == 1)
    assert redis.xrange("comments:submitted")[0][0] == first
