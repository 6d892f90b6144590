"""Invalid submissions of every kind: each gets its answer, none stops the queue, none forges anything."""
import json

import pytest

from helpers import GOOD, PATIENCE, submit, verdict_of, verdicts, wait_for, wait_settled

# The fields of submissions that are rejected as malformed, in their order, as bytes.
REJECTED = {
    "no text": [(b"id", b"x")],
    "a name with a capital": [(b"id", b"x"), (b"Text", GOOD.encode())],
    "a name with a NUL": [(b"id", b"x"), (b"text\0", GOOD.encode())],
    "empty text": [(b"id", b"x"), (b"text", b"")],
    "blank text": [(b"id", b"x"), (b"text", " \n\u00a0\u200b".encode())],
    "text twice": [(b"id", b"x"), (b"text", GOOD.encode()), (b"text", GOOD.encode())],
    "a NUL within": [(b"id", b"x"), (b"text", GOOD.encode() + b"\0http://abc.com")],
    "not UTF-8": [(b"id", b"x"), (b"text", b"caf\xe9 " + GOOD.encode())],
    "overlong UTF-8": [(b"id", b"x"), (b"text", b"\xc0\xaf" + GOOD.encode())],
    "a surrogate": [(b"id", b"x"), (b"text", b"\xed\xa0\x80" + GOOD.encode())],
    "cut UTF-8": [(b"id", b"x"), (b"text", GOOD.encode() + b"\xe1\xba")],
    "64 KiB and one": [(b"id", b"x"), (b"text", b"a " * 32768 + b"a")],
    "a megabyte": [(b"id", b"x"), (b"text", b"hay " * 262144)],
    "a megabyte before the id": [(b"text", b"hay " * 262144), (b"id", b"x")],
    "257 fields": [(b"id", b"x"), (b"text", GOOD.encode())]
    + [(b"f%d" % i, b"v") for i in range(255)],
    "10,000 fields": [(b"id", b"x"), (b"text", GOOD.encode())]
    + [(b"f%d" % i, b"v") for i in range(10000)],
    "a large field": [(b"id", b"x"), (b"other", b"y" * 1000000), (b"text", GOOD.encode())],
    "a large name": [(b"id", b"x"), (b"n" * 1000000, b"y"), (b"text", GOOD.encode())],
}

DEAD = {
    "no id": ([(b"text", GOOD.encode())], "field id is missing"),
    "nothing of ours": ([(b"x", b"y")], "field id is missing"),
    "empty id": ([(b"id", b""), (b"text", GOOD.encode())], "empty"),
    "binary id": ([(b"id", b"\0\xff"), (b"text", GOOD.encode())], "control or invisible"),
    "an id of two lines": ([(b"id", b"1\nfake"), (b"text", GOOD.encode())], "control or invisible"),
    "an id with a character of no width": ([(b"id", "c\u200b1".encode()), (b"text", GOOD.encode())],
                                           "control or invisible"),
    "an id that turns the line": ([(b"id", "\u202e1c".encode()), (b"text", GOOD.encode())],
                                  "control or invisible"),
    "an id with a blank letter": ([(b"id", "c\u31641".encode()), (b"text", GOOD.encode())],
                                  "control or invisible"),
    "a long id": ([(b"id", b"9" * 257), (b"text", GOOD.encode())], "longer than 256"),
    "a long id after a megabyte": ([(b"text", b"hay " * 262144), (b"id", b"9" * 1000)],
                                   "longer than 256"),
    "two ids": ([(b"id", b"1"), (b"id", b"2"), (b"text", GOOD.encode())], "more than once"),
    "256 fields and no id": ([(b"f%d" % i, b"v") for i in range(256)], "field id is missing"),
    "an id after 10,000 fields": ([(b"f%d" % i, b"v") for i in range(10000)] + [(b"id", b"x")],
                                  "the first 256 fields have no field id"),
}

