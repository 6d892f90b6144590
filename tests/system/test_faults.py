"""Failures of Redis: gone, frozen, emptied, full, demoted; and its return."""
import errno
import itertools
import math
import os
import pathlib
import re
import signal
import socketserver
import threading
import time

import pytest
from redis.exceptions import ResponseError

from helpers import (GOOD, assert_one_each, errors, submit, submit_many, verdict_of, verdicts, wait_for,
                     wait_settled)

# With it, every attempt to reach Redis is in the log; without it, only those that tell something new.
DEBUG = "--log-level", "debug"


def usual_lines(duyetd, *words):
    """Those lines that are in a log of the usual level too."""
    return [line for line in duyetd.lines(*words) if "level=debug" not in line]


def losses(duyetd):
    """How many losses are logged, with the attempts that failed before the first success."""
    return len(usual_lines(duyetd, "redis: ", "url=", "error="))


def wait_attempts(duyetd, count):
    """Waits until this many more attempts to reach Redis have failed."""
    words = "redis: not reached", "level=debug"
    duyetd.wait_log(*words, count=len(duyetd.lines(*words)) + count)


@pytest.mark.timing
def test_redis_is_started_after_the_daemon(server, daemon):
    server.kill()
    duyetd = daemon(*DEBUG, wait=False)
    wait_attempts(duyetd, 3)
    assert len(usual_lines(duyetd, "redis:")) == 1, "one line, however often it tries"
    server.start()
    duyetd.wait_log("redis: reached")
    redis = server.client()
    verdict_of(redis, submit(redis, "c1", GOOD))


def test_why_redis_is_not_reached_is_logged_after_the_loss(server, redis, daemon):
    duyetd = daemon(*DEBUG)
    verdict_of(redis, submit(redis, "c1", GOOD))
    server.kill()
    duyetd.wait_log("redis: lost")
    wait_for(lambda: usual_lines(duyetd, "redis: not reached"))
    wait_attempts(duyetd, 1)
    lost, away = usual_lines(duyetd, "redis: ", "error=")
    assert "redis: lost" in lost and "redis: not reached" in away, "one line for each error"
    assert lost.split("error=")[1] != away.split("error=")[1]


def test_errors_that_change_with_each_attempt_need_few_lines(daemon):
    """The second line comes 5 s after the first at the earliest, the next 10, 20, 40 s after the one before."""
    numbers = itertools.count()

    class Strange(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(4096)
            self.request.sendall(b"-ERR strange %d\r\n" % next(numbers))
            self.request.recv(4096)  # until the daemon closes: a close with bytes unread would drop the reply

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Strange) as strange:
        threading.Thread(target=strange.serve_forever, daemon=True).start()
        began = time.monotonic()
        duyetd = daemon(*DEBUG, "--redis", f"redis://127.0.0.1:{strange.server_address[1]}", wait=False)
        failed = duyetd.wait_log("redis: not reached", "error=", count=7)
        lines = len(usual_lines(duyetd, "redis: not reached"))
        seconds = time.monotonic() - began
        duyetd.stop()
        strange.shutdown()
    assert len({line.split("error=")[1] for line in failed}) == len(failed), "each time another error"
    assert 1 <= lines <= 1 + math.log2(1 + seconds / 5)


def test_stop_while_waiting_for_redis(server, daemon):
    server.kill()
    duyetd = daemon(wait=False)
    duyetd.wait_log("redis: not reached")
    assert duyetd.stop() == 0


def test_stop_while_a_host_name_is_looked_up(daemon, tmp_path):
    """Before it asks a name server, the C library reads the file that HOSTALIASES names: with a pipe
    that stays open, the look-up does not end."""
    sources = re.search(r"^hosts:.*", pathlib.Path("/etc/nsswitch.conf").read_text(encoding="utf-8"), re.M)[0]
    if "dns" not in sources.split() or "resolve" in sources:
        pytest.skip(f"the C library itself asks no name server here ({sources})")
    aliases = tmp_path / "aliases"
    os.mkfifo(aliases)
    duyetd = daemon("--redis", "redis://held", wait=False, env={**os.environ, "HOSTALIASES": str(aliases)})

    def opened():
        try:
            return [os.open(aliases, os.O_WRONLY | os.O_NONBLOCK)]
        except OSError as error:
            assert error.errno == errno.ENXIO  # nobody reads it yet
            return []
    end, = wait_for(opened)
    assert duyetd.stop() == 0
    os.close(end)


