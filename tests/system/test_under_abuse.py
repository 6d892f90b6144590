"""One part is abused, and good comments are still judged. One test for each abuse that the
table of bounds in systemd/README.md names.

A thousand good comments get their verdicts while the abuse goes on: after every fifty it must have
gone on. How long a verdict takes is not looked at here, since that depends on the machine. `make
isolation` does: it judges them in turn with a Redis and a daemon that are left alone, and compares.
"""
import fcntl
import itertools
import os
import signal
import socket
import statistics
import subprocess
import threading
import time

import pytest

from helpers import BUILD, GOOD, PATIENCE, ROOT, errors, wait_for
from processes import WITH_US, Daemon, Server

COMMENTS, BLOCK = 1000, 50
MEASURE = bool(os.environ.get("MEASURE"))  # make isolation
# Limits of `make isolation`: the slowest verdict of a thousand takes at most MOST_TIMES as long as the
# slowest of a thousand without abuse, or MOST_SECONDS.
MOST_TIMES, MOST_SECONDS = 10, 0.25
# The texts that take longest: at a pattern's limits, many links, many hits, characters that expand.
SLOWEST = [GOOD + " " + "a" * 500 + " aaab " + "a" * 100, "http://" + "b." * 20000 + "com", "nhà cái " * 6000,
           "n.h.à c.á.i " * 3000, "\ufdfa" * 15000, "@b " * 15000]
LEAVES = "--grace", "1s"  # so that a stop does not wait for reviews that are refused
SLOW_RULE = """\
rules:
  - name: slow
    kind: banned
    patterns: ['(?:a+)+(?:a+)+(?:a+)+b']
    message: "Chậm."
"""


