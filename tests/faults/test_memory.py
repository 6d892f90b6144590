"""Memory runs out at one allocation after another: of a batch, of reviews, of a reload, of a command.

tests/unit/test_memory.c does this to a load of rules and to judging, each on its own. Here it is the
whole daemon: one verdict each, whichever allocation fails, and it keeps running.

When an allocation for its buffers fails, hiredis 0.14 uses them anyway and crashes. Then the daemon is
started again, as by systemd.
"""
import contextlib
import datetime
import difflib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess

import pytest

from fault_stage import Stage
from helpers import BUILD, PATIENCE, wait_for
from processes import Daemon, Server
from test_suggest import BASE, history

pytestmark = pytest.mark.timing

NEVER = 2**62
# hiredis 0.14 does not check all its allocations. It also aborts when strdup() fails; then it is libc that
# was refused.
CRASHES = "libhiredis", "libc.so"


class Memory:
    """The allocations of the processes that are started with its environment."""

    def __init__(self, directory, only=None):
        """`only`: a library whose allocations alone are counted and refused."""
        library = directory / "memory.so"
        subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", library,
                        pathlib.Path(__file__).with_name("memory.c"), "-ldl"], check=True)
        self.file = directory / "allocations"
        self.file.write_bytes(bytes(128))
        self.env = {**os.environ, "LD_PRELOAD": str(library), "ALLOCATIONS": str(self.file)}
        if only:
            self.env["ALLOCATIONS_OF"] = only
        self.refuse(NEVER, NEVER)

    def refuse(self, first, last):
        """Keeps the name of the library that was refused last, to explain a crash later."""
        with open(self.file, "r+b") as file:
            file.write(struct.pack("=qqq", 0, first, last))

    def count(self):
        return struct.unpack_from("=q", self.file.read_bytes())[0]

    def refused(self):
        """The name of the library that was refused last; empty if there is none."""
        return os.path.basename(self.file.read_bytes()[32:].rstrip(b"\0").decode())

    def refuse_growth(self, refused):
        """Sets whether libevent is refused more room than it has."""
        with open(self.file, "r+b") as file:
            file.seek(24)
            file.write(struct.pack("=q", refused))


class Run:
    """A daemon that is started again when hiredis crashes. It must not end for another reason."""

    def __init__(self, directory, rules):
        self.memory = Memory(directory)
        self.server = Server(directory).start()
        self.directory, self.rules = directory, rules
        self.daemon, self.started, self.may_end = None, 0, False
        self.stage = Stage(self.server.client(), new=10, orphaned=0)
        self.start()
        self.wait_clear()

    def start(self, *options):
        self.memory.refuse(NEVER, NEVER)
        self.started += 1
        self.daemon = Daemon(
            self.directory / f"duyetd-{self.started}.log", "--redis", self.server.url, "--rules", self.rules,
            "--consumer", "me", "--claim-after", "100ms", "--max-deliveries", 1000, *options,
            env=self.memory.env)
        self.daemon.wait_log("redis: reached")

    def keep_up(self):
        if self.daemon.process.poll() is not None:
            refused = self.memory.refused()
            assert self.may_end or refused.startswith(CRASHES), (refused, self.daemon.lines()[-5:])
            self.start()

    def wait_clear(self):
        def look():
            self.keep_up()
            return self.stage.is_clear()
        wait_for(look)

    def end(self):
        if self.daemon:
            self.daemon.end()
        self.server.end()


@pytest.fixture
def run(tmp_path, rules):
    if Daemon.is_sanitized():
        pytest.skip("the sanitizer has an allocator of its own")
    run = Run(tmp_path, rules)
    yield run
    run.end()


def submit(run):
    run.stage.submit(10)
    run.stage.review()


def test_out_of_memory_in_a_batch(run):
    run.memory.refuse(NEVER, NEVER)
    submit(run)
    run.wait_clear()
    assert run.memory.count() > 20
    for first in range(1, 150):
        run.memory.refuse(first, first)
        submit(run)
        run.wait_clear()
    run.stage.check()


def test_out_of_memory_for_a_moment(run):
    """All allocations fail from one on, until at least one was refused; then memory is available again.
    Which allocation was essential is not known then."""
    run.may_end = True
    for first in range(1, 100, 5):
        run.memory.refuse(first, NEVER)
        submit(run)
        last = first + first % 4
        wait_for(lambda: run.memory.count() >= last or run.daemon.process.poll() is not None)
        run.keep_up()
        run.memory.refuse(NEVER, NEVER)
        run.wait_clear()
    run.stage.check()


