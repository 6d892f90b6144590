"""HUP: all or nothing, reported to the log and to systemd, and no verdict waits for it."""
import os
import pathlib
import re
import signal

import pytest

from helpers import (GOOD, PATIENCE, RULES, assert_one_each, submit, submit_many, verdict_of,
                     wait_for, wait_settled)
from processes import DAEMON_WRAPPER, Systemd


NEW = """\
  - name: weather
    kind: banned
    phrases: [trời mưa]
    message: "Không bàn chuyện thời tiết."
"""


def ruleset(redis, comment):
    return verdict_of(redis, submit(redis, comment, GOOD))["ruleset"]


def test_a_reload_replaces_the_rules(redis, daemon, rules):
    duyetd = daemon()
    assert verdict_of(redis, submit(redis, "c1", "Hôm nay trời mưa to"))["verdict"] == "approve"
    before = ruleset(redis, "c2")
    (rules / "20-new.yaml").write_text("rules:\n" + NEW, encoding="utf-8")
    duyetd.signal(signal.SIGHUP)
    line, = duyetd.wait_log("rules: loaded old=")
    assert f"old={before}" in line and "weather" in line
    assert verdict_of(redis, submit(redis, "c3", "Hôm nay trời mưa to"))["rules"] == "weather"
    assert ruleset(redis, "c4") != before
    (rules / "20-new.yaml").unlink()
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded old=", count=2)
    assert ruleset(redis, "c5") == before


def test_a_reload_with_errors_keeps_the_old_rules(redis, daemon, rules):
    duyetd = daemon()
    before = ruleset(redis, "c1")
    for wrong in ("rules: [", "rules:\n  - name: x\n    kind: nonsense\n", "rules:\n" + NEW + "    action: shout\n"):
        (rules / "20-new.yaml").write_text(wrong, encoding="utf-8")
        count = len(duyetd.lines("not loaded"))
        duyetd.signal(signal.SIGHUP)
        duyetd.wait_log("not loaded", count=count + 1)
        assert duyetd.lines("20-new.yaml:", "level=error")
        assert ruleset(redis, f"c{count + 2}") == before
    os.rename(rules, str(rules) + "-away")
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("not loaded", count=4)
    assert duyetd.lines(f"{rules}: No such file or directory", "level=error") and not duyetd.lines(":0:0")
    assert verdict_of(redis, submit(redis, "last", "nhà cái"))["rules"] == "min-length,gambling"


def test_thousands_of_problems(redis, daemon, rules):
    """The log has the first fifty, and how many more there are."""
    duyetd = daemon()
    wrong = "".join(f"  - {{name: r{i}, kind: nonsense}}\n" for i in range(3000))
    (rules / "20-new.yaml").write_text("rules:\n" + wrong, encoding="utf-8")
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: not loaded")
    assert len(duyetd.lines("20-new.yaml:", "nonsense")) == 50
    assert len(duyetd.lines("rules: more problems", "duyetd check", "count=2950")) == 1


def is_blocked(process, number):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^SigBlk:\t(\w+)$", status, re.M)[1], 16) >> number - 1 & 1


@pytest.mark.skipif(bool(DAEMON_WRAPPER), reason="valgrind blocks signals for itself")
def test_a_reload_during_the_start(daemon, rules):
    """HUP during the first load takes effect after it. The test repeats until HUP arrives during the load."""
    many = "".join(f"  - {{name: r{i}, kind: banned, phrases: [cấm số {i}], message: Cấm.}}\n" for i in range(1000))
    (rules / "20-many.yaml").write_text("rules:\n" + many, encoding="utf-8")

    def start():
        duyetd = daemon(wait=False)
        while not duyetd.lines("rules: loaded from"):
            if is_blocked(duyetd.process, signal.SIGHUP):
                duyetd.signal(signal.SIGHUP)
                return duyetd
        duyetd.stop()
        return None

    wait_for(start).wait_log("rules: loaded old=")


def test_a_reload_follows_a_symlink_to_another_directory(redis, daemon, rules, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / "10.yaml").write_text(RULES + NEW, encoding="utf-8")
    current = tmp_path / "current"
    current.symlink_to(rules)
    duyetd = daemon("--rules", current)
    before = ruleset(redis, "c1")
    other = tmp_path / "other"
    other.symlink_to(new)
    other.rename(current)
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded old=", "weather")
    assert ruleset(redis, "c2") != before


@pytest.mark.timing
def test_a_reload_during_a_drain(redis, daemon, proxy, rules):
    """New rules apply from the next batch on; batches read before are settled too."""
    entries = submit_many(redis, 1000)
    held = proxy.arm("settle", "hold", skip=3)
    duyetd = daemon("--batch", 20, proxy=proxy)
    with held:
        for count in range(1, 4):
            duyetd.signal(signal.SIGHUP)
            duyetd.wait_log("rules: loaded old=", "changed=none", count=count)
        (rules / "20-new.yaml").write_text("rules:\n" + NEW, encoding="utf-8")
        duyetd.signal(signal.SIGHUP)
        old, = duyetd.wait_log("rules: loaded old=", "weather")
    wait_settled(redis)
    assert_one_each(redis, entries)
    used = [fields["ruleset"] for _, fields in redis.xrange("comments:verdicts")]
    old, new = old.split("old=")[1].split()[0], old.split("ruleset=")[1].split()[0]
    assert set(used) == {old, new} and used == sorted(used, key=[old, new].index)


