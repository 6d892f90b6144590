"""replay --apply: decisions of the daemon by a bad rule are changed, once, and no decision of a person."""
import json
import re
import signal
import subprocess

import pytest

from commands import read_all, terminal  # noqa: F401 (a fixture)
from helpers import BUILD, PATIENCE, calls, submit, verdict_of, verdicts, wait_for, wait_settled

HARMLESS = [f"Bài viết số {i} rất hay và bổ ích" for i in range(250)]
DOUBTFUL = "Bài này cần xem lại nhé"
BAD_RULE = """\
rules:
  - {name: too-much, kind: banned, phrases: [bài viết], message: m}
"""


@pytest.fixture
def bad_rule(rules):
    """A rule that rejects nearly everything; its file, to be removed by remove_rule()."""
    file = rules / "90-bad.yaml"
    file.write_text(BAD_RULE, encoding="utf-8")
    return file


def remove_rule(duyetd, bad_rule):
    bad_rule.unlink()
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded", count=2)


def command(rules, url, *options, by="lan"):
    return [BUILD / "duyetd", "replay", "--rules", rules, "--redis", url, "--stream",
            "comments:rejected", "--format", "json", "--apply", "--by", by, *map(str, options)]


def replay(rules, url, *options, code=0):
    """What `apply` says in the result."""
    done = subprocess.run(command(rules, url, *options), capture_output=True, text=True,
                          timeout=PATIENCE)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)["apply"]


def states(report):
    names = "sent", "held", "decided", "edited", "unjudged", "not-sent"
    return {name: report[name] for name in names if report[name]}


def reject_all(redis):
    for i, text in enumerate(HARMLESS):
        submit(redis, f"c{i}", text)
    wait_settled(redis)
    assert redis.xlen("comments:rejected") == len(HARMLESS)


def wait_reviewed(redis):
    wait_for(lambda: redis.xlen("comments:review") == 0)


def assert_restored(redis, count=len(HARMLESS)):
    """Each of c0, c1 … was rejected by the daemon, and then approved by lan."""
    wait_reviewed(redis)
    each = {}
    for verdict in verdicts(redis):
        each.setdefault(verdict["id"], []).append((verdict["verdict"], verdict["by"]))
    assert each == {f"c{i}": [("reject", "duyetd"), ("approve", "lan")] for i in range(count)}
    assert redis.xlen("comments:reviewed") == count and redis.xlen("comments:dead") == 0
    assert {row["via"] for _, row in redis.xrange("comments:reviewed")} == {"replay"}
    assert not redis.keys("comments:rejected:*")


def test_restores_what_a_bad_rule_rejected(redis, daemon, server, rules, bad_rule):
    duyetd = daemon()
    reject_all(redis)
    remove_rule(duyetd, bad_rule)
    report = replay(rules, server.url)
    assert states(report) == {"sent": 250} and report["comments"] == 250
    assert report["changes"][0] == {"id": "c0", "entry": redis.xrange("comments:rejected")[0][1]["entry"],
                                    "from": "reject", "to": "approve", "state": "sent"}
    assert [change["id"] for change in report["changes"]] == [f"c{i}" for i in range(250)]
    assert_restored(redis)
    assert {row["note"] for _, row in redis.xrange("comments:reviewed")} == {report["note"]}
    assert states(replay(rules, server.url)) == {"decided": 250}
    assert_restored(redis)


def test_sent_twice_before_the_daemon_decides(redis, daemon, server, rules, bad_rule):
    duyetd = daemon()
    reject_all(redis)
    duyetd.stop()
    bad_rule.unlink()
    for _ in range(2):
        assert states(replay(rules, server.url)) == {"sent": 250}
    daemon()
    assert_restored(redis)
    assert calls(redis, "xrevrange") == 0  # the verdicts are not searched for each


def test_without_apply_nothing_is_sent(redis, daemon, server, rules, bad_rule):
    daemon()
    reject_all(redis)
    bad_rule.unlink()
    done = subprocess.run([*command(rules, server.url)[:-3]], capture_output=True, text=True)
    flip, = json.loads(done.stdout)["flips"]
    assert (flip["from"], flip["to"], flip["count"]) == ("reject", "approve", 250)
    assert "apply" not in json.loads(done.stdout) and not redis.xlen("comments:review")


