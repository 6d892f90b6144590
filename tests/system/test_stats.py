"""Counts by day: what is counted, on which day, and that counting stops nothing."""
import datetime
import json
import random
import subprocess

import pytest

from helpers import BUILD, GOOD, ROOT, submit, verdict_of, verdicts, wait_for, wait_settled

BAD, LINK = "nhà cái uy tín", "Xem thêm ở https://phim.example nhé"
DOUBTFUL, TRIAL = "Bài này cần xem lại nhé", "Một bài viết thử nghiệm thôi"
DAY_MS = 86400000


def days(redis):
    """The counts by day. Every day is checked to expire."""
    keys = sorted(redis.keys("comments:stats:*"))
    assert all(redis.ttl(key) > 0 for key in keys)
    return {key.removeprefix("comments:stats:"): redis.hgetall(key) for key in keys}


def counts(redis):
    """All days together; as numbers. A test may run across midnight."""
    total = {}
    for day in days(redis).values():
        for name, number in day.items():
            total[name] = total.get(name, 0) + int(number)
    return total


def review(redis, comment, verdict, by="lan"):
    redis.xadd("comments:review", {"id": comment, "verdict": verdict, "by": by})
    wait_for(lambda: redis.xlen("comments:review") == 0)


def test_day_of_a_time(redis):
    script = (ROOT / "src/queue/common.lua").read_text() + "\nreturn day_of(ARGV[1])"
    seconds = [0, 951782399, 951782400, 951868800, 4107542400, 4102444799, 13574563200]
    chance = random.Random(18)
    seconds += [chance.randrange(253402300800) for _ in range(2000)]
    for time in seconds:
        expected = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%d")
        assert redis.eval(script, 0, time) == expected, time


def test_verdicts_and_rules(redis, daemon):
    daemon()
    for i, text in enumerate([GOOD, GOOD, GOOD, BAD, BAD + " " + LINK, DOUBTFUL, TRIAL,
                              DOUBTFUL + " " + LINK]):
        submit(redis, f"c{i}", text)
    wait_settled(redis)
    assert counts(redis) == {"approve": 4, "reject": 3, "hold": 1, "rule:gambling": 2,
                             "rule:no-links": 2, "rule:doubtful": 2, "held:doubtful": 1,
                             "watch:trial": 1}
    totals = {name: int(number) for name, number in redis.hgetall("comments:stats").items()}
    assert {**totals, "held:doubtful": 1} == counts(redis)
    today = datetime.datetime.now(datetime.timezone.utc)
    assert set(days(redis)) <= {(today - datetime.timedelta(days=ago)).strftime("%Y-%m-%d")
                                for ago in (0, 1)}


def test_counted_where_a_watched_hit_cannot_be_kept(redis, daemon):
    daemon()
    redis.set("comments:watched", "no stream")
    verdict_of(redis, submit(redis, "c1", TRIAL))
    assert counts(redis) == {"approve": 1, "watch:trial": 1}


def test_counts_expire_after_keep_stats(redis, daemon):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    key, = redis.keys("comments:stats:*")
    assert 89 * DAY_MS < redis.pttl(key) <= 90 * DAY_MS
    duyetd.stop()
    redis.delete(key)
    daemon("--keep-stats", "2d")
    verdict_of(redis, submit(redis, "c2", GOOD))
    key, = redis.keys("comments:stats:*")
    assert DAY_MS < redis.pttl(key) <= 2 * DAY_MS


@pytest.mark.parametrize("text, expected", [
    (BAD + " " + LINK, {"approve": {"overturned": 1, "overturned:gambling": 1, "overturned:no-links": 1},
                        "reject": {}}),
    (GOOD, {"reject": {"overturned": 1}, "approve": {}}),
    (DOUBTFUL, {"approve": {"held-decided": 1, "held-approved:doubtful": 1},
                "reject": {"held-decided": 1, "held-rejected:doubtful": 1}}),
])
@pytest.mark.parametrize("decisions", ["approve reject approve approve", "reject approve reject reject approve"])
@pytest.mark.parametrize("kept", [[], ["--keep-approved", "1d"]])
def test_the_present_decision_of_people(redis, daemon, text, expected, decisions, kept):
    """A later decision withdraws the counts of an earlier one."""
    daemon(*kept)
    verdict_of(redis, submit(redis, "c1", text))
    before = counts(redis)
    for decision in decisions.split():
        review(redis, "c1", decision)
        after = {name: number for name, number in counts(redis).items() if number}
        assert after.pop("reviewed") > 0
        assert after == {**before, **expected[decision]}
        totals = redis.hgetall("comments:stats")
        assert not set(totals) & {name for name in after if ":" in name} - set(before)
        for name in ("overturned", "held-decided"):
            assert int(totals.get(name, 0)) == expected[decision].get(name, 0)