@pytest.mark.timing
def test_redis_is_killed_and_restarted(server, daemon, proxy):
    """With the append-only file on `always`, nothing is lost and no verdict is read twice."""
    durable = "--appendonly", "yes", "--appendfsync", "always"
    server.kill()
    server.start(*durable)
    redis = server.client()
    held = proxy.arm("settle", "hold", skip=3)
    entries = submit_many(redis, 500)
    duyetd = daemon("--batch", 20, proxy=proxy)
    for kind in "hold request", "hold", None:
        with held:
            server.kill()
        server.start(*durable)
        redis = server.client()
        if kind:
            held = proxy.arm("settle", kind, skip=3)
        entries += submit_many(redis, 500, first=len(entries))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert len(duyetd.lines("redis: lost")) == len(duyetd.lines("redis: reached", "after=")) == 3


@pytest.mark.timing
def test_redis_is_frozen(server, redis, daemon, proxy):
    """A loss is logged once, however long Redis does not answer."""
    entries = submit_many(redis, 1000)
    held = proxy.arm("settle", "hold request", skip=3)
    duyetd = daemon(*DEBUG, "--timeout", "500ms", "--batch", 20, proxy=proxy)
    with held:
        server.freeze()
    duyetd.wait_log("redis: lost", "no reply for 500 ms")
    wait_attempts(duyetd, 3)
    assert losses(duyetd) == len(duyetd.lines("redis: reached", "after=")) + 1
    server.thaw()
    wait_settled(redis)
    assert_one_each(redis, entries)
    wait_for(lambda: losses(duyetd) == len(duyetd.lines("redis: reached", "after=")))


@pytest.mark.timing
def test_redis_is_frozen_while_idle(server, redis, daemon):
    duyetd = daemon("--timeout", "500ms")
    verdict_of(redis, submit(redis, "c1", GOOD))
    server.freeze()
    lost = len(duyetd.lines("redis: lost"))
    duyetd.wait_log("redis: lost", count=lost + 1)
    server.thaw()
    verdict_of(redis, submit(redis, "c2", GOOD))


@pytest.mark.timing
def test_term_while_redis_is_frozen(server, redis, daemon, proxy):
    entries = submit_many(redis, 1000)
    held = proxy.arm("settle", "hold request", skip=3)
    duyetd = daemon("--grace", "1s", "--batch", 20, proxy=proxy)
    with held:
        server.freeze()
        duyetd.signal(signal.SIGTERM)
    assert duyetd.exit_code() == 0
    assert duyetd.lines("exiting with unfinished work")
    server.thaw()
    daemon("--batch", 1000)
    wait_settled(redis)
    assert_one_each(redis, entries)


@pytest.mark.timing
def test_term_while_redis_is_frozen_and_nothing_is_in_hand(server, redis, daemon):
    duyetd = daemon("--grace", "500ms")
    verdict_of(redis, submit(redis, "c1", GOOD))
    server.freeze()
    assert duyetd.stop() == 0
    assert duyetd.lines("exiting without a reply from Redis")
    assert not duyetd.lines("exiting with unfinished work")


@pytest.mark.timing
def test_connections_are_cut(redis, daemon, proxy):
    entries = []
    duyetd = daemon("--batch", 20, proxy=proxy)
    for kind in ["hold", "hold request"] * 3:
        held = proxy.arm("settle", kind, skip=3)
        entries += submit_many(redis, 200, first=len(entries))
        with held:
            redis.client_kill_filter(_type="normal", skipme=True)
    wait_settled(redis)
    assert_one_each(redis, entries)
    duyetd.wait_log("redis: reached", "after=", count=6)
    assert len(duyetd.lines("redis: lost")) == len(duyetd.lines("redis: reached", "after=")) == 6


def test_a_connection_is_lost_at_once(redis, daemon, proxy):
    """The delay grows with each loss, so that neither the log nor Redis is flooded."""
    duyetd = daemon(proxy=proxy)

    def lost_again():
        proxy.arm("xreadgroup submitted", "cut").wait()
        return duyetd.lines("redis: reached", "tries=5")
    wait_for(lost_again)
    verdict_of(redis, submit(redis, "c1", GOOD))