def test_comments_that_are_left_unchanged(redis, daemon, server, rules, bad_rule):
    duyetd = daemon()
    texts = {"approved": HARMLESS[0], "confirmed": HARMLESS[1], "edited": HARMLESS[2],
             "rewritten": HARMLESS[3], "held": "Bài viết này cần xem lại nhé",
             "settled": "Bài viết này cần xem lại nhé", "still": "nhà cái uy tín", "good": HARMLESS[4]}
    for comment, text in texts.items():
        submit(redis, comment, text)
    redis.xadd("comments:submitted", {"id": "malformed", "text": HARMLESS[5].encode() + b" \xff"})
    wait_settled(redis)
    for comment, verdict in ("approved", "approve"), ("confirmed", "reject"), ("settled", "reject"):
        redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": "minh"})
    wait_reviewed(redis)
    submit(redis, "edited", HARMLESS[7])
    submit(redis, "rewritten", "Xem thêm ở http://phim.example nhé")
    wait_settled(redis)
    remove_rule(duyetd, bad_rule)
    before = verdicts(redis)
    report = replay(rules, server.url)
    assert {(change["id"], change["state"]) for change in report["changes"]} == {
        ("approved", "decided"), ("confirmed", "decided"), ("settled", "decided"), ("held", "held"),
        ("good", "sent"), ("edited", "edited"), ("edited", "sent"), ("rewritten", "edited"),
        ("malformed", "unjudged")}
    wait_reviewed(redis)
    assert {(v["id"], v["verdict"], v["by"]) for v in verdicts(redis)[len(before):]} == {
        ("good", "approve", "lan"), ("edited", "approve", "lan")}
    assert redis.hget("comments:rejected:confirmed", "by") == "minh"
    assert redis.hget("comments:rejected:malformed", "by") == "duyetd"


def test_repeated_texts_stay_held(redis, daemon, server, rules):
    """The stream has only the comments that were held, so the texts are counted too seldom in it."""
    (rules / "90-flood.yaml").write_text(
        "rules: [{name: flood, kind: repeat, times: 3, within: 1h, action: hold, message: m}]\n")
    daemon()
    for i in range(10):
        submit(redis, f"c{i}", "Mời cả nhà ghé quán mình ăn bún chả")
    wait_settled(redis)
    assert [v["verdict"] for v in verdicts(redis)] == ["approve"] * 3 + ["hold"] * 7
    assert states(replay(rules, server.url)) == {"unjudged": 3}
    (rules / "90-flood.yaml").unlink()  # without the rule they are honest
    assert states(replay(rules, server.url)) == {"sent": 7}


def test_a_record_of_another_type_is_left_alone(redis, daemon, server, rules, bad_rule):
    duyetd = daemon()
    for i in (1, 2):
        verdict_of(redis, submit(redis, f"c{i}", HARMLESS[i]))
    remove_rule(duyetd, bad_rule)
    redis.delete("comments:rejected:c1")
    redis.set("comments:rejected:c1", "no hash")
    assert states(replay(rules, server.url)) == {"decided": 1, "sent": 1}


def test_a_held_comment_is_rejected_with_the_current_reason(redis, daemon, server, rules):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", DOUBTFUL))
    duyetd.stop()
    file = rules / "10-test.yaml"
    file.write_text(file.read_text().replace("action: hold", "action: reject").replace(
        "Bình luận đang chờ duyệt.", "Không được."))
    report = replay(rules, server.url, "--stream", "comments:held")
    assert [(c["from"], c["to"], c["state"]) for c in report["changes"]] == [("hold", "reject", "sent")]
    daemon()
    wait_reviewed(redis)
    last = verdicts(redis)[-1]
    assert (last["verdict"], last["by"], last["reason"]) == ("reject", "lan", "Không được.")
    assert redis.xlen("comments:held") == 0