def test_out_of_memory_for_more_timers(run):
    """The daemon reserves room for all its timers at its start. Idle clients of /metrics have a timer each, so
    more timers are set than ever before. If one could not be set, judging or reconnecting might stop."""
    run.daemon.end()
    run.start("--metrics", "127.0.0.1:0")
    run.memory.refuse_growth(True)
    address = "127.0.0.1", run.daemon.metrics_port()
    with contextlib.ExitStack() as clients:
        for _ in range(15):
            clients.enter_context(socket.create_connection(address))
        assert run.daemon.metrics()  # after the others, so they have been accepted
        submit(run)
        run.wait_clear()
        run.stage.redis.client_kill_filter(_type="normal", skipme=True)
        submit(run)
        run.wait_clear()
    run.stage.check()


def reload(run, first, last):
    """Whether the rules were loaded; the daemon logs it, or that it keeps the old ones. None: hiredis
    crashed, and the daemon was started again."""
    said = len(run.daemon.lines("rules: loaded old=")), len(run.daemon.lines("rules: not loaded"))
    run.memory.refuse(first, last)
    run.daemon.signal(signal.SIGHUP)

    def look():
        if run.daemon.process.poll() is not None:
            run.keep_up()
            return None, None
        loaded, kept = len(run.daemon.lines("rules: loaded old=")), len(run.daemon.lines("rules: not loaded"))
        return (loaded, kept) != said and (loaded > said[0], kept > said[1])
    loaded, kept = wait_for(look)
    run.memory.refuse(NEVER, NEVER)
    assert loaded is None or loaded != kept
    return loaded


def test_out_of_memory_in_a_reload(run):
    """All or nothing: the old rules judge, or the new ones; the daemon keeps running."""
    assert reload(run, NEVER, NEVER)
    first, kept = 1, 0
    while first < 20000:
        kept += reload(run, first, first) is False
        submit(run)
        run.wait_clear()
        first += 1 + first // 15
    assert kept > 10
    run.stage.check()


def test_out_of_memory_at_a_start(run):
    """Out of memory after the rules are loaded: it starts, or it ends and says why. (hiredis 0.14
    may crash, and then nothing is said.)"""
    run.daemon.end()
    run.start()
    needed, silent = run.memory.count(), []
    run.daemon.end()
    for first in range(max(1, needed - 200), needed, 3):
        run.memory.refuse(first, first)
        daemon = Daemon(run.directory / f"start-{first}.log", "--redis", run.server.url, "--rules", run.rules,
                        "--consumer", "me", env=run.memory.env)
        wait_for(lambda: daemon.lines("redis: reached") or daemon.process.poll() is not None)
        if (daemon.process.poll() or 0) > 0 and not daemon.lines("error"):
            silent.append((first, run.memory.refused(), daemon.lines()[-2:]))
        daemon.end()
    assert not silent


MORE = """\
  - name: flood
    kind: repeat
    times: 1
    within: 10m
    message: "Lặp lại."
  - name: short
    kind: length
    at-least: 3
    unit: words
    message: "Ngắn quá, cần {at-least} chữ."
  - name: odds
    kind: banned
    patterns: ['\\bkèo\\s+châu\\s+á\\b']
    fields: [text, name]
    message: "Không viết {match}."
    examples:
      hit: [xem kèo châu á]
      miss: [kèo cột bằng tre]
"""
TEXTS = ["Bài viết hay quá, cảm ơn tác giả", "Vào nhà cái chơi đi", "n h à c á i uy tín 8 8", "hay quá",
         "Xem kèo châu á", "d-o-i d1em đi", "Vào nhà cái chơi đi"]


def comments():
    return "\n".join(json.dumps({"id": f"c{i}", "text": text, "name": "Lan", "verdict": "approve",
                                 "by": ["duyetd", "lan"][i % 2], "judged": "reject"}) for i, text in enumerate(TEXTS))


# The command, its input, and the step from one refused allocation to the next that is tried.
COMMANDS = {
    "suggest": (["suggest"], history(), 10),
    "judge": (["judge"], comments(), 1),
    "replay": (["replay", "--against", "next", "--jobs", 1], comments(), 1),
    "replay to JSON": (["replay", "--format", "json", "--jobs", 1], comments(), 1),
    "explain": (["explain", "--all", "--field", "name=Lan", "Vào n h à cái xem kèo châu á"], "", 1),
    "check": (["check", "--all"], "", 10),
}


def not_loaded(done):
    return "did not load" in done.stderr or "phrases and patterns were not tried" in done.stdout


