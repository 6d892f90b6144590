"""Rules of the kind repeat: what they count in Redis, what happens when they cannot, and the commands."""
import json
import shutil
import signal

import pytest

from commands import judge, run
from helpers import (GOOD, ROOT, assert_one_each, calls, submit, verdict_of, verdicts, wait_for, wait_settled,
                     wait_verdicts)

FLOOD = """\
rules:
  - name: flood
    kind: repeat
    times: 3
    within: {within}
    action: {action}
    message: "Nội dung này đã được gửi {{count}} lần."
{more}"""
TEXT = "Mời cả nhà ghé quán mình ăn bún chả nhé"


def add_rule(rules, within="10m", action="hold", **more):
    lines = "".join(f"    {name}: {value}\n" for name, value in more.items())
    (rules / "30-flood.yaml").write_text(FLOOD.format(within=within, action=action, more=lines))


def decided(redis, entries):
    """The verdicts of the entries, in their order; exactly one each."""
    wait_settled(redis)
    assert_one_each(redis, entries)
    of = {verdict["entry"]: verdict["verdict"] for verdict in verdicts(redis)}
    return [of[entry] for entry in entries]


def repeat_keys(redis):
    return redis.keys("comments:repeat:*")


def test_a_flood_is_held_after_the_third(redis, daemon, rules):
    add_rule(rules)
    entries = [submit(redis, f"c{i}", TEXT) for i in range(300)]
    daemon("--batch", 50)
    assert decided(redis, entries) == ["approve"] * 3 + ["hold"] * 297
    fourth = verdict_of(redis, entries[3])
    assert fourth["rules"] == "flood" and fourth["reason"] == "Nội dung này đã được gửi 4 lần."
    assert "flood count=4 times=3 seconds=600" in redis.hget("comments:rejected:c3", "matches")


def test_disguises_are_the_same_text(redis, daemon, rules):
    add_rule(rules)
    daemon()
    texts = [TEXT, TEXT.upper(), "M.ờ.i cả nhà ghé quán mình ăn bún chả nhééé 😀😀", "Moi ca nha ghe quan minh an bun cha nhe!",
             "Mời cả nhà ghé qu4n mình ăn bún chả nhé, 0912345678"]
    entries = [submit(redis, f"c{i}", text) for i, text in enumerate(texts)]
    entries.append(submit(redis, "other", TEXT + " hôm nay"))
    got = decided(redis, entries)
    assert got[3] != "approve" and got[4] == "hold" and got[5] == "approve"


def test_short_texts_and_missing_fields_are_not_counted(redis, daemon, rules):
    """Short texts, texts without letters, and texts without the field that is counted by are not counted."""
    add_rule(rules, by="author")
    daemon()
    entries = [submit(redis, f"s{i}", "Bài viết rất hay", author="u1") for i in range(5)]
    entries += [submit(redis, f"n{i}", "1 2 3 4 5 6 7 8", author="u1") for i in range(5)]
    entries += [submit(redis, f"a{i}", TEXT) for i in range(5)]
    entries += [submit(redis, f"e{i}", TEXT, author="") for i in range(5)]
    entries += [redis.execute_command("XADD", "comments:submitted", "*", "id", f"d{i}", "text", TEXT,
                                      "author", "u1", "author", "u2") for i in range(5)]
    assert decided(redis, entries) == ["approve"] * 25
    assert not repeat_keys(redis)


def test_texts_are_counted_by_a_field(redis, daemon, rules):
    add_rule(rules, by="author")
    daemon()
    entries = [submit(redis, f"c{i}", TEXT, author=f"u{i % 2}") for i in range(7)]
    assert decided(redis, entries) == ["approve"] * 6 + ["hold"]


def test_an_edit_counts_once(redis, daemon, rules):
    add_rule(rules)
    daemon()
    entries = [submit(redis, "c1", TEXT + "!" * i) for i in range(6)]
    entries += [submit(redis, f"c{i}", TEXT) for i in range(2, 5)]
    assert decided(redis, entries) == ["approve"] * 8 + ["hold"]


