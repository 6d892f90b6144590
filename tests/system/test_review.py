"""What a person decides with redis-cli."""
import pytest

from helpers import GOOD, VERDICT, submit, verdict_of, verdicts, wait_for, wait_settled

BAD = "nhà cái uy tín"


def review(redis, comment, verdict, by="lan", **fields):
    return redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": by, **fields})


def reviewed(redis, count):
    """The last of `count` rows of comments:reviewed, once they are all there."""
    wait_for(lambda: redis.xlen("comments:reviewed") >= count)
    rows = redis.xrange("comments:reviewed")
    assert len(rows) == count
    return rows[-1][1]


def wait_reviewed(redis):
    wait_for(lambda: redis.xlen("comments:review") == 0)
    assert redis.xpending("comments:review", "duyetd")["pending"] == 0


def test_overturn_a_rejection(redis, daemon):
    daemon()
    entry = submit(redis, "c42", BAD, author="u7")
    first = verdict_of(redis, entry)
    review(redis, "c42", "approve", note="đúng chủ đề")
    row = reviewed(redis, 1)
    assert [v["verdict"] for v in verdicts(redis)] == ["reject", "approve"]
    second = verdicts(redis)[1]
    assert list(second) == VERDICT
    assert second == {**first, "verdict": "approve", "rules": "", "reason": "", "by": "lan"}
    assert not redis.exists("comments:rejected:c42")
    assert row.pop("judged-on")
    assert row == {"id": "c42", "verdict": "approve", "by": "lan", "note": "đúng chủ đề",
                   "judged": "reject", "rules": "gambling", "reason": first["reason"], "entry": entry, "text": BAD,
                   "author": "u7", "ruleset": first["ruleset"],
                   "matches": 'gambling @0+9 "«nhà cái» uy tín" 10-test.yaml:12'}
    wait_reviewed(redis)
    assert redis.hget("comments:stats", "overturned") == "1"


def test_a_review_decides_on_the_text_that_was_seen(redis, daemon):
    """A review that names an entry decides on that one, and on no edit that came since."""
    daemon()
    first = submit(redis, "c42", "Hay")
    verdict_of(redis, first)
    second = submit(redis, "c42", BAD)
    verdict_of(redis, second)
    review(redis, "c42", "approve", entry=first)
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert "edited since, or the field entry is wrong" in str(redis.xrange("comments:dead"))
    assert redis.hget("comments:rejected:c42", "text") == BAD
    review(redis, "c42", "approve", entry=second)
    assert reviewed(redis, 1)["entry"] == second
    assert verdicts(redis)[-1]["verdict"] == "approve"


def test_confirm_a_rejection(redis, daemon):
    daemon()
    first = verdict_of(redis, submit(redis, "c1", BAD, author="u1"))
    review(redis, "c1", "reject")
    assert reviewed(redis, 1)["judged"] == "reject"
    assert verdicts(redis)[1] == {**first, "by": "lan"}
    record = redis.hgetall("comments:rejected:c1")
    assert (record["by"], record["text"], record["author"]) == ("lan", BAD, "u1")
    assert redis.xlen("comments:rejected") == 1
    assert not redis.hexists("comments:stats", "overturned")


@pytest.mark.parametrize("later", [0, 1200])
def test_reject_what_was_approved(redis, daemon, later):
    """The verdict is found in the stream, however many have come since."""
    daemon()
    entry = submit(redis, "c1", GOOD)
    for i in range(later):
        redis.xadd("comments:submitted", {"id": f"later{i}", "text": GOOD})
    wait_settled(redis)
    review(redis, "c1", "reject", reason="Lạc đề.")
    assert reviewed(redis, 1)["judged"] == "approve"
    last = verdicts(redis)[-1]
    assert (last["id"], last["verdict"], last["by"], last["entry"]) == ("c1", "reject", "lan", entry)
    assert last["reason"] == "Lạc đề."
    assert redis.hget("comments:rejected:c1", "by") == "lan"
    assert redis.xrange("comments:rejected")[0][1]["id"] == "c1"
    review(redis, "c1", "approve", by="minh")
    wait_for(lambda: not redis.exists("comments:rejected:c1"))
    assert reviewed(redis, 2)["judged"] == "approve"


