"""One verdict each, whatever dies when."""
import random
import signal
import time

import pytest

from helpers import (BUILD, GOOD, assert_one_each, submit, submit_many, verdict_of, verdicts, wait_for,
                     wait_settled, wait_verdicts)


def test_kill_at_random(redis, daemon):
    """Two instances, one or the other killed at any moment, entries claimed right after."""
    entries = submit_many(redis, 20000)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    options = ["--batch", 64, "--claim-after", "300ms", "--max-deliveries", 1000]
    running = [daemon(*options, wait=False) for _ in range(2)]
    chance, interrupted = random.Random(7), 0
    for _ in range(40):
        time.sleep(chance.uniform(0.005, 0.1))
        entries += submit_many(redis, 500, first=len(entries))
        victim = chance.randrange(2)
        running[victim].kill()
        interrupted += redis.xpending("comments:submitted", "duyetd")["pending"] > 0
        running[victim] = daemon(*options, wait=False)
    wait_settled(redis)
    assert interrupted >= 5, "the kills came too late to interrupt anything"
    assert_one_each(redis, entries)
    stats = {name: int(count) for name, count in redis.hgetall("comments:stats").items()}
    assert stats["approve"] + stats["reject"] == len(entries)
    assert redis.xlen("comments:rejected") == len(entries) // 10
    assert redis.xlen("comments:dead") == 0


def test_term_in_mid_drain(redis, daemon):
    entries = submit_many(redis, 20000)
    first = daemon("--batch", 50)
    wait_verdicts(redis, 500)
    assert first.stop() == 0
    done = redis.xlen("comments:verdicts")
    assert done < len(entries), "stopped too late to be in mid-drain"
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
    assert duyetd.process.wait(10) == 0


def test_own_unfinished_entries_come_first(redis, daemon):
    """Read and never settled under our name: taken up at once, without waiting to be claimed."""
    entries = submit_many(redis, 300)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"}, count=250)
    daemon("--consumer", "me", "--claim-after", "1h")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_own_entries_are_taken_up_before_new_ones_are_read(redis, daemon):
    """Or the new ones would be among ours too, be claimed in hand and judged twice."""
    entries = submit_many(redis, 30000)
    daemon("--consumer", "me")
    wait_verdicts(redis, 1000)
    with redis.monitor() as seen:
        for client in redis.client_list():
            if client["cmd"].startswith(("xreadgroup", "evalsha")):
                redis.client_kill_filter(_id=client["id"])
        redis.echo("killed")
        wait_settled(redis)
        redis.echo("settled")
        commands = [seen.next_command()["command"]]
        while commands[-1] != "ECHO settled":
            commands.append(seen.next_command()["command"])
    commands = commands[commands.index("ECHO killed"):]
    back = next(i for i, command in enumerate(commands) if command.startswith("XGROUP CREATE"))
    ours = [i for i, command in enumerate(commands)
            if command.startswith("XPENDING") and command.endswith(" me")]
    read = [i for i, command in enumerate(commands) if command.startswith("XREADGROUP") and i > back]
    assert len(ours) > 2, "nothing was left to take up"
    assert ours[-1] < read[0]
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
    assert second.process.wait(10) == 3
    assert second.lines("me", "another live process")


def test_entries_of_one_that_never_came_back(redis, daemon):
    entries = submit_many(redis, 300)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"}, count=250)
    daemon("--claim-after", "500ms")
    wait_settled(redis)
    assert_one_each(redis, entries)


def test_not_claimed_before_their_time(redis, daemon):
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    submit(redis, "theirs", GOOD)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    daemon("--claim-after", "1h")
    verdict_of(redis, submit(redis, "ours", GOOD))
    assert [v["id"] for v in verdicts(redis)] == ["ours"]
    assert redis.xpending("comments:submitted", "duyetd")["pending"] == 1


def test_handed_out_too_often(redis, daemon):
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
    assert "handed out 3 times" in dead["reason"]
    assert (dead["entry"], dead["deliveries"], dead["stream"]) == (entry, "3", "comments:submitted")
    assert (dead["id"], dead["text"], dead["author"]) == ("poison", GOOD, "u1")
    assert [v["entry"] for v in verdicts(redis)] == [fine]


def test_what_was_handed_out_twice_comes_alone(redis, daemon):
    """So that one entry that kills its consumer does not drag its neighbours to the dead."""
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
    """Neither pending nor new: nobody would ever be given them again."""
    entries = submit_many(redis, 250)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "gone", {"comments:submitted": ">"}, count=230)
    redis.xgroup_delconsumer("comments:submitted", "duyetd", "gone")
    duyetd = daemon()
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert duyetd.lines("no consumer held", "count=100")


def test_deleted_while_pending(redis, daemon):
    entries = submit_many(redis, 10)
    redis.xgroup_create("comments:submitted", "duyetd", "0")
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"})
    redis.xdel("comments:submitted", *entries[:3])
    daemon("--consumer", "me")
    wait_settled(redis)
    assert_one_each(redis, entries[3:])


def test_an_idle_daemon_costs_nothing(redis, daemon):
    daemon()
    verdict_of(redis, submit(redis, "c1", GOOD))
    time.sleep(0.5)
    before = redis.info("stats")["total_commands_processed"]
    time.sleep(2)
    assert redis.info("stats")["total_commands_processed"] - before < 10


def test_memory_does_not_grow_with_the_backlog(redis, daemon):
    if b"__asan_init" in (BUILD / "duyetd").read_bytes():
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
