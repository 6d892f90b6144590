"""One verdict each, whichever process is killed at whatever time."""
import random
import re
import signal
from itertools import takewhile

import pytest

from helpers import (BUILD, GOOD, assert_one_each, calls, submit, submit_many, verdict_of, verdicts, wait_for,
                     wait_settled)
from processes import Daemon
from proxy import HOLDS, Proxy


@pytest.fixture
def second_proxy(server):
    proxy = Proxy(server.socket)
    yield proxy
    proxy.close()


def commands(monitor):
    """What Redis runs, without what scripts call."""
    while True:
        seen = monitor.next_command()
        if seen["client_type"] != "lua":
            yield seen["command"]


def submit_until(redis, entries, held):
    """Two daemons share the entries: submits until one of them reaches the command that is held."""
    def submit_more():
        entries.extend(submit_many(redis, 100, first=len(entries)))
        return held.happened.is_set()
    wait_for(submit_more)


@pytest.mark.timing
def test_kill_at_random(redis, daemon, proxy, second_proxy):
    """Two instances, one or the other killed while it settles, entries claimed right after. About half of
    the kills come before Redis has the command; about half of these commands reach Redis afterwards."""
    entries = submit_many(redis, 2000)
    options = ["--batch", 64, "--claim-after", "300ms", "--max-deliveries", 1000]
    proxies = proxy, second_proxy
    running = [daemon(*options, proxy=one) for one in proxies]
    chance = random.Random(7)
    for _ in range(40):
        victim = chance.randrange(2)
        kind = chance.choice(["hold", "hold request"])
        held = proxies[victim].arm("settle", kind, skip=chance.randrange(6))
        submit_until(redis, entries, held)
        assert running[victim].process.poll() is None
        running[victim].kill()
        if chance.randrange(2):
            held.release()
        running[victim] = daemon(*options, wait=False, proxy=proxies[victim])
    wait_settled(redis)
    assert sum(one.fired["settle", kind] for one in proxies for kind in HOLDS) == 40
    assert_one_each(redis, entries)
    stats = {name: int(count) for name, count in redis.hgetall("comments:stats").items()}
    assert stats["approve"] + stats["reject"] == len(entries)
    assert redis.xlen("comments:rejected") == len(entries) // 10
    assert redis.xlen("comments:dead") == 0


@pytest.mark.timing
def test_term_during_a_drain(redis, daemon, proxy):
    entries = submit_many(redis, 1000)
    held = proxy.arm("settle", "hold", skip=3)
    first = daemon("--batch", 50, proxy=proxy)
    with held:
        first.signal(signal.SIGTERM)
        first.wait_log("duyetd: stopping", "in-hand=")
    assert first.exit_code() == 0
    done = redis.xlen("comments:verdicts")
    assert 0 < done < len(entries), "it did not stop in mid drain"
    assert redis.xpending("comments:submitted", "duyetd")["pending"] == 0
    assert redis.xlen("comments:submitted") == len(entries) - done
    daemon()
    wait_settled(redis)
    assert_one_each(redis, entries)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_when_idle(redis, daemon, number):
    duyetd = daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    duyetd.signal(number)
    assert duyetd.exit_code() == 0


def test_own_unfinished_entries_come_first(redis, daemon):
    """Entries of this consumer that were read and not settled are claimed at once, without waiting for
    --claim-after."""
    entries = submit_many(redis, 300)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"}, count=250)
    daemon("--consumer", "me", "--claim-after", "1h")
    wait_settled(redis)
    assert_one_each(redis, entries)


@pytest.mark.timing
def test_own_entries_are_claimed_before_new_ones_are_read(redis, daemon, proxy):
    """If new entries were read first, they would be claimed with the old ones while in hand, and be judged
    twice."""
    daemon("--consumer", "me", proxy=proxy)
    cut = proxy.arm("settle", "cut", skip=2)
    back = proxy.arm("xgroup submitted", "hold request")
    entries = submit_many(redis, 3000)
    cut.wait()
    back.wait()  # it has connected again; now the old connections end
    wait_for(lambda: sum(client["cmd"].startswith("xreadgroup") for client in redis.client_list()) == 1)
    assert redis.xpending("comments:submitted", "duyetd")["pending"] > 0
    with redis.monitor() as monitor:
        back.release()
        wait_settled(redis)
        redis.echo("settled")
        seen = [command for command in takewhile(lambda one: one != "ECHO settled", commands(monitor))
                if "comments:submitted" in command]
    ours = [i for i, command in enumerate(seen)
            if command.startswith("XPENDING") and command.endswith(" me")]
    claimed = [i for i, command in enumerate(seen) if command.startswith("XCLAIM")]
    read = [i for i, command in enumerate(seen) if command.startswith("XREADGROUP")]
    assert ours and claimed, "no entry was left to claim"
    assert max(ours[-1], claimed[-1]) < read[0]
    assert_one_each(redis, entries)