def test_the_window_slides(redis, daemon, rules):
    """The window goes by the time of the entries, however late they are judged."""
    add_rule(rules, within="10m")
    now = redis.time()[0] * 1000
    minutes = [0, 1, 2, 3, 11.5, 12, 20]
    entries = [redis.xadd("comments:submitted", {"id": f"c{i}", "text": TEXT},
                          id=f"{int(now + at * 60000)}-0") for i, at in enumerate(minutes)]
    daemon()
    assert decided(redis, entries) == ["approve"] * 3 + ["hold", "approve", "approve", "approve"]


def test_keys_end_and_are_bounded(redis, daemon, rules):
    add_rule(rules, within="1h")
    daemon()
    entries = [submit(redis, f"c{i}", TEXT) for i in range(250)]
    decided(redis, entries)
    key, = repeat_keys(redis)
    assert redis.zcard(key) == 103 and 0 < redis.pttl(key) <= 3600000


def test_entries_delivered_again_count_once(server, redis, daemon, rules, proxy):
    """The daemon counts the entries, and is killed before it settles them. New entries are counted before
    those that are claimed, so the two that are held need not be the last."""
    add_rule(rules)
    held = proxy.arm("settle", "hold request")
    first = daemon("--consumer", "first", proxy=proxy)
    entries = [submit(redis, f"c{i}", TEXT) for i in range(5)]
    with held:
        wait_for(lambda: repeat_keys(redis))
        first.kill()
    daemon("--claim-after", "500ms")
    assert sorted(decided(redis, entries)) == ["approve"] * 3 + ["hold"] * 2


def test_several_instances(redis, daemon, rules):
    """No more than three comments pass, however they are distributed over the daemons."""
    add_rule(rules)
    entries = [submit(redis, f"c{i}", TEXT) for i in range(600)]
    for name in "ab":
        daemon("--consumer", name, "--batch", 20)
    got = decided(redis, entries)
    assert got.count("approve") == 3 and got.count("hold") == 597


def test_reloads_count_nothing_twice(redis, daemon, rules):
    """A batch that was counted for the old rules is counted again for the new ones."""
    add_rule(rules)
    duyetd = daemon("--batch", 5)
    entries = []
    for number in range(5):
        add_rule(rules, action="hold", within=f"{number + 1}h")
        duyetd.signal(signal.SIGHUP)
        entries += [submit(redis, f"c{i}", TEXT) for i in range(100 * number, 100 * number + 100)]
        duyetd.wait_log("loaded old=", count=number + 1)
    assert decided(redis, entries) == ["approve"] * 3 + ["hold"] * 497


def test_a_reload_while_texts_are_counted(redis, daemon, rules, proxy):
    """The batch is counted again for the new rules, although the first reply is still to come."""
    add_rule(rules)
    held = proxy.arm("repeat", "hold")
    duyetd = daemon(proxy=proxy)
    entries = [submit(redis, "c1", TEXT)]
    with held:
        add_rule(rules, within="2h")
        duyetd.signal(signal.SIGHUP)
        duyetd.wait_log("loaded old=")
        entries.append(submit(redis, "c2", TEXT))
        wait_for(lambda: proxy.seen["repeat"] == 3 or redis.xlen("comments:held"))
    assert decided(redis, entries) == ["approve"] * 2


def test_no_answer_holds(redis, daemon, rules, proxy):
    """A rule that rejects holds too. Comments that it does not count are not affected."""
    add_rule(rules, action="reject")
    held = proxy.arm("repeat", "hold request")
    duyetd = daemon("--metrics", "127.0.0.1:0", proxy=proxy)
    entries = [submit(redis, "c1", TEXT), submit(redis, "c2", "Hay lắm bạn")]
    with held:
        duyetd.wait_log("not counted")
    assert decided(redis, entries) == ["hold", "approve"]
    assert verdict_of(redis, entries[0])["rules"] == "flood"
    entries.append(submit(redis, "c3", TEXT))
    assert decided(redis, entries)[2] == "approve"
    assert len(duyetd.lines("repeat: not counted")) == len(duyetd.lines("repeat: counted again")) == 1
    assert 'duyetd_rule_broken_total{rule="flood"} 1' in duyetd.metrics()


def test_waiting_for_replicas_holds_nothing(redis, daemon, rules):
    """There are no replicas, so each WAIT takes half of --timeout, and the next counting begins after it."""
    add_rule(rules)
    duyetd = daemon("--wait-replicas", 1, "--timeout", "12s", "--grace", "1s")
    assert verdict_of(redis, submit(redis, "c1", TEXT))["verdict"] == "approve"
    assert verdict_of(redis, submit(redis, "c2", TEXT))["verdict"] == "approve"
    assert duyetd.lines("too few acknowledged") and not duyetd.lines("not counted")