class Abuse(threading.Thread):
    """Does something again and again while the block of its `with` runs."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.times, self.error, self.is_over = act, 0, None, False

    def run(self):
        try:
            while not self.is_over:
                self.act()
                self.times += 1
        except Exception as error:  # noqa: BLE001 (whatever it is, the test fails by it)
            self.error = error

    def is_on(self):
        assert not self.error and self.is_alive(), repr(self.error)

    def goes_on(self):
        """Waits until it has been done once more."""
        times = self.times
        wait_for(lambda: self.error or self.times > times)
        self.is_on()

    def __enter__(self):
        self.start()
        self.goes_on()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.join(PATIENCE)


class Comments:
    """Good comments for one daemon, and the verdicts on them."""

    def __init__(self, redis):
        self.redis, self.count = redis, 0
        self.last = "0-0"
        if redis.exists("comments:verdicts"):
            self.last = redis.xinfo_stream("comments:verdicts")["last-generated-id"]

    def submit(self):
        self.count += 1
        return self.redis.xadd("comments:submitted", {"id": f"good{self.count}", "text": GOOD})

    def published(self, block=None):
        """Verdicts published since the last look, by entry."""
        found = {}
        for _, rows in self.redis.xread({"comments:verdicts": self.last}, block=block) or ():
            self.last = rows[-1][0]
            found.update({row["entry"]: row["verdict"] for _, row in rows})
        return found

    def judge(self, count):
        """Submits this many at once, and waits for their verdicts."""
        left = {self.submit() for _ in range(count)}

        def all_approved():
            found = self.published()
            assert all(found[entry] == "approve" for entry in left & found.keys())
            left.difference_update(found)
            return not left
        wait_for(all_approved)

    def seconds(self):
        """How long one comment takes, from its submission to its verdict."""
        began = time.perf_counter()
        entry = self.submit()
        while entry not in self.published(block=int(PATIENCE * 1000)):
            pass
        return time.perf_counter() - began


@pytest.fixture
def left_alone(tmp_path, rules):
    """The client of a Redis and a daemon that nobody abuses."""
    directory = tmp_path / "alone"
    directory.mkdir()
    server = Server(directory).start()
    duyetd = Daemon(directory / "duyetd.log", "--redis", server.url, "--rules", rules)
    duyetd.wait_log("redis: reached")
    yield server.client()
    duyetd.end()
    server.end()


def compare(name, abused, alone, goes_on):
    """Compares the slowest of a thousand verdicts with and without abuse, in turn."""
    taken = {abused: [], alone: []}
    for _ in range(COMMENTS // BLOCK):
        for comments, seconds in taken.items():
            seconds += [comments.seconds() for _ in range(BLOCK)]
        goes_on()
    slowest, slowest_alone = (max(seconds) for seconds in taken.values())
    median, median_alone = (statistics.median(seconds) for seconds in taken.values())
    print(f"\n{name:60} slowest {1e3 * slowest:6.1f} ms, alone {1e3 * slowest_alone:6.1f} ms; "
          f"median {1e3 * median:5.2f} ms, alone {1e3 * median_alone:5.2f} ms")
    assert slowest < max(MOST_TIMES * slowest_alone, MOST_SECONDS)


@pytest.fixture
def assert_judging_goes_on(request, redis):
    """Judges a thousand good comments; `goes_on` fails where the abuse is over."""
    measures = MEASURE and not request.node.get_closest_marker("timing")
    alone = request.getfixturevalue("left_alone") if measures else None  # before a test spoils the rules

    def judge(goes_on):
        comments = Comments(redis)
        if alone:
            compare(request.node.name, comments, Comments(alone), goes_on)
            return
        for _ in range(COMMENTS // BLOCK):
            comments.judge(BLOCK)
            goes_on()
    return judge


def add(redis, stream, rows):
    """Adds entries to a stream and waits until they are settled, however that is."""
    pipe = redis.pipeline(transaction=False)
    for row in rows:
        pipe.xadd(f"comments:{stream}", row)
    entries = pipe.execute()
    wait_for(lambda: not any(redis.xrange(f"comments:{stream}", entry, entry) for entry in entries))


def review(comment, verdict="reject"):
    return {"id": comment, "verdict": verdict, "by": "lan"}


def fill_verdicts(redis, count):
    """Verdicts on other comments, an hour old."""
    begin = (redis.time()[0] - 3600) * 1000
    for start in range(0, count, 1000):
        pipe = redis.pipeline(transaction=False)
        for i in range(start, start + 1000):
            pipe.xadd("comments:verdicts", {"id": f"other{i}", "verdict": "approve", "rules": "", "reason": "",
                                            "entry": "1-0", "ruleset": "", "by": "duyetd"}, id=f"{begin + i}-0")
        pipe.execute()


# A commenter and the web tier.

def test_the_slowest_texts(redis, daemon, rules, assert_judging_goes_on):
    (rules / "20-slow.yaml").write_text(SLOW_RULE, encoding="utf-8")
    daemon()
    texts = itertools.cycle(SLOWEST)
    with Abuse(lambda: add(redis, "submitted", [{"id": "slow", "text": next(texts)}])) as abuse:
        assert_judging_goes_on(abuse.goes_on)


def test_entries_of_megabytes(redis, daemon, assert_judging_goes_on):
    duyetd = daemon("--metrics", "127.0.0.1:0")
    before = duyetd.descriptors()
    large = {"id": "large", "text": GOOD, **{f"field{i}": "x" * 4096 for i in range(500)}}
    with Abuse(lambda: add(redis, "submitted", [large] * 4)) as abuse:
        assert_judging_goes_on(abuse.goes_on)
    assert Daemon.is_sanitized() or duyetd.memory() < 256 << 10
    assert duyetd.descriptors() == before


@pytest.mark.parametrize("stream", ["submitted", "review"])
def test_entries_without_an_id(redis, daemon, assert_judging_goes_on, stream):
    duyetd = daemon()
    with Abuse(lambda: add(redis, stream, [{"text": GOOD}] * 20)) as abuse:
        assert_judging_goes_on(abuse.goes_on)
    assert len(duyetd.lines("dead: moved")) < abuse.times


def test_replies_that_nobody_reads(redis, daemon, assert_judging_goes_on):
    daemon()
    with Abuse(lambda: add(redis, "submitted", [{"id": "same", "text": GOOD, "reply": "1"}] * 20)) as abuse:
        assert_judging_goes_on(abuse.goes_on)
    assert redis.llen("comments:reply:same") == 10


def test_rejected_and_held_and_watched_comments(redis, daemon, assert_judging_goes_on):
    daemon()
    texts = ["Chơi nhà cái là thua thôi", "Chuyện này cần xem lại đã nhé", "Đây là thử nghiệm thôi"]
    rows = [{"id": f"bad{i}", "text": texts[i % 3], "note": "x" * 10000} for i in range(12)]
    with Abuse(lambda: add(redis, "submitted", rows)) as abuse:
        assert_judging_goes_on(abuse.goes_on)


# A moderator.

def test_reviews_that_are_refused(redis, daemon, assert_judging_goes_on):
    redis.set("comments:reviewed", "of the wrong type")
    duyetd = daemon(*LEAVES)
    fill_verdicts(redis, 1000)
    with Abuse(lambda: redis.xadd("comments:review", review("other1"))) as abuse:
        duyetd.wait_log("redis for reviews: refuses")
        assert_judging_goes_on(abuse.goes_on)
    assert redis.xlen("comments:review") >= abuse.times


def test_reviews_of_unknown_comments(redis, daemon, assert_judging_goes_on):
    """Each such review causes a search of all verdicts; the searches last throughout the test."""
    fill_verdicts(redis, 300000 if MEASURE else 30000)
    daemon()
    for i in range(500):
        redis.xadd("comments:review", review(f"unknown{i}"))

    def goes_on():
        looks = redis.info("commandstats")["cmdstat_xrevrange"]["calls"]
        wait_for(lambda: redis.info("commandstats")["cmdstat_xrevrange"]["calls"] > looks)
        assert redis.xlen("comments:review"), "all searches have ended"

    wait_for(lambda: redis.info("commandstats").get("cmdstat_xrevrange"))
    assert_judging_goes_on(goes_on)


def test_reviews_of_foreign_records(redis, daemon, assert_judging_goes_on):
    redis.set("comments:rejected:c1", "of the wrong type")
    redis.hset("comments:rejected:c2", mapping={f"field{i}": "x" for i in range(20000)})
    redis.hset("comments:rejected:c3", mapping={"id": "c3", "verdict": "hold", "text": "x" * (8 << 20)})
    daemon()
    with Abuse(lambda: add(redis, "review", [review(f"c{i}") for i in (1, 2, 3)])) as abuse:
        assert_judging_goes_on(abuse.goes_on)


def test_held_comments_that_expire(redis, daemon, assert_judging_goes_on):
    daemon("--hold-for", "1s:reject")
    rows = [{"id": f"held{i}", "verdict": "hold", "rules": "doubtful", "reason": "", "entry": "1-0",
             "ruleset": "", "by": "duyetd", "text": "x" * 1000} for i in range(300)]
    ids = itertools.count(1)  # held since 1970, so they expire at once

    def hold():
        pipe = redis.pipeline(transaction=False)
        for row in rows:
            pipe.xadd("comments:held", row, id=next(ids))
        pipe.execute()
        wait_for(lambda: not redis.xlen("comments:held"))

    with Abuse(hold) as abuse:
        assert_judging_goes_on(abuse.goes_on)


# The authors of rules.

@pytest.mark.parametrize("text, logged", [
    ("".join(f"  - {{name: r{i}, kind: banned, phrases: [cấm số {i}], message: Cấm.}}\n" for i in range(1000)),
     "rules: loaded"),
    ("[" * 1000, "rules: not loaded"),
], ids=["many rules", "nested"])
def test_reloads_without_end(redis, daemon, rules, assert_judging_goes_on, text, logged):
    duyetd = daemon("--metrics", "127.0.0.1:0")
    before = duyetd.descriptors()
    (rules / "20-new.yaml").write_text("rules:\n" + text, encoding="utf-8")

    def reload():
        duyetd.signal(signal.SIGHUP)
        redis.ping()

    with Abuse(reload) as abuse:
        assert_judging_goes_on(abuse.goes_on)
    duyetd.wait_log(logged)
    wait_for(lambda: duyetd.descriptors() == before)


# A client of --metrics.

def sends_without_end(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        try:
            client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            while True:
                client.sendall(b"x" * (1 << 20))
        except ConnectionError:
            pass


def asks_without_end(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        while client.recv(1 << 16):
            pass


def never_reads(port):
    clients = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(40)]
    for client in clients:
        try:
            client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        except ConnectionError:
            pass
    for client in clients:
        client.close()


def comes_and_goes(port):
    for client in [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(20)]:
        client.close()


@pytest.mark.parametrize("ask", [sends_without_end, asks_without_end, never_reads, comes_and_goes])
def test_a_client_of_metrics(redis, daemon, assert_judging_goes_on, ask):
    duyetd = daemon("--metrics", "127.0.0.1:0")
    port = duyetd.metrics_port()
    duyetd.wait_log("redis for reviews: reached")
    before = duyetd.descriptors()
    logged = len(duyetd.lines())
    with Abuse(lambda: ask(port)) as abuse:  # when clients connect too fast, TCP delays some by a second
        assert_judging_goes_on(abuse.is_on)
        abuse.goes_on()
    wait_for(lambda: duyetd.descriptors() <= before)
    assert len(duyetd.lines()) == logged


# Who reads the log, or does not.

def test_a_log_that_is_not_read(server, redis, rules, assert_judging_goes_on):
    """The log level is debug, and the pipe of the log is full throughout the test."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)

    def fill():
        with pytest.raises(BlockingIOError):
            while True:
                os.write(writer, b"x")

    fill()
    duyetd = subprocess.Popen([*WITH_US, BUILD / "duyetd", "run", "--redis", server.url, "--rules", rules,
                               "--log-level", "debug"], cwd=ROOT, stderr=writer)
    try:
        wait_for(lambda: redis.exists("comments:submitted", "comments:review") == 2)
        with Abuse(lambda: add(redis, "review", [review("unknown")])) as abuse:
            assert_judging_goes_on(lambda: abuse.goes_on() or fill())
        duyetd.terminate()
        assert duyetd.wait(PATIENCE) == 0
    finally:
        duyetd.kill()
        duyetd.wait()
        os.close(reader)
        os.close(writer)