def test_the_same_name_after_a_restart(redis, daemon):
    def name(duyetd):
        return duyetd.wait_log("duyetd: started")[0].split("consumer=")[1].split()[0]

    first, second = daemon(), daemon()
    assert name(first) != name(second)
    first.kill()
    assert name(daemon()) == name(first)


def test_one_name_one_process(redis, daemon):
    daemon("--consumer", "me")
    second = daemon("--consumer", "me", wait=False)
    assert second.exit_code() == 3
    assert second.lines("me", "in use by another process")


def test_entries_of_a_consumer_that_is_gone(redis, daemon):
    entries = submit_many(redis, 300)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"}, count=250)
    daemon("--claim-after", "500ms")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_entries_are_not_claimed_before_their_time(redis, daemon):
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    submit(redis, "theirs", GOOD)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    with redis.monitor() as monitor:
        daemon("--claim-after", "1h")
        for command in commands(monitor):  # either flow may be first
            if command.startswith("XPENDING comments:submitted duyetd IDLE "):
                break
    verdict_of(redis, submit(redis, "ours", GOOD))
    assert [v["id"] for v in verdicts(redis)] == ["ours"]
    assert calls(redis, "xclaim") == 0
    assert redis.xpending("comments:submitted", "duyetd")["pending"] == 1


def test_an_entry_delivered_too_often_is_moved_to_dead(redis, daemon):
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entry = submit(redis, "poison", GOOD, author="u1", reason="mine")
    fine = submit(redis, "fine", GOOD)
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"})
    for _ in range(2):
        redis.xclaim("comments:submitted", "duyetd", "gone", 0, [entry])
    daemon("--claim-after", "200ms", "--max-deliveries", "3")
    wait_settled(redis)
    (_, dead), = redis.xrange("comments:dead")
    assert list(dead) == ["reason", "entry", "stream", "deliveries", "id", "text", "author",
                          "submitted:reason"]
    assert "delivered 3 times without a verdict" in dead["reason"]
    assert (dead["entry"], dead["deliveries"], dead["stream"]) == (entry, "3", "comments:submitted")
    assert (dead["id"], dead["text"], dead["author"]) == ("poison", GOOD, "u1")
    assert [v["entry"] for v in verdicts(redis)] == [fine]


@pytest.mark.parametrize("stream, fields, broken", [
    ("submitted", {"id": "c1", "text": GOOD}, "verdicts"), ("submitted", {"text": GOOD}, "dead"),
    ("review", {"id": "c1", "verdict": "reject", "by": "lan"}, "reviewed"), ("review", {"id": "c1"}, "dead")])
def test_an_entry_refused_over_many_restarts_is_not_dead(redis, daemon, stream, fields, broken):
    """--max-deliveries is for entries that crash the daemon, not for those that Redis refuses to settle."""
    if stream == "review":
        redis.xadd("comments:verdicts", {"id": "c1", "verdict": "approve", "by": "duyetd"})
    redis.set(f"comments:{broken}", "of the wrong type")
    for _ in range(3):
        redis.xadd(f"comments:{stream}", fields)

    def deliveries():
        pending = redis.xpending_range(f"comments:{stream}", "duyetd", "-", "+", 9)
        return [row["times_delivered"] for row in pending]

    for _ in range(7):
        duyetd = daemon("--consumer", "me")
        duyetd.wait_log("WRONGTYPE")
        wait_for(lambda: deliveries() == [1, 1, 1])
        duyetd.kill()
    redis.delete(f"comments:{broken}")
    daemon("--consumer", "me")
    wait_for(lambda: redis.xlen(f"comments:{stream}") == 0)
    dead = [row["reason"] for _, row in redis.xrange("comments:dead")]
    assert len(dead) == (3 if broken == "dead" else 0)
    assert not [reason for reason in dead if "times without a verdict" in reason]


