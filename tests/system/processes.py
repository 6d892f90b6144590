"""The processes under test: a Redis server and a daemon, to be started, killed, frozen, ended."""
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import urllib.request

import redis as redis_py

from helpers import BUILD, PATIENCE, ROOT, wait_for
from random_pauses import RandomPauses

PAUSE_SEED = os.environ.get("PAUSE_SEED")
DAEMON_WRAPPER = shlex.split(os.environ.get("DAEMON_WRAPPER", ""))
REDIS_SERVER = os.environ.get("REDIS_SERVER") or "redis-server"  # or valkey-server, or a path
REDIS_CLI = REDIS_SERVER.removesuffix("-server") + "-cli"
# What a test starts ends with the test, also when the test is killed.
WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"]
CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP}
HOST = "127.0.0.1"


def state(pid):
    """As in proc(5): T is stopped, Z has ended and is not waited for yet; '' has ended."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[0]


def is_stopped(process):
    """Whether SIGSTOP has stopped the process."""
    return state(process.pid) == "T"


def is_running(pid):
    return state(pid) not in ("", "Z")


class Port:
    """A port that is ours until it is closed. The socket is bound, so the kernel gives the port to
    nobody else. It does not listen, so nobody answers there; a server that sets SO_REUSEADDR, as
    Redis does, can listen on it, and again after it was killed."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((HOST, 0))
        self.number = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


class RedisServer:
    """A Redis server; subclasses define how it is started and reached."""

    started = []  # by this process, ended ones too

    def __init__(self, directory, *options, env=None):
        self.directory, self.options, self.env, self.process = directory, options, env, None
        self.started.append(self)

    @classmethod
    def running(cls):
        return [one for one in cls.started if one.process and one.process.poll() is None]

    def launch(self, *options):
        """Starts it, and does not wait until it answers."""
        with open(self.directory / "redis.log", "ab") as log:
            self.process = subprocess.Popen(
                [*WITH_US, REDIS_SERVER, *self.arguments(), "--dir", self.directory, *self.options, *options],
                stdout=log, stderr=log, env=self.env)

    def start(self, *options):
        self.launch(*options)
        try:
            wait_for(self.answers)
        except BaseException:
            self.end()
            raise
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

    def freeze(self):
        """Stops it with SIGSTOP, and returns once it has stopped."""
        self.signal(signal.SIGSTOP)
        wait_for(lambda: is_stopped(self.process))

    def thaw(self):
        self.signal(signal.SIGCONT)

    def end(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()


class Server(RedisServer):
    """A Redis server by itself, on a Unix socket."""

    port = None

    @property
    def socket(self):
        return self.directory / "redis.sock"

    @property
    def url(self):
        return f"unix://{self.socket}"

    def client(self, **options):
        return redis_py.Redis(unix_socket_path=str(self.socket), decode_responses=True,
                              **{"socket_timeout": PATIENCE, **options})

    def arguments(self):
        return ["--port", "0", "--bind", HOST, "--unixsocket", self.socket, "--save", ""]

    def listen(self):
        """Listens on a TCP port of loopback too; returns the port, which stays reserved after a kill."""
        self.port = Port()
        self.client().config_set("port", self.port.number)
        return self.port.number

    def end(self):
        super().end()
        if self.port:
            self.port.close()


class Daemon:
    """`duyetd run`, with its log in a file; `wrapper` is a command that runs it (such as valgrind)."""

    def __init__(self, log, *arguments, env=None, wrapper=DAEMON_WRAPPER):
        self.log = log
        with open(log, "ab") as file:
            self.log_start = file.tell()
            self.process = subprocess.Popen([*WITH_US, *wrapper, BUILD / "duyetd", "run", *map(str, arguments)],
                                            cwd=ROOT, stderr=file, env=env)
        seed = f"{PAUSE_SEED} {log.name}"
        self.pauses = RandomPauses(self.process, seed) if PAUSE_SEED else None

    def lines(self, *words):
        """Lines of the log that contain all of the words."""
        text = self.log.read_text(encoding="utf-8")
        return [line for line in text.splitlines() if all(word in line for word in words)]

    def complaints(self):
        """The signal of a crash, if it has crashed, and the messages of a sanitizer, or of valgrind with -q."""
        status = self.process.poll() or 0
        crash = [f"{self.log.name}: {signal.Signals(-status).name}"] if -status in CRASHES else []
        return crash + [line for line in self.lines()
                        if line.startswith("==") or "Sanitizer" in line or "runtime error" in line]

    def wait_log(self, *words, count=1):
        """The lines that contain all of the words, once there are `count` of them."""
        return wait_for(lambda: self.lines(*words)[count - 1:] and self.lines(*words))

    def metrics_port(self):
        """The port that `--metrics HOST:0` took."""
        def listening():
            log = self.log.read_bytes()[self.log_start:].decode()
            return re.search(r"^metrics: listening .*port=(\d+)$", log, re.M)
        return int(wait_for(listening)[1])

    def metrics(self):
        """The text of /metrics."""
        url = f"http://127.0.0.1:{self.metrics_port()}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def signal(self, number):
        if self.pauses:
            self.pauses.test_signal(number)
        else:
            self.process.send_signal(number)

    def freeze(self):
        """Stops it with SIGSTOP, and returns once it has stopped."""
        self.signal(signal.SIGSTOP)
        wait_for(lambda: is_stopped(self.process))

    def thaw(self):
        self.signal(signal.SIGCONT)

    def memory(self):
        """Its memory in KiB; not meaningful when a sanitizer keeps freed memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0])

    def descriptors(self):
        """Files that it has open. It tells them itself (`--metrics 127.0.0.1:0`), since only root
        may look at those of a process that is not dumpable."""
        return int(re.search(r"^process_open_fds (\d+)$", self.metrics(), re.M)[1])

    @staticmethod
    def is_sanitized():
        binary = (BUILD / "duyetd").read_bytes()
        return b"__asan_init" in binary or b"__tsan_init" in binary

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def exit_code(self):
        """The exit code, once the daemon has ended by itself."""
        return self.process.wait(PATIENCE)

    def stop(self):
        """Sends TERM; returns the exit code."""
        self.signal(signal.SIGTERM)
        return self.exit_code()

    def end(self):
        """Ends it by TERM, so that a sanitizer can report; by KILL if that takes too long."""
        if self.process.poll() is not None:
            return
        self.signal(signal.SIGCONT)
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()


def end_all(daemons):
    """Fails if a daemon has crashed, or a sanitizer or valgrind has reported something."""
    for one in daemons:
        one.end()
    complaints = [line for one in daemons for line in one.complaints()]
    assert not complaints, complaints


class Daemons:
    """The daemons of one test, each with a log of its own."""

    def __init__(self, directory):
        self.directory, self.started = directory, []

    def start(self, *arguments, **options):
        log = self.directory / f"duyetd-{len(self.started)}.log"
        self.started.append(Daemon(log, *arguments, **options))
        return self.started[-1]

    def end(self):
        end_all(self.started)


class Systemd:
    """The socket of the service manager, and what a daemon says to it."""

    def __init__(self, directory):
        path = str(directory / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(PATIENCE)
        self.env = {**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"}

    def wait_message(self, word):
        """The next message that has the word in it."""
        while True:
            message = self.socket.recv(4096).decode()
            if word in message:
                return message