@pytest.mark.timing
def test_the_log_names_the_cause_of_a_loss(redis, daemon):
    """As a connection that was lost, not as a lack of memory; also where something is to be sent
    before the loss is handled: one connection is cut, and the other brings a review."""
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    wait_for(lambda: sum(client["cmd"] == "xreadgroup" for client in redis.client_list()) == 2)
    duyetd.freeze()
    for client in redis.client_list():
        if client["cmd"] != "xreadgroup" and int(client["id"]) != redis.client_id():
            assert redis.client_kill_filter(_id=client["id"]) == 1
    redis.xadd("comments:review", {"id": "c1", "verdict": "reject", "by": "lan"})
    duyetd.thaw()
    for about in "redis", "redis for reviews":
        lost, = duyetd.wait_log(f"{about}: lost")
        assert re.search('error="(Server closed the connection|Broken pipe|Connection reset by peer)"', lost)
    wait_for(lambda: len(verdicts(redis)) == 2)


def test_redis_is_flushed(redis, daemon):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.flushall()
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    wait_settled(redis)
    assert_one_each(redis, [entry])
    assert duyetd.process.poll() is None


@pytest.mark.timing
@pytest.mark.parametrize("kind", ["hold", "hold request"])
def test_redis_is_flushed_during_a_drain(redis, daemon, proxy, kind):
    submit_many(redis, 1000)
    held = proxy.arm("settle", kind, skip=3)
    daemon("--batch", 20, proxy=proxy)
    with held:
        redis.flushall()
        entries = submit_many(redis, 200, first=20000)
    wait_settled(redis)
    assert_one_each(redis, entries)


@pytest.mark.timing
def test_scripts_are_forgotten(redis, daemon, proxy):
    entries = []
    duyetd = daemon("--batch", 20, proxy=proxy)
    for i in range(5):
        held = proxy.arm("settle", "hold request", skip=i)
        entries += submit_many(redis, 200, first=len(entries))
        with held:
            redis.script_flush()
    wait_settled(redis)
    assert errors(redis, "NOSCRIPT") >= 5
    redis.script_flush()
    entries.append(submit(redis, "last", GOOD))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert errors(redis, "NOSCRIPT") >= 6
    assert duyetd.lines("fault=noscript")


@pytest.mark.timing
def test_the_group_is_deleted(redis, daemon, proxy):
    """While all entries are in hand: they are read again from 0, and are in hand twice."""
    def is_read_again():
        return any(group["pending"] for group in redis.xinfo_groups("comments:submitted"))

    entries = []
    duyetd = daemon("--batch", 20, "--in-flight", 64, proxy=proxy)
    for skip in range(5):
        held = proxy.arm("settle", "hold request", skip=skip)
        entries += submit_many(redis, 200, first=len(entries))
        with held:
            redis.xgroup_destroy("comments:submitted", "duyetd")
            wait_for(is_read_again)
        wait_settled(redis)
    assert errors(redis, "NOGROUP") + errors(redis, "UNBLOCKED") >= 5
    redis.xgroup_destroy("comments:submitted", "duyetd")
    entries += submit_many(redis, 5, first=len(entries))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.lines("fault=nogroup")


