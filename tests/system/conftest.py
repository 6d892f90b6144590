"""A private Redis and a real daemon, for every test that asks.

    def test_something(redis, daemon):
        duyetd = daemon()                  # build/duyetd run …; more options as arguments
        entry = submit(redis, "c1", "…")   # from helpers
        assert verdict_of(redis, entry)["verdict"] == "approve"

Redis listens on a Unix socket in a directory of the test's own and nowhere else. What a test
starts is gone when it ends, whatever happened.
"""
import signal
import subprocess

import pytest
import redis as redis_py

from helpers import BUILD, ROOT, wait_for

RULES = """\
rules:
  - name: min-length
    kind: length
    at-least: 3
    unit: words
    message: "Bình luận cần tối thiểu {at-least} chữ, mới có {words} chữ."
  - name: no-links
    kind: links
    message: "Bình luận không được chứa liên kết."
  - name: gambling
    kind: banned
    phrases: [nhà cái]
    fields: [text, name]
    message: "Bình luận có nội dung bị cấm."
  - name: doubtful
    kind: banned
    action: hold
    phrases: [cần xem lại]
    message: "Bình luận đang chờ duyệt."
  - name: trial
    kind: banned
    action: watch
    phrases: [thử nghiệm]
    message: "Chỉ để xem."
"""


class Server:
    """A redis-server that can be stopped, killed, frozen and started again."""

    def __init__(self, directory, *options):
        self.socket = directory / "redis.sock"
        self.directory, self.options, self.process = directory, options, None

    @property
    def url(self):
        return f"unix://{self.socket}"

    def client(self, **options):
        return redis_py.Redis(unix_socket_path=str(self.socket), decode_responses=True, **options)

    def start(self, *options):
        self.socket.unlink(missing_ok=True)
        with open(self.directory / "redis.log", "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir",
                 str(self.directory), "--save", "", *self.options, *options],
                stdout=log, stderr=log)
        wait_for(self.answers)
        return self

    def answers(self):
        try:
            return self.client().ping()
        except redis_py.RedisError:
            return False

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()


class Daemon:
    """`duyetd run`, with its log in a file."""

    def __init__(self, log, *arguments, env=None):
        self.log = log
        with open(log, "ab") as file:
            self.process = subprocess.Popen([BUILD / "duyetd", "run", *map(str, arguments)],
                                            cwd=ROOT, stderr=file, env=env)

    def lines(self, *words):
        """Lines of the log that hold all of the words."""
        text = self.log.read_text(encoding="utf-8")
        return [line for line in text.splitlines() if all(word in line for word in words)]

    def wait_log(self, *words):
        return wait_for(lambda: self.lines(*words))

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=15):
        """TERM; the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def end(self):
        """By TERM, so that a sanitizer has its say; by force where that takes too long."""
        if self.process.poll() is not None:
            return
        self.signal(signal.SIGCONT)
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.end()


@pytest.fixture
def redis(server):
    """A client of the test's Redis, as the web tier has one."""
    return server.client()


@pytest.fixture
def rules(tmp_path):
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "10-test.yaml").write_text(RULES, encoding="utf-8")
    return directory


@pytest.fixture
def daemon(tmp_path, server, rules):
    """Starts a daemon on the test's Redis and rules, and waits until it reads."""
    daemons = []

    def start(*arguments, wait=True, env=None):
        log = tmp_path / f"duyetd-{len(daemons)}.log"
        daemons.append(Daemon(log, "--redis", server.url, "--rules", rules, *arguments, env=env))
        if wait:
            daemons[-1].wait_log("redis: reached")
        return daemons[-1]

    yield start
    for one in daemons:
        one.end()
    broken = [line for one in daemons for line in one.lines()
              if "Sanitizer" in line or "runtime error" in line]
    assert not broken, broken