def test_an_undone_decision_is_withdrawn_from_the_day_of_the_first_verdict(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    redis.hset("comments:rejected:c1", "judged-on", "2026-03-01")
    review(redis, "c1", "approve")
    assert days(redis)["2026-03-01"] == {"reviewed": "1", "overturned": "1", "overturned:gambling": "1"}
    review(redis, "c1", "reject")
    assert days(redis)["2026-03-01"] == {"reviewed": "2", "overturned": "0", "overturned:gambling": "0"}
    assert redis.hget("comments:rejected:c1", "judged-on") == "2026-03-01"
    assert redis.hget("comments:stats", "overturned") == "0"


def test_an_undone_decision_whose_counts_are_gone_leaves_none_below_zero(redis, daemon):
    """As where --keep-stats has passed, or the totals were deleted."""
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    redis.hset("comments:rejected:c1", "judged-on", "2026-03-01")
    review(redis, "c1", "approve")
    redis.delete("comments:stats", "comments:stats:2026-03-01")
    review(redis, "c1", "reject")
    assert days(redis)["2026-03-01"] == redis.hgetall("comments:stats") == {"reviewed": "1"}
    review(redis, "c1", "approve")
    assert days(redis)["2026-03-01"] == {"reviewed": "2", "overturned": "1", "overturned:gambling": "1"}


def test_an_undone_decision_whose_history_is_gone_is_not_withdrawn(redis, daemon):
    """As where --keep-rejected has passed: it is not known what the rules had decided."""
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD))
    review(redis, "c1", "approve")
    redis.delete("comments:reviewed")
    review(redis, "c1", "reject")
    assert counts(redis)["overturned"] == counts(redis)["overturned:gambling"] == 1


def test_counted_on_the_day_of_the_first_verdict(redis, daemon):
    daemon()
    for comment in ("c1", "c2", "c3"):
        verdict_of(redis, submit(redis, comment, BAD))
    redis.hset("comments:rejected:c1", "judged-on", "2026-03-01")
    redis.hset("comments:rejected:c4", mapping={**redis.hgetall("comments:rejected:c1"), "id": "c4"})
    redis.hdel("comments:rejected:c2", "judged-on")  # written by an earlier version
    redis.hset("comments:rejected:c3", "judged-on", "no day")
    for comment in ("c1", "c2", "c3"):
        review(redis, comment, "approve")
    for verdict in ("reject", "approve"):
        review(redis, "c4", verdict)
    assert days(redis).pop("2026-03-01") == {"reviewed": "3", "overturned": "2",
                                             "overturned:gambling": "2"}
    assert counts(redis)["overturned"] == 4 and "no day" not in days(redis)