def explain(refused, library, always, done):
    """The lines in which the output differs from the usual one. A failed assertion would cut long texts."""
    lines = difflib.ndiff(always.stdout.splitlines(), done.stdout.splitlines())
    return "\n".join([f"allocation {refused}, of {library}", *(line for line in lines if line[0] != " ")])


@pytest.mark.parametrize("name", COMMANDS)
def test_out_of_memory_in_a_command(tmp_path, name):
    """Its output is the same as always, or it ends with an error."""
    if Daemon.is_sanitized():
        pytest.skip("the sanitizer has an allocator of its own")
    for directory, phrases in (("base", "nhà cái"), ("next", "nhà cái, tác giả")):
        (tmp_path / directory).mkdir()
        (tmp_path / directory / "10.yaml").write_text((BASE + MORE).replace("nhà cái", phrases))
    (tmp_path / "base" / "everyday.txt").write_text("Trời hôm nay đẹp quá\nvào nhà cái gì đó\n")
    memory = Memory(tmp_path)
    words, text, step = COMMANDS[name]

    def run(refused):
        memory.refuse(refused, refused)
        return subprocess.run([BUILD / "duyetd", words[0], "--rules", "base", *map(str, words[1:])], input=text,
                              cwd=tmp_path, capture_output=True, text=True, env=memory.env, timeout=PATIENCE)

    def result(done):
        return done.returncode, done.stdout, done.stderr

    always = run(NEVER)
    needed, failures = memory.count(), 0
    assert always.returncode == 0 and always.stdout, always.stderr
    loaded = next(number for number in range(needed, 0, -5) if not_loaded(run(number)))
    for refused in [1, *range(loaded, loaded + 200), *range(loaded + 200, needed - 100, step),
                    *range(needed - 100, needed + 1)]:
        done = run(refused)
        if result(done) == result(always):
            continue
        failures += 1
        assert done.returncode in (1, 3), explain(refused, memory.refused(), always, done)
        assert "memory" in done.stderr + done.stdout or not_loaded(done), (refused, result(done))
    assert failures > 10


# Of these, only duyetd's own allocations are refused: hiredis 0.14 crashes.
REDIS_COMMANDS = {
    "stats": ["stats"],
    "stats to JSON": ["stats", "--format", "json"],
    "replay": ["replay", "--rules", "rules", "--jobs", "1", "--stream", "comments:rejected", "--since", "1h"],
    "suggest": ["suggest", "--rules", "rules", "--stream", "other:reviewed"],
}


def fill(redis):
    for i in range(20):
        row = {"id": f"c{i}", "verdict": "reject", "by": "duyetd", "entry": f"{i}-1", "text": TEXTS[0]}
        redis.xadd("comments:rejected", row)
        redis.xadd("comments:reviewed", {**row, "verdict": "approve", "by": "lan", "judged": "reject"})
    for line in history().splitlines():
        redis.xadd("other:reviewed", json.loads(line))
    for ago in range(2):  # a test may run across midnight
        day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=ago)
        redis.hset(f"comments:stats:{day:%Y-%m-%d}", mapping={"reject": 20, **{f"rule:r{i}": i + 1 for i in range(20)}})


@pytest.mark.parametrize("name", REDIS_COMMANDS)
def test_out_of_memory_in_a_command_that_reads_redis(tmp_path, name):
    """The output is the same as always, or the error says what was missing, and does not blame the stream."""
    if Daemon.is_sanitized():
        pytest.skip("the sanitizer has an allocator of its own")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "10.yaml").write_text(BASE)
    server = Server(tmp_path).start()
    try:
        fill(server.client())
        memory = Memory(tmp_path, only="duyetd")
        command = [BUILD / "duyetd", *REDIS_COMMANDS[name], "--redis", server.url]

        def run(refused):
            memory.refuse(refused, refused)
            return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=memory.env,
                                  timeout=PATIENCE)

        always = run(NEVER)
        needed, failures = memory.count(), 0
        assert always.returncode == 0 and always.stdout, always.stderr
        for refused in range(1, needed + 1, 1 if needed < 250 else 3):
            done = run(refused)
            if (done.returncode, done.stdout) == (0, always.stdout):
                continue
            failures += 1
            assert done.returncode in (1, 3), explain(refused, memory.refused(), always, done)
            assert "memory" in done.stderr and not done.stdout, (refused, done.stderr)
            assert "cannot be read" not in done.stderr and "Broken pipe" not in done.stderr
        assert failures > min(needed, 10) / 2
    finally:
        server.end()