def test_an_entry_delivered_twice_is_delivered_alone(redis, daemon):
    """So that one entry that crashes its consumer does not move its neighbours to PREFIX:dead."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = submit_many(redis, 60)
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"})
    redis.xclaim("comments:submitted", "duyetd", "me", 0, entries[:20])
    redis.config_resetstat()
    daemon("--consumer", "me")
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert redis.info("commandstats")["cmdstat_xclaim"]["calls"] == 1 + 20


def test_entries_whose_consumer_was_deleted(redis, daemon):
    """Such entries are neither pending nor new; the daemon searches for them, and judges them."""
    entries = submit_many(redis, 250)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"}, count=230)
    redis.xgroup_delconsumer("comments:submitted", "duyetd", "gone")
    duyetd = daemon()
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.lines("no consumer held", "count=100")


def test_entries_are_deleted_while_pending(redis, daemon):
    entries = submit_many(redis, 10)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"})
    redis.xdel("comments:submitted", *entries[:3])
    daemon("--consumer", "me")
    wait_settled(redis)
    assert_one_each(redis, entries[3:])


def test_an_idle_daemon_costs_nothing(redis, daemon):
    """Between two blocking reads of submissions it only asks for the pending entries of others, and reads
    reviews."""
    daemon()
    wait_for(lambda: any("b" in client["flags"] for client in redis.client_list()))  # its read blocks
    with redis.monitor() as monitor:
        entry = submit(redis, "c1", GOOD)
        seen, reads = [], []
        for command in commands(monitor):
            if command.startswith("XREADGROUP") and "comments:submitted" in command:
                reads.append(command)
            elif reads and not command.startswith("XREADGROUP"):
                seen.append(command)
            if len(reads) == 2:
                break
    assert all(" BLOCK 5000 " in read for read in reads)
    assert all(re.match("EVALSHA |XPENDING .* IDLE ", command) for command in seen), seen
    assert len(seen) < 20, seen
    assert verdict_of(redis, entry)["verdict"] == "approve"


def test_memory_does_not_grow_with_the_backlog(redis, daemon):
    if Daemon.is_sanitized():
        pytest.skip("a sanitizer holds freed memory back")

    def peak(process):
        status = open(f"/proc/{process.pid}/status", encoding="ascii").read()
        return int(status.split("VmHWM:")[1].split()[0])

    submit_many(redis, 1000)
    duyetd = daemon()
    wait_settled(redis)
    before = peak(duyetd.process)
    duyetd.stop()
    submit_many(redis, 60000)
    duyetd = daemon()
    wait_settled(redis)
    assert peak(duyetd.process) < before + 8 * 1024


def test_own_entries_whose_claim_was_answered_by_an_error(redis, daemon, proxy):
    """Redis ran the claim, so the next try finds them idle for too short a time."""
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    entries = submit_many(redis, 5)
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"})
    failed = proxy.arm("xclaim", "error after")
    duyetd = daemon("--claim-after", "1s", "--consumer", "a", proxy=proxy)
    failed.wait()
    assert [row["consumer"] for row in redis.xpending_range(
        "comments:submitted", "duyetd", "-", "+", 10)] == ["a"] * 5
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.process.poll() is None and redis.xlen("comments:dead") == 0


def test_own_entries_of_a_read_that_reached_redis_late(redis, daemon, proxy):
    """The read of a lost connection may reach Redis late: its entries belong to this consumer and are
    not in hand."""
    held = proxy.arm("xreadgroup submitted", "hold request", skip=1)
    daemon("--claim-after", "1s", "--consumer", "a", proxy=proxy)
    first = submit(redis, "first", GOOD)
    with held:
        late = submit(redis, "late", GOOD)
        assert redis.xreadgroup("duyetd", "a", {"comments:submitted": ">"})
        verdict_of(redis, late)
    wait_settled(redis)
    assert_one_each(redis, [first, late])


def test_an_entry_in_hand_is_not_claimed_by_ourselves(redis, daemon):
    redis.set("comments:verdicts", "no stream")
    duyetd = daemon("--claim-after", "100ms", "--consumer", "a", "--metrics", "127.0.0.1:0")
    entry = submit(redis, "c1", GOOD)
    wait_for(lambda: redis.xpending_range("comments:submitted", "duyetd", "-", "+", 1, idle=100))
    looks = calls(redis, "xpending")
    wait_for(lambda: calls(redis, "xpending") > looks + 4)
    redis.delete("comments:verdicts")
    verdict_of(redis, entry)
    wait_settled(redis)
    assert re.search(r"^duyetd_entries_claimed_total 0$", duyetd.metrics(), re.M)
    assert_one_each(redis, [entry])


def consumers(redis, stream="comments:submitted"):
    return {row["name"]: row["pending"] for row in redis.xinfo_consumers(stream, "duyetd")}


def test_a_clean_stop_leaves_the_groups(redis, daemon):
    duyetd = daemon("--consumer", "a")
    verdict_of(redis, submit(redis, "c1", GOOD))
    assert consumers(redis) == {"a": 0}
    assert duyetd.stop() == 0
    assert consumers(redis) == {} == consumers(redis, "comments:review")


def test_a_consumer_with_pending_entries_is_not_removed(redis, server):
    """Its entries would be pending without a consumer."""
    script = (BUILD / "gen" / "leave.lua").read_text(encoding="utf-8")
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    submit(redis, "c1", GOOD)
    redis.xreadgroup("duyetd", "a", {"comments:submitted": ">"})
    assert redis.eval(script, 1, "comments:submitted", "duyetd", "a") == 0
    assert consumers(redis) == {"a": 1}