# Redis.

def test_scripts_are_forgotten_again_and_again(redis, daemon, assert_judging_goes_on):
    daemon()

    def forget():
        before = errors(redis, "NOSCRIPT")
        redis.script_flush()
        add(redis, "submitted", [{"id": "next", "text": GOOD}])
        assert errors(redis, "NOSCRIPT") > before

    with Abuse(forget) as abuse:
        assert_judging_goes_on(abuse.goes_on)


@pytest.mark.timing
def test_connections_of_reviews_are_cut_again_and_again(redis, daemon, proxy, assert_judging_goes_on):
    """The connections are cut at growing intervals."""
    daemon(proxy=proxy)
    with Abuse(lambda: proxy.arm("xreadgroup review", "cut").wait()) as abuse:
        assert_judging_goes_on(abuse.is_on)
        abuse.goes_on()


# Other instances.

@pytest.mark.timing
def test_another_instance_is_killed_again_and_again(redis, daemon, assert_judging_goes_on):
    """Some comments are delivered to that instance; this one claims them."""
    daemon("--claim-after", "300ms", "--max-deliveries", 1000)
    names = itertools.count()
    with Abuse(lambda: daemon("--consumer", f"other{next(names)}", "--max-deliveries", 1000).kill()) as abuse:
        assert_judging_goes_on(abuse.goes_on)


