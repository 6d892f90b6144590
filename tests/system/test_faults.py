"""Redis as it fails: gone, frozen, emptied, full, demoted; and back."""
import signal
import time

import pytest
from redis.exceptions import ResponseError

from helpers import (GOOD, assert_one_each, submit, submit_many, verdict_of, verdicts, wait_for,
                     wait_settled, wait_verdicts)


def test_not_there_at_the_start(server, daemon):
    server.kill()
    duyetd = daemon(wait=False)
    duyetd.wait_log("redis: not reached")
    time.sleep(1)
    assert len(duyetd.lines("redis:")) == 1, "one line, however long it takes"
    server.start()
    duyetd.wait_log("redis: reached")
    redis = server.client()
    verdict_of(redis, submit(redis, "c1", GOOD))


def test_stop_while_waiting_for_redis(server, daemon):
    server.kill()
    duyetd = daemon(wait=False)
    duyetd.wait_log("redis: not reached")
    assert duyetd.stop() == 0


def test_killed_and_restarted(tmp_path, server, daemon):
    """With the append-only file on `always`, nothing is lost and nothing is told twice."""
    server.kill()
    server.start("--appendonly", "yes", "--appendfsync", "always")
    redis = server.client()
    entries = submit_many(redis, 3000)
    duyetd = daemon("--batch", 20)
    for _ in range(3):
        seen = redis.xlen("comments:verdicts")
        wait_for(lambda: redis.xlen("comments:verdicts") > seen or not redis.xlen("comments:submitted"))
        server.kill()
        server.start("--appendonly", "yes", "--appendfsync", "always")
        redis = server.client()
        entries += submit_many(redis, 1000, first=len(entries))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert len(duyetd.lines("redis: lost")) == len(duyetd.lines("redis: reached", "after=")) == 3


def test_frozen(server, redis, daemon):
    entries = submit_many(redis, 10000)
    duyetd = daemon("--timeout", "500ms", "--batch", 20)
    wait_verdicts(redis, 100)
    server.signal(signal.SIGSTOP)
    duyetd.wait_log("redis: lost", "no answer for 500 ms")
    time.sleep(1)
    server.signal(signal.SIGCONT)
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert len(duyetd.lines("redis: lost")) == 1


def test_frozen_while_idle(server, redis, daemon):
    duyetd = daemon("--timeout", "500ms")
    verdict_of(redis, submit(redis, "c1", GOOD))
    server.signal(signal.SIGSTOP)
    duyetd.wait_log("redis: lost")
    server.signal(signal.SIGCONT)
    verdict_of(redis, submit(redis, "c2", GOOD))


def test_term_while_frozen(server, redis, daemon):
    entries = submit_many(redis, 20000)
    duyetd = daemon("--grace", "1s", "--timeout", "1m", "--batch", 20)
    wait_verdicts(redis, 100)
    server.signal(signal.SIGSTOP)
    assert duyetd.stop(timeout=10) == 0
    server.signal(signal.SIGCONT)
    daemon("--batch", 1000)
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_connections_cut(redis, daemon):
    entries = submit_many(redis, 10000)
    duyetd = daemon("--batch", 20)
    for _ in range(5):
        seen = redis.xlen("comments:verdicts")
        wait_for(lambda: redis.xlen("comments:verdicts") > seen or not redis.xlen("comments:submitted"))
        redis.client_kill_filter(_type="normal", skipme=True)
    wait_settled(redis)
    assert_one_each(redis, entries)
    wait_for(lambda: len(duyetd.lines("redis: lost")) == len(duyetd.lines("after=")) > 0)


def test_a_loss_is_told_as_what_it_is(redis, daemon):
    """Also where something is to be sent between the loss and its burial: one connection is cut,
    and the other brings a review."""
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    wait_for(lambda: any(client["cmd"] == "xreadgroup" for client in redis.client_list()))
    duyetd.signal(signal.SIGSTOP)
    for client in redis.client_list():
        if client["cmd"].startswith(("evalsha", "xpending")):
            redis.client_kill_filter(_id=client["id"])
    redis.xadd("comments:review", {"id": "c1", "verdict": "reject", "by": "lan"})
    duyetd.signal(signal.SIGCONT)
    assert "error=\"Server closed the connection\"" in duyetd.wait_log("redis: lost")[0]
    wait_for(lambda: len(verdicts(redis)) == 2)


def test_flushed(redis, daemon):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.flushall()
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    wait_settled(redis)
    assert_one_each(redis, [entry])
    assert duyetd.process.poll() is None


def test_flushed_in_mid_drain(redis, daemon):
    submit_many(redis, 10000)
    daemon("--batch", 20)
    wait_verdicts(redis, 100)
    redis.flushall()
    entries = submit_many(redis, 1000, first=20000)
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_scripts_forgotten(redis, daemon):
    entries = submit_many(redis, 10000)
    duyetd = daemon("--batch", 20)
    for _ in range(5):
        redis.script_flush()
        time.sleep(0.02)
    wait_settled(redis)
    redis.script_flush()
    entries.append(submit(redis, "last", GOOD))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.lines("fault=noscript")


def test_group_deleted(redis, daemon):
    entries = submit_many(redis, 10000)
    duyetd = daemon("--batch", 20)
    for _ in range(5):
        redis.xgroup_destroy("comments:submitted", "duyetd")
        time.sleep(0.02)
    wait_settled(redis)
    redis.xgroup_destroy("comments:submitted", "duyetd")
    entries += submit_many(redis, 5, first=len(entries))
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.lines("fault=nogroup")