def test_without_rights_it_holds_and_recovers(redis, daemon, rules):
    add_rule(rules)
    redis.execute_command("ACL", "SETUSER", "default", "-set")
    duyetd = daemon()
    entries = [submit(redis, "c1", TEXT)]
    assert decided(redis, entries) == ["hold"]
    assert duyetd.lines("refuses fault=noperm", "SET") and duyetd.lines("repeat: not counted")
    redis.execute_command("ACL", "SETUSER", "default", "+set")
    duyetd.wait_log("accepts commands again")
    entries.append(submit(redis, "c2", TEXT))
    assert decided(redis, entries)[1] == "approve"


def test_a_key_of_another_type_holds_its_text_alone(redis, daemon, rules):
    add_rule(rules)
    duyetd = daemon()
    decided(redis, [submit(redis, "c1", TEXT)])
    key, = repeat_keys(redis)
    redis.delete(key)
    redis.rpush(key, "of the wrong type")
    entries = [submit(redis, "c2", TEXT), submit(redis, "c3", GOOD)]
    wait_settled(redis)
    assert [verdict_of(redis, entry)["verdict"] for entry in entries] == ["hold", "approve"]
    assert duyetd.lines("could not be finished", "rule=flood")


def test_a_full_redis_counts(redis, daemon, rules):
    add_rule(rules)
    daemon().stop()
    entries = [submit(redis, f"c{i}", TEXT) for i in range(5)]
    redis.config_set("maxmemory", "1mb")
    daemon()
    assert decided(redis, entries) == ["approve"] * 3 + ["hold"] * 2


def test_rules_without_the_kind_count_nothing(redis, daemon):
    daemon()
    decided(redis, [submit(redis, f"c{i}", TEXT) for i in range(5)])
    assert not repeat_keys(redis) and not calls(redis, "set")


def test_invalid_ids_and_texts_are_not_counted(redis, daemon, rules):
    add_rule(rules)
    daemon()
    redis.xadd("comments:submitted", {"text": TEXT})
    entry = submit(redis, "c1", b"\xff\xff \xff \xff \xff \xff")
    assert decided(redis, [entry]) == ["reject"]
    assert not repeat_keys(redis) and redis.xlen("comments:dead") == 1


@pytest.mark.parametrize("entry", ["5-1", "18446744073709551000-5"])
def test_entry_ids_that_are_not_times(redis, daemon, rules, entry):
    add_rule(rules)
    daemon()
    entries = [redis.xadd("comments:submitted", {"id": f"c{i}", "text": TEXT},
                          id=f"{entry.split('-')[0]}-{i + 1}") for i in range(5)]
    assert decided(redis, entries) == ["approve"] * 3 + ["hold"] * 2


# ---- the commands, which count in their own memory

@pytest.fixture
def flood(tmp_path):
    directory = tmp_path / "flood"
    directory.mkdir()
    (directory / "rules.yaml").write_text(
        "rules: [{name: flood, kind: repeat, times: 2, within: 10m, action: hold, only: {page: [a, b]},"
        " message: '{count} lần'}]\n")
    return directory


def minutes_apart(minutes, **more):
    return [{"id": f"c{i}", "page": "a", "text": "Mời cả nhà ghé quán ăn nhé",
             "entry": f"{1700000000000 + int(60000 * at)}-0", **more} for i, at in enumerate(minutes)]


def test_judge_counts_repeated_texts(flood):
    """By the time of the entries, with one thread, whatever --jobs says; without a time, at once."""
    comments = minutes_apart([0, 1, 2, 3, 13])
    verdicts = [answer["verdict"] for answer in judge(flood, *comments)]
    assert verdicts == ["approve", "approve", "hold", "hold", "approve"]
    comments = minutes_apart([0] * 150)
    for comment in comments:
        del comment["entry"]
    lines = "\n".join(json.dumps(comment) for comment in comments)
    done = run("judge", "--rules", flood, "--jobs", 8, stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["approve"] * 2 + ["hold"] * 148
    assert answers[4]["reason"] == "5 lần"
    assert answers[-1]["reason"] == "102 lần"  # 100 more than the rule allows are kept


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