def test_consumers_with_changing_names(redis, daemon, assert_judging_goes_on):
    daemon("--claim-after", "1s")
    names = itertools.count()

    def create():
        pipe = redis.pipeline(transaction=False)
        for _ in range(100):
            pipe.xgroup_createconsumer("comments:submitted", "duyetd", f"new{next(names)}")
        pipe.execute()

    with Abuse(create) as abuse:
        assert_judging_goes_on(abuse.goes_on)


# Keys of another type, and rights that are missing. Each test submits what needs the key or the right.

APPROVED, WATCHED = {"id": "c1", "text": GOOD, "reply": "1"}, {"id": "c1", "text": "Đây là thử nghiệm thôi"}
REJECTED, WITHOUT_ID = {"id": "c1", "text": "Chơi nhà cái là thua thôi"}, {"text": GOOD}


def use(redis, stream, row):
    """Adds the entry. Does not wait for a review: refused ones stay. Waits until a comment is settled or
    pending."""
    entry = redis.xadd(f"comments:{stream}", row)
    if stream == "submitted":
        wait_for(lambda: not redis.xrange("comments:submitted", entry, entry)
                 or redis.xpending_range("comments:submitted", "duyetd", entry, entry, 1))


@pytest.mark.parametrize("key, stream, row", [
    ("reviewed", "review", review("other1")), ("stats", "submitted", APPROVED), ("dead", "submitted", WITHOUT_ID),
    ("watched", "submitted", WATCHED), ("held", "submitted", APPROVED), ("rejected:c1", "submitted", REJECTED),
    ("reply:c1", "submitted", APPROVED)])
def test_a_key_of_another_type(redis, daemon, assert_judging_goes_on, key, stream, row):
    fill_verdicts(redis, 1000)
    daemon(*LEAVES)

    def break_stream():
        redis.set(f"comments:{key}", "of the wrong type")
        use(redis, stream, row)

    with Abuse(break_stream) as abuse:
        assert_judging_goes_on(abuse.goes_on)


@pytest.mark.parametrize("right, stream, row", [
    ("xrevrange", "review", review("other1")), ("hgetall", "review", review("other1")),
    ("hincrby", "submitted", WATCHED), ("ltrim", "submitted", APPROVED),
    ("xgroup|delconsumer", "submitted", APPROVED)])
def test_a_right_that_is_missing(server, redis, daemon, assert_judging_goes_on, right, stream, row):
    redis.acl_setuser("test", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
    fill_verdicts(redis, 1000)
    redis.execute_command("ACL", "SETUSER", "default", f"-{right}")
    daemon("--metrics", "127.0.0.1:0", *LEAVES)
    with Abuse(lambda: use(server.client(username="test", password="x"), stream, row)) as abuse:
        assert_judging_goes_on(abuse.goes_on)