FINE = {
    "empty name": [(b"id", b"x"), (b"", b"y"), (b"text", GOOD.encode())],
    "binary name": [(b"id", b"x"), (bytes(range(256)), b"y"), (b"text", GOOD.encode())],
    "an unknown name twice": [(b"id", b"x"), (b"z", b"1"), (b"z", b"2"), (b"text", GOOD.encode())],
    "256 fields": [(b"id", b"x"), (b"text", GOOD.encode())]
    + [(b"f%d" % i, b"v") for i in range(254)],
    "formats": [(b"id", b"%s%n"), (b"user", b"%s%n%d"), (b"text", GOOD.encode() + b" %s%n")],
    "a reply to another key": [(b"id", b"x"), (b"reply", b"comments:submitted"),
                               (b"text", GOOD.encode())],
    "the protocol": [(b"id", b"x"), (b"user", b"\r\n*1\r\n$8\r\nFLUSHALL\r\n"),
                     (b"text", GOOD.encode() + b"\r\n*1\r\n$8\r\nFLUSHALL\r\n")],
    "Lua": [(b"id", b"') redis.call('FLUSHALL') --"), (b"text", GOOD.encode() + b" ]] --")],
    "an id of 256 bytes": [(b"id", b"9" * 256), (b"text", GOOD.encode())],
    "an id with a joined emoji": [(b"id", "👩\u200d💻 ❤\ufe0f".encode()), (b"text", GOOD.encode())],
    "an id in Vietnamese": [(b"id", "bình luận/1 2".encode()), (b"text", GOOD.encode())],
}


def add(redis, fields):
    return redis.execute_command("XADD", "comments:submitted", "*",
                                 *[part for pair in fields for part in pair])


@pytest.fixture
def raw(server):
    """A client that returns bytes, not strings."""
    import redis as redis_py
    return redis_py.Redis(unix_socket_path=str(server.socket))


def test_rejected_as_malformed(raw, redis, daemon):
    daemon("--batch", 3)
    for name, fields in REJECTED.items():
        entry = add(raw, fields).decode()
        verdict = verdict_of(redis, entry)
        assert (verdict["verdict"], verdict["rules"]) == ("reject", "malformed"), name
        assert verdict["reason"], name
        wait_settled(redis)
        record = raw.hgetall("comments:rejected:x")
        assert record[b"rules"] == b"malformed" and record[b"matches"].startswith(b"malformed"), name
        assert sum(map(len, record.values())) < 300000, name
        raw.delete("comments:rejected:x")
    assert verdict_of(redis, submit(redis, "c1", GOOD))["verdict"] == "approve"


def test_a_reply_that_is_asked_for_after_a_long_text_is_sent(redis, daemon):
    daemon()
    submit(redis, "c1", "hay " * 262144, reply="1")
    answer = redis.blpop("comments:reply:c1", timeout=int(PATIENCE))
    assert json.loads(answer[1])["rules"] == "malformed"


def test_entries_without_an_id_are_moved_to_dead_complete(raw, redis, daemon):
    daemon()
    for name, (fields, reason) in DEAD.items():
        entry = add(raw, fields)
        wait_for(lambda: raw.xlen("comments:dead"))
        (_, dead), = raw.xrange("comments:dead")
        assert reason in dead[b"reason"].decode() and dead[b"entry"] == entry, name
        for field, value in fields[:3000]:
            if field != b"id":
                assert dead[field] == value, name
        raw.delete("comments:dead")
    wait_settled(redis)
    assert verdicts(redis) == []
    assert verdict_of(redis, submit(redis, "c1", GOOD))["verdict"] == "approve"


def test_unusual_texts_are_judged(raw, redis, daemon):
    duyetd = daemon()
    for name, fields in FINE.items():
        entry = add(raw, fields).decode()
        verdict = verdict_of(redis, entry)
        assert verdict["verdict"] == "approve", name
        assert verdict["id"].encode() == dict(fields)[b"id"], name
    wait_settled(redis)
    assert redis.xlen("comments:dead") == 0 and duyetd.process.poll() is None


