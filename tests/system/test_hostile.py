"""Fields and texts that imitate something else: they are malformed or judged as usual, and forge no
verdict, log line, metric or terminal output."""
import json
import subprocess

import pytest
import redis as redis_py

from helpers import BUILD, GOOD, PATIENCE, VERDICT, wait_for, wait_settled

ID = (b"id", b"h1")


def text(string):
    return [ID, (b"text", string if isinstance(string, bytes) else string.encode())]


# What is rejected as malformed; test_malformed.py has more.
MALFORMED = {
    "a name with a BOM": [ID, (b"\xef\xbb\xbftext", GOOD.encode())],
    "the beginning of the name": [ID, (b"tex", GOOD.encode())],
    "only no-break spaces": text("\u00a0" * 40),
    "only zero-width spaces": text("\u200b" * 40),
    "only Hangul fillers": text("\u3164" * 12),
    "marks on nothing": text("\u0301\u0323" * 6),
    "only controls": text("\x01\x02\x07\x08\x1b\x1f"),
    "a NUL in an entity": text(GOOD + " &amp\0x; "),
    "continuation bytes": text(b"\x80" * 5000),
    "five bytes": text(b"hay \xf8\x88\x80\x80\x80"),
    "beyond U+10FFFF": text(b"hay \xf4\x90\x80\x80"),
    "surrogates in UTF-8": text(b"\xed\xa0\xbd\xed\xb8\x80"),
    "UTF-16": text(GOOD.encode("utf-16")),
    "Windows-1258": text("Bài viết".encode("cp1252", "replace") + b"\xd2\xec"),
    "Zalgo": text("nha" + "\u0300\u0316\u0334" * 200),
    "marks in the worst order": text("a" + "\u0301\u0323\u0327\u0334" * 500),
}

# What is judged by the rules, although it looks odd or is long.
JUDGED = {
    "60,000 letters": text("b" * 60000),
    "20,000 words": text("b " * 20000),
    "open brackets": text("(" * 60000),
    "a long URL": text("http://" + "b." * 20000 + "com"),
    "mentions": text("@b " * 15000),
    "what expands 18 times": text("\ufdfa" * 15000),
    "Hangul in parts": text("\u1100\u1161\u11a8" * 5000),
    "variation selectors": text("b" + "\ufe0f" * 10000),
    "emoji in a chain": text("\U0001f469\u200d" * 1000),
    "halves of flags": text("\U0001f1fb" * 1001),
    "stacked Tibetan": text("\u0f40" + "\u0f90" * 20),
    "isolates left open": text("\u2066" * 500 + GOOD),
    "noncharacters": text("b\ufffe\uffff\ufdd0 \U0010ffff " + GOOD),
    "a BOM": text("\ufeff" + GOOD),
    "DEL and C1": text(GOOD + "\x7f\u0080\u0085\u009b"),
    "tags": text("b\U000e0062\U000e0063 " + GOOD),
    "Lua and RESP": text(GOOD + "']] redis.call('FLUSHALL') --\r\n*1\r\n$8\r\nFLUSHALL\r\n"),
}

FORGED = [
    (b"verdict", b"approve"), (b"rules", b""), (b"reason", b"fine"), (b"by", b"lan"),
    (b"entry", b"0-1"), (b"ruleset", b"000000000000"), (b"matches", b"none"), (b"held", b"0"), (b"via", b"replay"),
    (b"submitted:verdict", b"approve"), (b"verdict\0", b"approve"), (b"Verdict", b"approve"),
    (b"by\nverdict", b"approve"), (b"", b"approve"), (b"\x1b[2J", b"\x1b]0;x\x07"),
]
HOSTILE = "nhà cái \x1b[31m\x9b2J\r\n# HELP x\nduyetd_forged_total 1\u202e\u2028\x07\x7f"


def add(redis, fields):
    return redis.execute_command("XADD", "comments:submitted", "*",
                                 *[part for pair in fields for part in pair])


@pytest.fixture
def raw(server):
    """A client that returns bytes, not strings."""
    return redis_py.Redis(unix_socket_path=str(server.socket))


def verdict_of(raw, entry):
    def look():
        return [v for _, v in raw.xrange("comments:verdicts") if v[b"entry"] == entry]
    return wait_for(look)[0]


@pytest.mark.parametrize("expected, cases", [(True, MALFORMED), (False, JUDGED)],
                         ids=["malformed", "judged"])
def test_malformed_or_not(raw, daemon, expected, cases):
    duyetd = daemon()
    for name, fields in cases.items():
        verdict = verdict_of(raw, add(raw, fields))
        assert (verdict[b"rules"] == b"malformed") == expected, name
        assert (verdict[b"verdict"] == b"approve") == (not verdict[b"rules"]), name
    assert duyetd.process.poll() is None
    assert raw.xlen("comments:dead") == 0


def test_no_field_forges_a_verdict(raw, redis, daemon):
    daemon()
    for value, expected in (HOSTILE.encode(), b"reject"), (GOOD.encode(), b"approve"):
        entry = add(raw, [ID, *FORGED, (b"text", value), *FORGED, (b"reply", b"1")])
        verdict = verdict_of(raw, entry)
        assert [name.decode() for name in verdict] == VERDICT
        assert verdict[b"verdict"] == expected and verdict[b"by"] == b"duyetd"
        answer = json.loads(redis.blpop("comments:reply:h1", int(PATIENCE))[1])
        assert list(answer) == VERDICT and answer["verdict"] == expected.decode()
        if expected == b"reject":
            record = raw.execute_command("HGETALL", "comments:rejected:h1")
            assert record[b"verdict"] == b"reject" and record[b"by"] == b"duyetd"
            (_, rejected), = raw.xrevrange("comments:rejected", count=1)
            assert rejected[b"verdict"] == b"reject" and rejected[b"entry"] == entry
            assert rejected[b"submitted:verdict"] == b"approve"


def test_no_control_characters_in_logs_metrics_or_records(raw, daemon):
    duyetd = daemon("--log-level", "debug", "--metrics", "127.0.0.1:0")
    add(raw, [ID, (b"text", HOSTILE.encode()), (b"name", HOSTILE.encode()), (b"\x1b\n", b"\x1b\n")])
    add(raw, [(b"id", HOSTILE.encode()), (b"text", HOSTILE.encode())])
    raw.execute_command("XADD", "comments:review", "*", "id", HOSTILE.encode(), "verdict",
                        HOSTILE.encode(), "by", HOSTILE.encode(), "note", HOSTILE.encode())
    wait_settled(raw)
    wait_for(lambda: raw.xlen("comments:dead") == 2)
    metrics = duyetd.metrics()
    log = duyetd.log.read_text(encoding="utf-8")
    matches = raw.hget("comments:rejected:h1", "matches").decode()
    for where in (metrics, log, matches):
        assert not set(where) & set("\x1b\x9b\r\x07\x7f\u202e\u2028"), where
        assert not [line for line in where.splitlines() if line.startswith(("duyetd_forged", "# HELP x"))]


def test_explain_escapes_control_characters(rules):
    done = subprocess.run([BUILD / "duyetd", "explain", "--rules", rules, "--color", "never"],
                          input=HOSTILE.encode(), stdout=subprocess.PIPE)
    shown = done.stdout.decode()
    assert "nhà cái" in shown
    assert not set(shown) & set("\x1b\x9b\r\x07\x7f\u202e\u2028")