def test_the_day_stays_when_a_person_confirms(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", BAD, **{"judged-on": "2026-03-01"}))
    record = redis.hgetall("comments:rejected:c1")
    assert record["judged-on"] in days(redis) and record["submitted:judged-on"] == "2026-03-01"
    review(redis, "c1", "reject")
    assert redis.hget("comments:rejected:c1", "submitted:judged-on") == "2026-03-01"
    assert "2026-03-01" not in days(redis)


def test_expired_holds_are_counted(redis, daemon):
    daemon("--hold-for", "1s:reject")
    submit(redis, "c1", DOUBTFUL)
    wait_for(lambda: redis.xlen("comments:verdicts") == 2)
    wait_for(lambda: counts(redis).get("held-too-long") == 1)
    assert redis.hget("comments:stats", "held-too-long") == "1"


KEYS = ["submitted", "verdicts", "rejected", "rejected:*", "held", "review", "reviewed", "watched",
        "dead", "reply", "reply:*", "stats"]


@pytest.mark.parametrize("refusal", ["of another type", "no right"])
def test_counting_stops_nothing(redis, daemon, refusal):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    key, = redis.keys("comments:stats:*")
    if refusal == "no right":  # as with the users file of an earlier version
        redis.execute_command("ACL", "SETUSER", "default", "resetkeys",
                              *(f"~comments:{name}" for name in KEYS))
    else:
        redis.set(key, "no hash")
    entry = submit(redis, "c2", BAD)
    assert verdict_of(redis, entry)["verdict"] == "reject"
    review(redis, "c2", "approve")
    assert len(verdicts(redis)) == 3
    assert redis.hget("comments:stats", "overturned") == "1"
    redis.execute_command("ACL", "SETUSER", "default", "allkeys")
    if refusal == "no right":
        assert counts(redis) == {"approve": 1}
    assert not duyetd.lines("NOPERM") and not duyetd.lines("WRONGTYPE")


# ---- duyetd stats

def stats(server, *options, code=0):
    done = subprocess.run([BUILD / "duyetd", "stats", "--redis", server.url, *options],
                          capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


TODAY = datetime.datetime.now(datetime.timezone.utc)  # and where midnight passes, yesterday


def day(ago):
    return (TODAY - datetime.timedelta(days=ago)).strftime("%Y-%m-%d")


@pytest.fixture
def week(redis):
    """Counts of some days."""
    def count(ago, **counts):
        names = {name.replace("__", ":").replace("_", "-"): number for name, number in counts.items()}
        redis.hset(f"comments:stats:{day(ago)}", mapping=names)
    count(1, approve=12034, reject=730, hold=10, reviewed=490, overturned=482, held_decided=5,
          rule__bad_rule=500, overturned__bad_rule=480, rule__gambling=230, overturned__gambling=2,
          rule__doubtful=12, held__doubtful=10, held_approved__doubtful=1, held_rejected__doubtful=4,
          watch__trial=77)
    count(2, approve=100, reject=200, rule__gambling=200, held_too_long=3)
    count(30, approve=1, rule__ancient=1)


def test_stats_by_rule(server, week):
    output = stats(server)
    rows = {line.split()[0]: line.split() for line in output.splitlines() if line}
    assert rows[day(1)][1:] == ["12,034", "730", "10", "490", "482", "5", "0"]
    assert rows[day(2)][1:] == ["100", "200", "0", "0", "0", "0", "3"]
    assert rows["all"][1:] == ["12,134", "930", "10", "490", "482", "5", "3"]
    rules = [line for line in output.split("\n\n")[1].splitlines()][1:]
    assert [line.split()[0] for line in rules] == ["bad-rule", "gambling", "doubtful"]
    # 480 of 500 by Wilson: 93.9 to 97.4 %; a bar of 16 columns.
    assert rules[0].endswith(" 500          480  ###############.  96.0 % of 500 (93.9–97.4)")
    assert rules[1].endswith(" 430            2  ................  0.5 % of 430 (0.1–1.7)")
    assert rules[2].endswith(" 12            0  ................  0.0 % of 2 (0.0–65.8)")
    assert "doubtful                       10            1  ###.............  20.0 % of 5 (3.6–62.4)\n" in output
    assert "trial                          77\n" in output and "ancient" not in output


def test_stats_as_json(server, week):
    report = json.loads(stats(server, "--format", "json", "--days", "40"))
    names = [d["day"] for d in report["days"]]
    assert len(names) == 40 and names == sorted(set(names))
    assert sum(d["approve"] for d in report["days"]) == 12135
    rules = {rule["rule"]: rule for rule in report["rules"]}
    assert rules["bad-rule"]["overturned-share"] == {"share": 0.96, "of": 500, "low": 0.939, "high": 0.974}
    assert rules["doubtful"]["held-approved-share"]["of"] == 5 and rules["trial"]["watch"] == 77
    assert rules["ancient"]["hits"] == 1


def test_stats_of_what_the_daemon_counts(redis, server, daemon):
    daemon()
    for i, text in enumerate([GOOD, BAD, BAD, DOUBTFUL]):
        verdict_of(redis, submit(redis, f"c{i}", text))
    review(redis, "c1", "approve")
    report = json.loads(stats(server, "--format", "json"))
    gambling, = (rule for rule in report["rules"] if rule["rule"] == "gambling")
    assert (gambling["hits"], gambling["overturned"], gambling["overturned-share"]["of"]) == (2, 1, 2)
    assert report["rules"][0] == gambling


def test_stats_without_counts_and_with_invalid_ones(redis, server):
    assert len(stats(server, "--days", "3").splitlines()) == 5
    assert json.loads(stats(server, "--format", "json"))["rules"] == []
    unknown = subprocess.run([BUILD / "duyetd", "stats", "--redis", server.url, "--prefix", "coments"],
                             check=True, capture_output=True, text=True)
    assert len(unknown.stdout.splitlines()) == 9 and unknown.stderr == \
        "duyetd stats: coments:stats is empty or does not exist: no verdict was counted with the prefix coments\n"
    assert "--days" in stats(server, "--days", "0", code=2)
    assert "--prefix" in stats(server, "--prefix", "a b", code=2)
    assert "--redis" in stats(server, "--redis", "http://x", code=2)
    assert "No such file" in stats(server, "--redis", "unix:///nowhere", code=3)
    redis.hset(f"comments:stats:{day(1)}", mapping={"rule:\x1b[2J": 1, "rule:x": "many", "other": 3})
    output = stats(server)
    assert "\x1b" not in output and "[2J" in output and "other" not in output
    old = subprocess.run([BUILD / "duyetd", "stats", "--redis", server.url, "--days", "1"],
                         check=True, capture_output=True, text=True)
    assert "is empty" in old.stderr
    redis.hset("comments:stats", "approve", 1)
    old = subprocess.run([BUILD / "duyetd", "stats", "--redis", server.url, "--days", "1"],
                         check=True, capture_output=True, text=True)
    assert not old.stderr
    redis.set(f"comments:stats:{day(2)}", "no hash")
    assert "WRONGTYPE" in stats(server, code=3)


@pytest.mark.parametrize("days", ["1", "2"])
def test_stats_begin_days_ago(redis, server, days):
    """The days that are printed are those of --days: today and yesterday."""
    output = [line.split()[0] for line in stats(server, "--days", days).splitlines()][1:-1]
    assert len(output) == int(days) and output[-1] in (day(0), day(-1))