def test_bad_entries_do_not_affect_others_of_their_batch(raw, redis, daemon):
    """One bad entry does not affect its neighbours."""
    fine = []
    for fields in list(REJECTED.values()) + [fields for fields, _ in DEAD.values()]:
        add(raw, fields)
        fine.append(submit(redis, f"c{len(fine)}", GOOD))
    daemon()
    wait_settled(redis)
    approved = [v["entry"] for v in verdicts(redis) if v["verdict"] == "approve"]
    assert approved == fine
    assert redis.xlen("comments:dead") == len(DEAD)
    assert len(verdicts(redis)) == len(fine) + len(REJECTED)


def test_no_line_is_forged(raw, redis, daemon):
    """Escapes, newlines and direction marks of a comment get into no line of the log and no match."""
    duyetd = daemon("--log-level", "debug")
    hostile = "nhà cái\x1b[2J\r\nredis: lost\u202e\u2028 \x07 \"quoted\" \\n"
    add(raw, [(b"id", b"x\n<0>fake: line"), (b"text", hostile.encode())])
    add(raw, [(b"id", b"c1"), (b"text", hostile.encode()), (b"na\nme", b"x")])
    wait_settled(redis)
    matches = redis.hget("comments:rejected:c1", "matches")
    assert not set(matches) & set("\x1b\r\x07\u202e\u2028")
    assert all(line.split(" ")[0] in ("malformed", "gambling", "min-length")
               for line in matches.split("\n"))
    log = duyetd.log.read_bytes()
    assert b"\x1b" not in log and not duyetd.lines("<0>fake") and "fake: line" not in [
        line[:10] for line in duyetd.lines()]
    assert hostile.encode()[:7] not in log, "no comment's text in the log"


def set_wrong_type(redis):
    redis.set("comments:dead", "no stream")


def use_up(redis):
    redis.xadd("comments:dead", {"id": "x"}, id="18446744073709551615-18446744073709551615")


def use_up_and_empty(redis):
    use_up(redis)
    redis.xtrim("comments:dead", maxlen=0, approximate=False)


def delete_stream(redis):
    redis.delete("comments:dead")


def forbid(redis):
    keys = [f"~comments:{key}" for key in ("submitted", "verdicts", "rejected*", "held", "review", "reviewed",
                                           "watched", "stats", "reply*")]
    redis.execute_command("ACL", "SETUSER", "test", "resetkeys", *keys)


def allow(redis):
    redis.execute_command("ACL", "SETUSER", "test", "allkeys")


@pytest.mark.parametrize("break_it, restore, error", [
    (set_wrong_type, delete_stream, "WRONGTYPE"), (forbid, allow, "NOPERM"),
    (use_up, delete_stream, "last possible ID"), (use_up_and_empty, delete_stream, "last possible ID")])
def test_a_dead_stream_that_is_refused_stops_nothing(server, redis, daemon, tmp_path, break_it, restore, error):
    """More entries without an id than may be in hand, and one that was delivered too often, which is
    found before anything is read. They stay pending, and are moved later."""
    redis.execute_command("ACL", "SETUSER", "test", "on", ">x", "+@all", "allkeys")
    (tmp_path / "password").write_text("x")
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    poison = submit(redis, "poison", GOOD)
    redis.xreadgroup("duyetd", "me", {"comments:submitted": ">"})
    redis.xclaim("comments:submitted", "duyetd", "me", 0, [poison], retrycount=1000)
    break_it(redis)
    duyetd = daemon("--redis", f"redis://test@127.0.0.1:{server.listen()}", "--redis-password-file",
                    tmp_path / "password", "--consumer", "me", "--claim-after", "1s",
                    "--max-deliveries", 1000)
    without_id = []
    for i in range(12):
        without_id.append(redis.xadd("comments:submitted", {"text": GOOD}))
        assert verdict_of(redis, submit(redis, f"c{i}", GOOD))["verdict"] == "approve"
    assert duyetd.wait_log("dead: not moved, stays pending", error)
    restore(redis)
    wait_settled(redis)
    assert sorted(row["entry"] for _, row in redis.xrange("comments:dead")) == [poison, *without_id]
    assert len(duyetd.lines("dead: not moved")) <= 5