def niceness(process):
    """The nice value of each thread, beginning with the first thread."""
    found = []
    for path in sorted(pathlib.Path(f"/proc/{process.pid}/task").glob("*/stat"), key=lambda path: int(path.parent.name)):
        try:
            found.append(int(path.read_text(encoding="ascii").rsplit(")", 1)[1].split()[16]))
        except OSError:
            continue  # it has ended by now
    return found


@pytest.mark.timing
def test_loading_gives_way_to_judging(redis, daemon, rules):
    """Observed while it loads, with more rules each time, until the load takes long enough to be observed."""
    duyetd = daemon()
    own = niceness(duyetd.process)[0]

    def sees_loader(loads):
        while len(duyetd.lines("rules: loaded old=")) < loads:
            seen = niceness(duyetd.process)
            if seen[-1] == max(own, 10):
                return seen[0] == own
        return False

    for loads in range(1, 8):
        phrases = "".join(f"      - cụm từ số {i}\n" for i in range(10000 * 2**loads))
        (rules / "20-new.yaml").write_text(f"rules:\n{NEW.replace('[trời mưa]', chr(10) + phrases)}",
                                           encoding="utf-8")
        duyetd.signal(signal.SIGHUP)
        if sees_loader(loads):
            break
    else:
        pytest.fail("no load was seen at a lower priority than judging")
    duyetd.wait_log("rules: loaded old=", count=loads)
    assert niceness(duyetd.process)[0] == own


def test_without_rules_it_does_not_start(redis, daemon, rules):
    (rules / "10-test.yaml").write_text("rules: [", encoding="utf-8")
    duyetd = daemon(wait=False)
    assert duyetd.exit_code() == 1
    assert duyetd.lines("10-test.yaml:", "error")


@pytest.fixture
def systemd(tmp_path):
    one = Systemd(tmp_path)
    yield one
    one.socket.close()


def test_systemd_is_notified(redis, daemon, rules, systemd):
    duyetd = daemon(env=systemd.env)
    assert f"STATUS=judging, rules {ruleset(redis, 'c1')}" in systemd.wait_message("READY=1")
    systemd.wait_message("WATCHDOG=1")
    duyetd.signal(signal.SIGHUP)
    assert "MONOTONIC_USEC=" in systemd.wait_message("RELOADING=1")
    assert "STATUS=judging" in systemd.wait_message("READY=1")
    (rules / "20-bad.yaml").write_text("rules: [", encoding="utf-8")
    duyetd.signal(signal.SIGHUP)
    systemd.wait_message("RELOADING=1")
    assert "did not load" in systemd.wait_message("READY=1")
    duyetd.signal(signal.SIGTERM)
    systemd.wait_message("STOPPING=1")


def test_systemd_is_notified_without_redis(server, redis, daemon, systemd):
    """It waits for Redis by itself, so a start or a package's installation does not wait."""
    server.kill()
    duyetd = daemon(wait=False, env=systemd.env)
    first = systemd.wait_message("STATUS=")
    assert first.startswith("READY=1\n") and 'STATUS=waiting for Redis: "' in first
    systemd.wait_message("WATCHDOG=1")
    duyetd.signal(signal.SIGHUP)
    systemd.wait_message("RELOADING=1")
    assert 'STATUS=waiting for Redis: "' in systemd.wait_message("READY=1")
    server.start()
    assert f"rules {ruleset(redis, 'c1')}" in systemd.wait_message("STATUS=judging")
    server.kill()
    assert "READY=1" not in systemd.wait_message("STATUS=waiting for Redis")


def test_systemd_is_notified_where_redis_refuses_commands(redis, daemon, systemd):
    """Comments wait while the key of their verdicts has a wrong type: the status does not say `judging`."""
    daemon(env=systemd.env)
    systemd.wait_message("STATUS=judging")
    redis.set("comments:verdicts", "not a stream")
    redis.xadd("comments:submitted", {"id": "c1", "text": GOOD})
    status = systemd.wait_message("STATUS=")
    assert status.startswith('STATUS=Redis refuses commands: "WRONGTYPE') and "(comments:verdicts)" in status
    redis.delete("comments:verdicts")
    assert systemd.wait_message("STATUS=").startswith("STATUS=judging, rules ")


def test_systemd_is_notified_where_replicas_lag(server, redis, daemon, systemd):
    """There are none, and nothing more is read: the status does not say `judging`, also after a lost
    connection."""
    daemon("--wait-replicas", 1, "--timeout", "1s", "--grace", "1s", env=systemd.env)
    systemd.wait_message("STATUS=judging")
    submit(redis, "c1", GOOD)
    systemd.wait_message("STATUS=waiting for replicas, rules ")
    server.kill()
    systemd.wait_message("STATUS=waiting for Redis")
    server.start()
    systemd.wait_message("STATUS=judging")
    submit(redis, "c2", GOOD)
    systemd.wait_message("STATUS=waiting for replicas, rules ")


def test_systemd_is_notified_where_redis_refuses_the_password(server, redis, daemon, systemd):
    redis.config_set("requirepass", "secret")
    daemon(wait=False, env=systemd.env)
    first = systemd.wait_message("STATUS=")
    assert first.startswith("READY=1\n") and 'STATUS=waiting for Redis: "NOAUTH' in first
    server.client(password="secret").config_set("requirepass", "")
    systemd.wait_message("STATUS=judging")