def test_a_moderator_decides_first(redis, daemon, server, proxy, rules, bad_rule):
    """The moderator decides after replay has read the record, and before its review arrives."""
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", HARMLESS[1]))
    remove_rule(duyetd, bad_rule)
    held = proxy.arm("xadd", "hold request")
    with subprocess.Popen(command(rules, proxy.url), stdout=subprocess.PIPE, text=True) as process:
        with held:
            redis.xadd("comments:review", {"id": "c1", "verdict": "reject", "by": "minh"})
            wait_reviewed(redis)
        output, _ = process.communicate(timeout=PATIENCE)
    assert states(json.loads(output)["apply"]) == {"sent": 1}
    wait_reviewed(redis)
    assert [(v["verdict"], v["by"]) for v in verdicts(redis)] == [("reject", "duyetd"), ("reject", "minh")]
    assert redis.xlen("comments:dead") == 0 and redis.xlen("comments:reviewed") == 1


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_interrupted_and_run_again(redis, daemon, server, proxy, rules, bad_rule, how):
    duyetd = daemon()
    reject_all(redis)
    remove_rule(duyetd, bad_rule)
    held = proxy.arm("xadd", "hold", skip=150)
    with subprocess.Popen(command(rules, proxy.url), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        with held:
            process.send_signal(getattr(signal, how))
        output, errors = process.communicate(timeout=PATIENCE)
    if how == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 1 and "interrupted: run it again" in errors
        assert states(json.loads(output)["apply"]) == {"sent": 200, "not-sent": 50}
    wait_reviewed(redis)
    again = states(replay(rules, server.url))
    if how == "SIGKILL":  # perhaps in the middle of a group that it sends at once
        assert again["decided"] > 150 and again["decided"] + again["sent"] == 250
    else:
        assert again == {"decided": 200, "sent": 50}
    assert_restored(redis)


@pytest.mark.parametrize("point, kind", [("xadd", "oom"), ("xadd", "cut"), ("xadd", "cut after"),
                                         ("hmget", "loading"), ("hmget", "cut")])
def test_redis_fails_meanwhile(redis, daemon, server, proxy, rules, bad_rule, point, kind):
    duyetd = daemon()
    reject_all(redis)
    remove_rule(duyetd, bad_rule)
    proxy.arm(point, kind, skip=120)
    report = replay(rules, proxy.url, code=3)
    assert report["sent"] >= 100 and report["sent"] + report["not-sent"] == 250
    wait_reviewed(redis)
    replay(rules, server.url)
    assert_restored(redis)


def test_since_and_rule(redis, daemon, server, rules, bad_rule):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", HARMLESS[1]))
    verdict_of(redis, submit(redis, "c2", "Bài viết về nhà cái"))
    duyetd.stop()  # it would trim the old entry
    bad_rule.unlink()
    (_, row), _ = redis.xrange("comments:rejected")
    old = {**row, "id": "c0"}
    redis.delete("comments:rejected")
    redis.xadd("comments:rejected", old, id="1-1")
    for _, row in [*redis.xrange("comments:verdicts")]:
        redis.xadd("comments:rejected", {**redis.hgetall(f"comments:rejected:{row['id']}")})

    def ids(*options):
        return [c["id"] for c in replay(rules, server.url, *options)["changes"]]

    (rules / "10-test.yaml").write_text(
        "rules:\n- {name: min-length, kind: length, at-least: 1, unit: words, message: m}\n")
    assert ids() == ["c0", "c1", "c2"]
    assert ids("--since", "2h") == ["c1", "c2"]
    assert ids("--rule", "gambling") == ["c2"] and ids("--rule", "too-much", "--since", "1d") == ["c1", "c2"]
    assert ids("--rule", "gamb") == []
    none = subprocess.run(command(rules, server.url, "--rule", "gamb"), capture_output=True, text=True)
    assert none.stderr.endswith("replay: no comment failed the rule gamb\n")
    none = subprocess.run(command(rules, server.url, "--rule", "min-lenght", "--since", "2h"),
                          capture_output=True, text=True)
    assert none.stderr.endswith(
        "replay: no comment failed the rule min-lenght in this time; did you mean min-length?\n")


@pytest.mark.parametrize("options, why", [
    (["--stream", "comments:rejected", "--apply"], "--by NAME"),
    (["--stream", "comments:reviewed", "--apply", "--by", "lan"], "PREFIX:rejected"),
    (["--stream", ":held", "--apply", "--by", "lan"], "PREFIX:rejected"),
    (["--apply", "--by", "lan"], "PREFIX:rejected"),
    (["--stream", "comments:rejected", "--apply", "--by", "lan", "--against", "/"], "--against"),
    (["--stream", "comments:rejected", "--apply", "--by", "duyetd"], "the name of a person"),
    (["--stream", "comments:rejected", "--apply", "--by", "a\nb"], "the name of a person"),
    (["--stream", "comments:rejected", "--apply", "--by", "b" * 65], "the name of a person"),
    (["--since", "2h"], "--since needs a --stream"),
    (["--since", "2"], '--since: invalid value "2": expected a number with ms, s, m, h or d'),
])
def test_invalid_options(rules, server, options, why):
    done = subprocess.run([BUILD / "duyetd", "replay", "--rules", rules, "--redis", server.url, *options],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and why in done.stderr and len(done.stderr.splitlines()) == 1


def test_agreement_leaves_out_what_replay_sent(redis, daemon, server, rules, bad_rule):
    """Reviews by replay say what the rules decide, and not what a person thinks of each comment."""
    duyetd = daemon()
    for i in range(4):
        verdict_of(redis, submit(redis, f"c{i}", HARMLESS[i]))
    redis.xadd("comments:review", {"id": "c0", "verdict": "approve", "by": "lan"})
    wait_reviewed(redis)
    remove_rule(duyetd, bad_rule)
    replay(rules, server.url)
    wait_for(lambda: redis.xlen("comments:reviewed") == 4)
    done = subprocess.run([BUILD / "duyetd", "replay", "--rules", rules, "--redis", server.url,
                           "--stream", "comments:reviewed", "--format", "json"],
                          capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (report["comments"], report["decided_by_people"]) == (4, 1)


def test_summary_for_a_person(redis, daemon, proxy, rules, bad_rule, terminal):
    """On a terminal a progress bar comes before the summary."""
    duyetd = daemon()
    reject_all(redis)
    verdict_of(redis, submit(redis, "h1", "Bài viết này cần xem lại nhé"))
    remove_rule(duyetd, bad_rule)
    redis.xadd("comments:review", {"id": "c7", "verdict": "approve", "by": "minh"})
    wait_reviewed(redis)
    proxy.arm("xadd", "delay")  # longer than the bar waits before it is shown
    shown, end = terminal
    text_form = [part for part in command(rules, proxy.url) if part not in ("--format", "json")]
    done = subprocess.run(text_form, stdout=subprocess.PIPE, stderr=end, text=True, timeout=PATIENCE)
    seen = []
    assert done.returncode == 0
    wait_for(lambda: seen.append(read_all(shown)) or re.search(rb"\[#+\.+\]  ?40 %  100 comments, ", b"".join(seen)))
    note, = re.findall(r'\n249 reviews sent: 249 approve, 0 reject; their note is "(replay \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"\n',
                       done.stdout)
    entry = redis.hget("comments:rejected:h1", "entry")
    assert f"1 comment unchanged, held by the rules now:\n    h1  {entry}\n" in done.stdout
    assert "1 comment unchanged, decided since:\n    c7  " in done.stdout
    wait_reviewed(redis)
    assert [row["note"] for _, row in redis.xrange("comments:reviewed")] == [""] + 249 * [note]
    again = subprocess.run(text_form, capture_output=True, text=True, timeout=PATIENCE)
    assert "\n0 reviews sent: 0 approve, 0 reject\n" in again.stdout
    assert "\n250 comments unchanged, decided since:\n    c0  " in again.stdout
    assert again.stdout.endswith("\n    and 230 more; --format json has all\n")