def test_the_text_of_what_was_approved_may_come_with_the_review(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    review(redis, "c1", "reject", text=GOOD)
    assert reviewed(redis, 1)["text"] == GOOD
    assert redis.hget("comments:rejected:c1", "text") == GOOD
    verdict_of(redis, submit(redis, "c2", BAD))
    review(redis, "c2", "approve", text="another")
    assert reviewed(redis, 2)["text"] == BAD


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_decide_a_held_comment(redis, daemon, verdict):
    daemon()
    verdict_of(redis, submit(redis, "c1", "Bài này cần xem lại nhé"))
    wait_settled(redis)
    review(redis, "c1", verdict)
    assert reviewed(redis, 1)["judged"] == "hold"
    assert [v["verdict"] for v in verdicts(redis)] == ["hold", verdict]
    assert redis.xlen("comments:held") == 0
    record = redis.hgetall("comments:rejected:c1")
    assert record.get("verdict") == (None if verdict == "approve" else "reject")
    assert "held" not in record


@pytest.mark.parametrize("text, verdict", [(BAD, "approve"), (BAD, "reject"), (GOOD, "reject")])
def test_the_same_review_twice_is_one_verdict(redis, daemon, text, verdict):
    daemon()
    verdict_of(redis, submit(redis, "c1", text))
    for by in ("lan", "lan", "minh"):
        review(redis, "c1", verdict, by=by)
    wait_reviewed(redis)
    assert [v["by"] for v in verdicts(redis)] == ["duyetd", "lan"]
    assert redis.xlen("comments:reviewed") == 1 and redis.xlen("comments:dead") == 0


@pytest.mark.parametrize("text, judged", [(BAD, "reject"), (GOOD, "approve")])
def test_a_rejection_sent_again_corrects_its_reason(redis, daemon, text, judged):
    daemon()
    verdict_of(redis, submit(redis, "c1", text))
    for by, reason in ("lan", "Lạc đè."), ("minh", "Lạc đề."), ("minh", "Lạc đề."), ("lan", ""):
        review(redis, "c1", "reject", by=by, reason=reason)
    wait_reviewed(redis)
    assert [(v["by"], v["reason"]) for v in verdicts(redis)[1:]] == [("lan", "Lạc đè."), ("minh", "Lạc đề.")]
    record = redis.hgetall("comments:rejected:c1")
    assert (record["reason"], record["by"], record["judged"]) == ("Lạc đề.", "minh", judged)
    assert reviewed(redis, 2)["judged"] == judged
    assert redis.xlen("comments:rejected") == 1
    assert redis.hget("comments:stats", "overturned") == ("1" if judged == "approve" else None)


def test_a_review_with_two_verdicts_decides_nothing(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    redis.execute_command("XADD", "comments:review", "*", "id", "c1", "verdict", "approve",
                          "verdict", "reject", "by", "lan")
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    assert redis.xrange("comments:dead")[0][1]["reason"] == "the field verdict is given more than once"
    wait_reviewed(redis)
    assert [v["by"] for v in verdicts(redis)] == ["duyetd"]


def test_approved_and_rejected_in_turn(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    for verdict in ("approve", "reject", "approve"):
        review(redis, "c1", verdict)
    wait_reviewed(redis)
    assert [v["verdict"] for v in verdicts(redis)] == ["reject", "approve", "reject", "approve"]


def test_an_undone_approval_restores_the_record(redis, daemon):
    """What the rules said, the text and the site's fields are taken from comments:reviewed."""
    daemon()
    entry = submit(redis, "c1", BAD, author="u7", note="the site's")
    verdict_of(redis, entry)
    before = redis.hgetall("comments:rejected:c1")
    review(redis, "c1", "approve", note="đúng chủ đề")
    review(redis, "c1", "reject", by="minh", reason="Nhầm.")
    row = reviewed(redis, 2)
    assert (row["judged"], row["rules"], row["text"], row["note"]) == ("reject", "gambling", BAD, "")
    assert verdicts(redis)[-1]["rules"] == "gambling"
    assert redis.hgetall("comments:rejected:c1") == {**before, "by": "minh", "reason": "Nhầm.", "judged": "reject"}
    assert before["submitted:note"] == "the site's" and before["author"] == "u7"


@pytest.mark.parametrize("text, reason, reasons", [
    (BAD, "", ["Bình luận có nội dung bị cấm."] * 2),
    (BAD, "Lạc đề.", ["Lạc đề."] * 2),
    (GOOD, "Lạc đề.", ["Lạc đề."] * 2),
    (GOOD, "", [""] * 2),
])
def test_an_undone_approval_restores_the_reason(redis, daemon, text, reason, reasons):
    daemon()
    verdict_of(redis, submit(redis, "c1", text))
    review(redis, "c1", "reject", reason=reason)
    for verdict in "approve", "reject":
        review(redis, "c1", verdict)
    wait_reviewed(redis)
    decided = verdicts(redis)[1:]
    assert [v["reason"] for v in decided if v["verdict"] == "reject"] == reasons
    assert [v["reason"] for v in decided if v["verdict"] == "approve"] == [""]
    assert {row["reason"] for _, row in redis.xrange("comments:reviewed")} == {reasons[0]}
    assert redis.hget("comments:rejected:c1", "reason") == reasons[0]


def test_an_approval_has_no_reason(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    review(redis, "c1", "approve", reason="Lạc đề.")
    assert reviewed(redis, 1)["reason"] == "Bình luận có nội dung bị cấm."
    assert verdicts(redis)[-1]["reason"] == ""


def test_a_verdict_id_below_the_last_reviewed_one(redis, daemon):
    """As after comments:verdicts was deleted: the review gets an id of its own."""
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    redis.xadd("comments:reviewed", {"id": "x"}, id="9999999999999-5")
    review(redis, "c1", "approve")
    assert reviewed(redis, 2)["id"] == "c1" and redis.xrange("comments:reviewed")[-1][0] == "9999999999999-6"


@pytest.mark.parametrize("fields, reason", [
    ({"id": "c9", "verdict": "approve", "by": "lan"}, "no comment with this id"),
    ({"id": "c1", "verdict": "maybe", "by": "lan"}, "approve or reject"),
    ({"id": "c1", "by": "lan"}, "approve or reject"),
    ({"id": "c1", "verdict": "approve"}, "who decided"),
    ({"id": "c1", "verdict": "approve", "by": "duyetd"}, "person"),
    ({"id": "c1", "verdict": "approve", "by": "a\nb"}, "control or invisible characters"),
    ({"verdict": "approve", "by": "lan"}, "field id is missing"),
    ({"id": "c1", "verdict": "approve", "by": "lan", "only-if": "lan"}, "only-if must be duyetd"),
    ({"id": "c1", "verdict": "approve", "by": "lan", "via": "a\nb"}, "via must be a name"),
    ({"id": "c1", "verdict": "approve", "by": "lan", "only-fi": "duyetd"},
     'the field "only-fi" is unknown; did you mean only-if?'),
    ({"id": "c1", "verdict": "approve", "by": "lan", "Note": "hay"},
     'the field "Note" is unknown; did you mean note?'),
    ({"id": "c1", "verdict": "approve", "by": "lan", "page\n" + "x" * 80: "/a/1"},
     'the field "page\\n' + "x" * 59 + '" is unknown: expected id, verdict, by, note, reason, text, entry, '
     "only-if or via; a value with blanks needs quotes"),
    ({"id": "c1", "verdict": "approve", "by": "lan", "\x01" * 30 + "tên" * 8: ""},
     'the field "' + "\\x01" * 30 + "tên" * 8 + '" is unknown: expected id, verdict, by, note, reason, text, '
     "entry, only-if or via; a value with blanks needs quotes"),
    ({"id": "c1", "verdict": "approve", "by": "lan", "note\0": ""},
     'the field "note\\x00" is unknown; did you mean note?'),
])
def test_invalid_reviews_are_moved_to_dead_with_a_reason(redis, daemon, fields, reason):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    redis.xadd("comments:review", fields)
    wait_for(lambda: redis.xlen("comments:dead") == 1)
    (_, dead), = redis.xrange("comments:dead")
    assert reason in dead["reason"] and dead["stream"] == "comments:review"
    assert {name: dead[name] for name in fields} == fields
    wait_reviewed(redis)
    assert [v["verdict"] for v in verdicts(redis)] == ["reject"]


ONLY = {"only-if": "duyetd", "via": "replay"}


def unchanged(redis, comment, verdict, **fields):
    """Sends a review with only-if, which must change nothing and leave nothing."""
    before = verdicts(redis), redis.xlen("comments:reviewed"), redis.hgetall(f"comments:rejected:{comment}")
    review(redis, comment, verdict, by="minh", **ONLY, **fields)
    wait_reviewed(redis)
    assert before == (verdicts(redis), redis.xlen("comments:reviewed"),
                      redis.hgetall(f"comments:rejected:{comment}"))
    assert redis.xlen("comments:dead") == 0


@pytest.mark.parametrize("text, judged, verdict", [
    (BAD, "reject", "approve"), (GOOD, "approve", "reject"),
    ("Bài này cần xem lại nhé", "hold", "approve"), ("Bài này cần xem lại nhé", "hold", "reject")])
def test_only_if_decides_on_the_daemons_own_verdict(redis, daemon, text, judged, verdict):
    """The second such review has no effect: after the first, the verdict is a person's."""
    daemon()
    entry = submit(redis, "c1", text, via="app")
    verdict_of(redis, entry)
    review(redis, "c1", verdict, entry=entry, **ONLY)
    row = reviewed(redis, 1)
    assert (row["judged"], row["verdict"], row["by"], row["via"]) == (judged, verdict, "lan", "replay")
    if judged != "approve":  # of approved comments no field is kept
        assert row["submitted:via"] == "app"
    assert [v["verdict"] for v in verdicts(redis)] == [judged, verdict]
    for other in ("approve", "reject"):
        unchanged(redis, "c1", other, entry=entry)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_only_if_leaves_a_persons_decision_alone(redis, daemon, decision):
    daemon()
    entry = submit(redis, "c1", BAD)
    verdict_of(redis, entry)
    review(redis, "c1", decision)
    assert "via" not in reviewed(redis, 1)
    for verdict in ("approve", "reject"):
        unchanged(redis, "c1", verdict, entry=entry)


@pytest.mark.parametrize("edit", [BAD, GOOD])
def test_only_if_leaves_an_edited_comment_alone(redis, daemon, edit):
    daemon()
    entry = submit(redis, "c1", "Hay")
    verdict_of(redis, entry)
    verdict_of(redis, submit(redis, "c1", edit))
    for verdict in ("approve", "reject"):
        unchanged(redis, "c1", verdict, entry=entry)


def test_only_if_leaves_an_unknown_comment_alone(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    unchanged(redis, "c2", "approve")
    redis.set("comments:rejected:c1", "of another type")
    review(redis, "c1", "approve", **ONLY)
    wait_reviewed(redis)
    assert len(verdicts(redis)) == 1 and redis.xlen("comments:dead") == 0
    assert redis.get("comments:rejected:c1") == "of another type"


@pytest.mark.timing
def test_reviews_survive_a_kill(redis, daemon, proxy):
    """Killed while it publishes a review: before Redis has the command or before it has answered."""
    duyetd = daemon("--consumer", "me")
    for i in range(200):
        submit(redis, f"c{i}", BAD)
    wait_settled(redis)
    duyetd.kill()
    wait_for(lambda: len(redis.client_list()) == 1)  # else Redis may give it a review
    for i in range(200):
        review(redis, f"c{i}", "approve")
    for skip in range(5):
        reviewed, request = redis.xlen("comments:reviewed"), skip % 2
        held = proxy.arm("review", "hold request" if request else "hold", skip=skip)
        duyetd = daemon("--consumer", "me", proxy=proxy)
        with held:
            duyetd.kill()
            if request:
                assert redis.xpending("comments:review", "duyetd")["pending"] > 0
            else:
                assert redis.xlen("comments:reviewed") > reviewed
    daemon("--consumer", "me")
    wait_reviewed(redis)
    by_lan = [v["id"] for v in verdicts(redis) if v["by"] == "lan"]
    assert sorted(by_lan) == sorted(f"c{i}" for i in range(200))
    assert redis.xlen("comments:reviewed") == 200 and redis.xlen("comments:dead") == 0


def test_two_instances_review_once(redis, daemon):
    for i in range(100):
        submit(redis, f"c{i}", GOOD)
    daemon()
    wait_settled(redis)
    daemon()
    for by in ("lan", "minh"):
        for i in range(100):
            review(redis, f"c{i}", "reject", by=by)
    wait_reviewed(redis)
    assert len([v for v in verdicts(redis) if v["by"] != "duyetd"]) == 100


def test_a_hold_expires(redis, daemon):
    for verdict in ("reject", "approve"):
        duyetd = daemon("--hold-for", f"1s:{verdict}")
        entry = submit(redis, verdict, "Bài này cần xem lại nhé")
        wait_for(lambda: [v["verdict"] for v in verdicts(redis) if v["entry"] == entry]
                 == ["hold", verdict])
        last = verdicts(redis)[-1]
        assert last["by"] == "duyetd" and bool(last["reason"]) == (verdict == "reject")
        assert redis.xlen("comments:held") == 0
        assert redis.hget(f"comments:rejected:{verdict}", "verdict") == \
            ("reject" if verdict == "reject" else None)
        assert not redis.hexists(f"comments:rejected:{verdict}", "held")
        duyetd.stop()


def test_foreign_entries_in_held(redis, daemon):
    """Without an id there is no verdict; it does not stop the entries after it."""
    for i in range(150):
        redis.xadd("comments:held", {"text": "x"}, id=f"{i + 1}-0")
    duyetd = daemon("--hold-for", "1s:reject")
    submit(redis, "c1", "Bài này cần xem lại nhé")
    wait_for(lambda: [v["verdict"] for v in verdicts(redis)] == ["hold", "reject"])
    assert not redis.xlen("comments:held") and not duyetd.lines("refuses")


def test_held_when_no_verdict_can_be_added(redis, daemon):
    """The comment stays held: all that can fail is checked before the first write."""
    daemon().stop()
    redis.xadd("comments:held", {"id": "c1", "entry": "1-0"}, id="1-0")
    redis.xadd("comments:verdicts", {"id": "x"}, id="18446744073709551615-18446744073709551615")
    duyetd = daemon("--hold-for", "1s:reject")
    duyetd.wait_log("last id")
    assert redis.xlen("comments:held") == 1
    redis.delete("comments:verdicts")
    wait_for(lambda: redis.xlen("comments:verdicts") == 1)
    assert not redis.xlen("comments:held")


@pytest.mark.parametrize("right", ["xrange", "xdel", "hget", "hset", "hdel"])
def test_held_while_a_right_is_missing(server, redis, daemon, right):
    """It stays held as long as its record cannot be brought up to date, and judging goes on."""
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    daemon().stop()
    redis.xadd("comments:held", {"id": "c1", "entry": "1-0"}, id="1-0")
    redis.hset("comments:rejected:c1", mapping={"id": "c1", "verdict": "hold", "held": "1-0"})
    redis.execute_command("ACL", "SETUSER", "default", f"-{right}")
    duyetd = daemon("--hold-for", "1s:reject")
    admin = server.client(username="test", password="x")
    duyetd.wait_log("fault=noperm", f"settling expired holds needs {right.upper()}")
    if right in ("hset", "hdel"):  # settling needs the others while comments are held
        verdict_of(admin, submit(admin, "c2", GOOD))
    assert admin.xlen("comments:held") == 1 and len(duyetd.lines("settling expired holds")) == 1
    redis.execute_command("ACL", "SETUSER", "default", f"+{right}")
    wait_for(lambda: not admin.xlen("comments:held"))
    assert redis.hget("comments:rejected:c1", "verdict") == "reject"
    assert not redis.hexists("comments:rejected:c1", "held")


def test_without_hold_for_a_hold_does_not_expire(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", "Bài này cần xem lại nhé"))
    verdict_of(redis, submit(redis, "c2", GOOD))
    assert redis.xlen("comments:held") == 1