def test_acknowledged_by_hand(redis, daemon):
    """Acknowledged behind our back and still in the stream: it was nobody's, and is ours."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = submit_many(redis, 20)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    redis.xack("comments:submitted", "duyetd", *entries)
    daemon()
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_full(redis, daemon):
    """A full Redis takes no submissions; those that it has are settled all the same."""
    daemon().stop()
    entries = submit_many(redis, 2000)
    redis.config_set("maxmemory", "1mb")
    daemon()
    wait_settled(redis)
    redis.config_set("maxmemory", "0")
    assert_one_each(redis, entries)


def test_full_and_without_a_group(redis, daemon):
    entries = submit_many(redis, 2000)
    redis.config_set("maxmemory", "1mb")
    duyetd = daemon()
    duyetd.wait_log("fault=nogroup")
    redis.config_set("maxmemory", "0")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_demoted(redis, daemon):
    duyetd = daemon("--batch", 20)
    entries = submit_many(redis, 5000)
    wait_verdicts(redis, 100)
    redis.config_set("replica-serve-stale-data", "yes")
    redis.execute_command("REPLICAOF", "127.0.0.1", "1")
    duyetd.wait_log("redis: lost")
    redis.execute_command("REPLICAOF", "NO", "ONE")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_cannot_save(redis, daemon, tmp_path):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.config_set("save", "3600 1000000")  # it is to save, but not by itself before we say so
    (tmp_path / "dump.rdb").mkdir()
    redis.bgsave()
    wait_for(lambda: redis.info("persistence")["rdb_last_bgsave_status"] == "err")
    duyetd.wait_log("fault=misconf")
    redis.config_set("stop-writes-on-bgsave-error", "no")
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    duyetd.wait_log("takes commands again", "fault=misconf")
    assert len(duyetd.lines("refuses", "fault=misconf")) <= 2, "logged once a connection"


@pytest.mark.parametrize("key, text", [
    ("verdicts", GOOD), ("stats", GOOD), ("held", GOOD), ("rejected", "Chơi nhà cái là thua thôi"),
    ("watched", "Đây là bản thử nghiệm của toà soạn")])
def test_key_of_the_wrong_type(redis, daemon, key, text):
    """Nothing is half done: all that would be written there waits until the key is put right."""
    redis.set(f"comments:{key}", "not what it should be")
    entries = [submit(redis, f"c{i}", text) for i in range(100)]
    duyetd = daemon()
    duyetd.wait_log("fault=wrongtype")
    assert redis.xlen("comments:submitted") == 100
    redis.delete(f"comments:{key}")
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert len(duyetd.lines("refuses")) == 1


@pytest.mark.parametrize("key", ["submitted", "review"])
def test_what_it_reads_is_no_stream(redis, daemon, key):
    redis.set(f"comments:{key}", "not what it should be")
    duyetd = daemon(wait=False)
    duyetd.wait_log("WRONGTYPE")
    redis.delete(f"comments:{key}")
    verdict_of(redis, submit(redis, "c1", GOOD))
    redis.delete(f"comments:{key}")
    redis.set(f"comments:{key}", "again")
    time.sleep(0.2)
    redis.delete(f"comments:{key}")
    entry = submit(redis, "c2", GOOD)
    verdict_of(redis, entry)
    wait_settled(redis)
    assert duyetd.stop() == 0


def test_trimmed_under_us(redis, daemon):
    """What somebody else trimmed is gone, read or not; the rest has one verdict each."""
    entries = submit_many(redis, 20000)
    daemon("--batch", 20)
    wait_verdicts(redis, 500)
    redis.xtrim("comments:submitted", maxlen=5000, approximate=False)
    kept = entries[-5000:]
    wait_settled(redis)
    published = [v["entry"] for v in verdicts(redis)]
    assert len(published) == len(set(published))
    assert set(kept) <= set(published) < set(entries)


def test_the_clock_was_a_day_ahead(redis, daemon):
    """Ids that lie in the future: the streams go on from there, and ages stay sensible."""
    ahead = int((time.time() + 86400) * 1000)
    first = redis.xadd("comments:submitted", {"id": "c0", "text": GOOD}, id=f"{ahead}-0")
    redis.xadd("comments:verdicts", {"id": "old", "entry": "1-0"}, id=f"{ahead}-0")
    entries = [first, *submit_many(redis, 1000)]
    daemon("--batch", 20)
    wait_settled(redis)
    redis.xtrim("comments:verdicts", minid=f"{ahead}-1", approximate=False)
    assert_one_each(redis, entries)


def test_stream_at_its_last_id(redis, daemon):
    redis.xadd("comments:verdicts", {"id": "x"}, id="18446744073709551615-18446744073709551615")
    entries = submit_many(redis, 10)
    duyetd = daemon()
    duyetd.wait_log("last id")
    assert redis.xlen("comments:submitted") == 10
    redis.delete("comments:verdicts")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_record_and_reply_of_the_wrong_type(redis, daemon):
    redis.set("comments:rejected:c1", "x")
    redis.set("comments:reply:c1", "x")
    daemon()
    submit(redis, "c1", "nhà cái", reply="1")
    wait_settled(redis)
    assert redis.hget("comments:rejected:c1", "verdict") == "reject"
    assert redis.llen("comments:reply:c1") == 1


def test_permission_missing(redis, daemon):
    """Asked for before the first write, not found out in the middle of it."""
    redis.execute_command("ACL", "SETUSER", "default", "-hset")
    entries = [submit(redis, f"c{i}", "Chơi nhà cái là thua thôi") for i in range(100)]
    duyetd = daemon()
    duyetd.wait_log("fault=noperm", "HSET")
    assert redis.xlen("comments:submitted") == 100
    redis.execute_command("ACL", "SETUSER", "default", "+hset")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_busy(server, redis, daemon):
    duyetd = daemon("--timeout", "30s")
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