def test_an_exhausted_stream_is_deleted(redis, daemon):
    """The remedy in systemd/README.md for a client that chose the last id."""
    daemon()
    last = f"{2 ** 64 - 1}-{2 ** 64 - 1}"
    entries = [redis.xadd("comments:submitted", {"id": "last", "text": GOOD}, id=last)]
    wait_settled(redis)
    with pytest.raises(ResponseError, match="exhausted"):
        submit(redis, "c1", GOOD)
    redis.delete("comments:submitted")
    entries += submit_many(redis, 3)
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_entries_are_acknowledged_by_hand(redis, daemon):
    """Acknowledged by hand and still in the stream: no consumer held it, and it is claimed."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = submit_many(redis, 20)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    redis.xack("comments:submitted", "duyetd", *entries)
    daemon()
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_redis_is_full(redis, daemon):
    """A full Redis accepts no submissions; those that it has are still settled."""
    daemon().stop()
    entries = submit_many(redis, 2000)
    redis.config_set("maxmemory", "1mb")
    daemon()
    wait_settled(redis)
    redis.config_set("maxmemory", "0")
    assert_one_each(redis, entries)


def test_redis_is_full_and_has_no_group(redis, daemon):
    entries = submit_many(redis, 2000)
    redis.config_set("maxmemory", "1")  # less than an empty Redis takes
    duyetd = daemon()
    for session in "redis: refuses", "redis for reviews: refuses":
        duyetd.wait_log(session, "fault=nogroup")
        duyetd.wait_log(session, "fault=oom")  # why the daemon cannot create its group
    redis.config_set("maxmemory", "0")
    wait_settled(redis)
    assert_one_each(redis, entries)
    for fault in "nogroup", "oom":
        duyetd.wait_log("redis: accepts commands again", f"fault={fault}")


@pytest.mark.timing
def test_redis_becomes_a_replica(redis, daemon, proxy):
    entries = submit_many(redis, 500)
    held = proxy.arm("settle", "hold request", skip=3)
    duyetd = daemon("--batch", 20, proxy=proxy)
    redis.config_set("replica-serve-stale-data", "yes")
    with held:
        redis.execute_command("REPLICAOF", "127.0.0.1", "1")
    duyetd.wait_log("redis: lost", "READONLY")
    redis.execute_command("REPLICAOF", "NO", "ONE")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_redis_cannot_save(redis, daemon, tmp_path):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.config_set("save", "3600 1000000")  # it shall save, but not by itself during this test
    (tmp_path / "dump.rdb").mkdir()
    redis.bgsave()
    wait_for(lambda: redis.info("persistence")["rdb_last_bgsave_status"] == "err")
    duyetd.wait_log("redis: refuses", "fault=misconf")
    redis.config_set("stop-writes-on-bgsave-error", "no")
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    duyetd.wait_log("redis: accepts commands again", "fault=misconf")
    assert len(duyetd.lines("redis: refuses", "fault=misconf")) == 1


def rejected(redis, command):
    return redis.info("commandstats").get(f"cmdstat_{command}", {}).get("rejected_calls", 0)


def test_a_fault_of_both_connections_is_logged_once(server, redis, daemon, proxy):
    """So is its end, when both have recovered."""
    server.client().acl_setuser("admin", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    admin = server.client(username="admin", password="x")
    duyetd = daemon(proxy=proxy)
    held = proxy.arm("settle", "hold request")
    first = submit(admin, "c1", GOOD)
    with held:
        admin.execute_command("ACL", "SETUSER", "default", "resetkeys", *(f"~comments:{key}" for key in (
            "verdicts", "rejected*", "held", "review", "reviewed", "dead", "stats*", "watched", "reply*")))
        second = submit(admin, "c2", GOOD)  # the read returns
        wait_for(lambda: rejected(admin, "xreadgroup"))
    wait_for(lambda: rejected(admin, "evalsha") > 2)
    admin.execute_command("ACL", "SETUSER", "default", "allkeys")
    wait_settled(admin)
    duyetd.wait_log("redis: accepts commands again", "fault=noperm")
    assert_one_each(admin, [first, second])
    verdict_of(admin, submit(admin, "c3", GOOD))  # both connections work
    assert len(duyetd.lines("redis: refuses", "fault=noperm")) == 1
    assert len(duyetd.lines("redis: accepts", "fault=noperm")) == 1


@pytest.mark.parametrize("key, text", [
    ("verdicts", GOOD), ("held", "Chuyện này cần xem lại đã nhé"), ("rejected", "Chơi nhà cái là thua thôi")])
def test_a_key_has_the_wrong_type(redis, daemon, key, text):
    """Nothing is half done: all entries that would be written there wait until the key is deleted."""
    redis.set(f"comments:{key}", "not what it should be")
    entries = [submit(redis, f"c{i}", text) for i in range(100)]
    duyetd = daemon()
    duyetd.wait_log("fault=wrongtype", f"(comments:{key})")
    wait_for(lambda: errors(redis, "WRONGTYPE") > 5)  # it tries again and again
    assert redis.xlen("comments:submitted") == 100
    redis.delete(f"comments:{key}")
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert len(duyetd.lines("refuses")) == 1


WATCHED = "Đây là bản thử nghiệm của toà soạn"


@pytest.mark.parametrize("key, text", [("stats", GOOD), ("stats", "Chuyện này cần xem lại đã nhé"),
                                       ("watched", WATCHED), ("held", GOOD)])
def test_keys_of_counts_and_watched_hits_stop_nothing(redis, daemon, key, text):
    """A stream of held comments of another type does not delay comments that are approved."""
    redis.set(f"comments:{key}", "not what it should be")
    duyetd = daemon("--batch", 10)
    entries = [submit(redis, f"c{i}", text, reply="1") for i in range(100)]
    redis.xadd("comments:submitted", {"text": "without an id"})
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert redis.xlen("comments:dead") == 1 and redis.get(f"comments:{key}")
    assert len(duyetd.lines("not kept", "WRONGTYPE")) == (0 if key == "held" else 1)
    assert not duyetd.lines("refuses")
    redis.delete(f"comments:{key}")
    submit(redis, "last", WATCHED)
    wait_settled(redis)
    assert redis.xlen("comments:watched") == 1
    assert redis.hget("comments:stats", "watch:trial")


def test_counts_that_may_not_be_kept(redis, daemon):
    """Without the right to count, comments are still settled."""
    redis.execute_command("ACL", "SETUSER", "default", "-hincrby")
    duyetd = daemon("--hold-for", "1s:reject")
    for text in GOOD, "nhà cái uy tín", "Chuyện này cần xem lại đã nhé":
        submit(redis, "c1", text)
    redis.xadd("comments:submitted", {"text": "without an id"})
    wait_for(lambda: redis.xlen("comments:verdicts") == 4 and redis.xlen("comments:dead") == 1)
    redis.xadd("comments:review", {"id": "c1", "verdict": "approve", "by": "lan"})
    wait_for(lambda: redis.xlen("comments:reviewed") == 1)
    wait_settled(redis)
    assert duyetd.lines("not kept", "HINCRBY comments:stats") and not duyetd.lines("refuses")


def test_keys_that_judging_can_do_without(server, redis, daemon):
    """Without rights for counts, watched hits and replies, all comments get their verdicts."""
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    admin = server.client(username="test", password="x")
    redis.execute_command("ACL", "SETUSER", "default", "resetkeys", *(f"~comments:{key}" for key in (
        "submitted", "verdicts", "rejected", "rejected:*", "held", "review")))
    duyetd = daemon()
    entries = [submit(admin, f"c{i}", [GOOD, "nhà cái uy tín", WATCHED][i % 3]) for i in range(12)]
    wait_settled(admin)
    assert_one_each(admin, entries)
    duyetd.wait_log("not kept")
    assert not duyetd.lines("redis: refuses")
    assert not admin.exists("comments:stats", "comments:watched")


@pytest.mark.parametrize("key, session", [("submitted", "redis: "), ("review", "redis for reviews: ")])
def test_keys_that_are_read_are_of_another_type(redis, daemon, key, session):
    error = f'error="WRONGTYPE Operation against a key holding the wrong kind of value (comments:{key})"'
    redis.set(f"comments:{key}", "not what it should be")
    duyetd = daemon(wait=False)
    duyetd.wait_log(session, "not reached", error)
    redis.delete(f"comments:{key}")
    verdict_of(redis, submit(redis, "c1", GOOD))
    duyetd.wait_log(session, "reached", "after=")
    redis.delete(f"comments:{key}")
    redis.set(f"comments:{key}", "again")
    duyetd.wait_log(session, "refuses fault=wrongtype", error)
    redis.delete(f"comments:{key}")
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    wait_settled(redis)
    assert duyetd.stop() == 0


@pytest.mark.timing
@pytest.mark.parametrize("kind", ["hold", "hold request"])
def test_entries_are_trimmed_while_settling(redis, daemon, proxy, kind):
    """Entries that another client trimmed are gone, read or not; the others have one verdict each."""
    entries = submit_many(redis, 1000)
    held = proxy.arm("settle", kind, skip=3)
    daemon("--batch", 20, proxy=proxy)
    with held:
        redis.xtrim("comments:submitted", maxlen=500, approximate=False)
    kept = entries[-500:]
    wait_settled(redis)
    published = [v["entry"] for v in verdicts(redis)]
    assert len(published) == len(set(published))
    assert set(kept) <= set(published) < set(entries)


def test_the_clock_of_redis_was_a_day_ahead(redis, daemon):
    """Ids that lie in the future: the streams continue from there, and no age is negative."""
    ahead = (redis.time()[0] + 86400) * 1000
    first = redis.xadd("comments:submitted", {"id": "c0", "text": GOOD}, id=f"{ahead}-0")
    redis.xadd("comments:verdicts", {"id": "old", "entry": "1-0"}, id=f"{ahead}-0")
    entries = [first, *submit_many(redis, 1000)]
    daemon("--batch", 20)
    wait_settled(redis)
    redis.xtrim("comments:verdicts", minid=f"{ahead}-1", approximate=False)
    assert_one_each(redis, entries)


@pytest.mark.parametrize("emptied", [False, True])
def test_a_stream_is_at_its_last_id(redis, daemon, emptied):
    redis.xadd("comments:verdicts", {"id": "x"}, id="18446744073709551615-18446744073709551615")
    if emptied:
        redis.xtrim("comments:verdicts", maxlen=0, approximate=False)
    entries = submit_many(redis, 10)
    duyetd = daemon()
    duyetd.wait_log("last id")
    assert redis.xlen("comments:submitted") == 10
    redis.delete("comments:verdicts")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_a_record_and_a_reply_list_have_the_wrong_type(redis, daemon):
    redis.set("comments:rejected:c1", "x")
    redis.set("comments:reply:c1", "x")
    daemon()
    submit(redis, "c1", "nhà cái", reply="1")
    wait_settled(redis)
    assert redis.hget("comments:rejected:c1", "verdict") == "reject"
    assert redis.llen("comments:reply:c1") == 1


def test_a_permission_is_missing(redis, daemon):
    """The right is checked before the first write, so that nothing is half done."""
    redis.execute_command("ACL", "SETUSER", "default", "-hset")
    entries = [submit(redis, f"c{i}", "Chơi nhà cái là thua thôi") for i in range(100)]
    duyetd = daemon()
    duyetd.wait_log("fault=noperm", "HSET")
    wait_for(lambda: errors(redis, "NOPERM") > 5)
    assert redis.xlen("comments:submitted") == 100
    redis.execute_command("ACL", "SETUSER", "default", "+hset")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_two_faults_in_turn_are_logged_once_each(server, redis, daemon):
    """Settling finds no id left, and the expiry of holds lacks a right; both try again and again."""
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    redis.xadd("comments:held", {"id": "c1", "entry": "1-0"}, id="1-0")
    redis.xadd("comments:verdicts", {"id": "x"}, id="18446744073709551615-18446744073709551615")
    redis.execute_command("ACL", "SETUSER", "default", "-hset")
    duyetd = daemon("--hold-for", "1s:reject")
    admin = server.client(username="test", password="x")
    submit(admin, "c2", GOOD)
    for fault in "NOPERM", "ERR", "NOPERM", "ERR":
        before = errors(admin, fault)
        wait_for(lambda: errors(admin, fault) > before)
    assert len(duyetd.lines("redis: refuses")) == 2
    admin.delete("comments:verdicts")
    duyetd.wait_log("accepts commands again", "fault=other")
    redis.execute_command("ACL", "SETUSER", "default", "+hset")
    wait_settled(admin)
    wait_for(lambda: not admin.xlen("comments:held"))


def test_settling_names_the_right_that_it_lacks(server, redis, daemon):
    """The error names the right also when the script did not check beforehand: it does so once a second."""
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    duyetd = daemon()
    for i in range(3):
        verdict_of(redis, submit(redis, f"c{i}", GOOD))
    redis.execute_command("ACL", "SETUSER", "default", "-xack")
    admin = server.client(username="test", password="x")
    entries = [submit(admin, f"d{i}", GOOD) for i in range(30)]
    duyetd.wait_log("redis: refuses", "settling needs XACK")
    before = errors(admin, "NOPERM")
    wait_for(lambda: errors(admin, "NOPERM") > before + 5)
    assert len(duyetd.lines("redis: refuses")) == 1
    redis.execute_command("ACL", "SETUSER", "default", "+xack")
    wait_settled(admin)
    assert sorted(verdict["entry"] for verdict in verdicts(redis))[3:] == sorted(entries)


def test_the_daemon_has_the_rights_of_an_earlier_version(redis, daemon):
    """With the ACL of an earlier version all work is done, without the newer bounds."""
    redis.execute_command("ACL", "SETUSER", "default", "-ltrim", "-xgroup|delconsumer",
                          "-xinfo|consumers")
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = [submit(redis, "c1", GOOD)]
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"})
    duyetd = daemon("--claim-after", "1s")
    entries += [submit(redis, "c1", GOOD, reply="1") for _ in range(15)]
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert redis.llen("comments:reply:c1") == 15
    assert duyetd.stop() == 0 and not duyetd.lines("noperm")


def test_redis_is_busy_with_a_script(server, redis, daemon):
    duyetd = daemon()
    redis.config_set("busy-reply-threshold", "100")
    spinner = redis.connection_pool.get_connection("EVAL")
    spinner.send_command("EVAL", "while true do end", "0")
    wait_for(lambda: not server.answers())
    with pytest.raises(ResponseError, match="BUSY"):
        submit(redis, "c1", GOOD)
    redis.script_kill()
    spinner.disconnect()
    wait_for(server.answers)
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    wait_settled(redis)
    assert [v["entry"] for v in verdicts(redis)] == [entry]
    assert duyetd.process.poll() is None
