"""The processes of the benchmarks: a private Redis, consumers, and their costs."""
import os
import pathlib
import signal
import subprocess
import time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"]  # it ends with the bench, however that ends
REDIS_SERVER = os.environ.get("REDIS_SERVER") or "redis-server"
FULL, SHORT = (os.environ.get(name, "") not in ("", "0") for name in ("FULL", "SHORT"))


def scale(short, normal, full):
    """A number of the benchmarks; SHORT=1 is for their test, whose figures say nothing."""
    return short if SHORT else full if FULL else normal


ROUNDS = scale(1, 11, 21)  # short and many, since disturbances of the machine come and go
ENTRIES = scale(2_000, 50_000, 100_000)


def title(text):
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def cpu(pid):
    """Seconds of CPU so far, of all its threads: by the clock that clock_getcpuclockid(3) names."""
    return time.clock_gettime(~pid << 3 | 2)


def memory(pid, what="VmHWM"):
    """MiB; VmHWM is the peak, VmRSS now."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.005)
    raise TimeoutError(f"{condition.__qualname__} was not true within {seconds} s")


def keep_to(pid, cores):
    """All threads of a process on these cores."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), cores)


class Redis:
    """A Redis server on a socket of its own, without persistence."""

    def __init__(self, directory):
        self.socket = directory / "redis.sock"
        with open(directory / "redis.log", "ab") as log:
            self.process = subprocess.Popen(
                [*WITH_US, REDIS_SERVER, "--port", "0", "--unixsocket", self.socket, "--dir", directory,
                 "--save", "", "--appendonly", "no", "--latency-tracking", "no"], stdout=log, stderr=log)
        self.client = redis.Redis(unix_socket_path=str(self.socket), decode_responses=True)
        wait_for(self.answers)

    def answers(self):
        try:
            return self.client.ping()
        except redis.RedisError:
            return False

    def load(self, prefix, *arguments):
        """Runs bench-load; returns what it prints, as numbers."""
        out = subprocess.run([BUILD / "bench/load", self.socket, prefix, *map(str, arguments)],
                             check=True, capture_output=True, text=True).stdout
        return [float(word) for word in out.split()]

    def fill(self, name, comments, count):
        """Fills a stream to copy from, and creates its group."""
        self.load(name, "fill", comments, count)
        self.client.xgroup_create(f"{name}:submitted", "duyetd", "0")

    def end(self):
        self.process.terminate()
        self.process.wait()


class Consumer:
    """A process that waits for comments under its own prefix until end()."""

    alive = []

    def __init__(self, server, name, command):
        self.server, self.name = server, name
        self.prefix = name.replace(" ", "-").replace(",", "")
        command = [str(word).replace("PREFIX", self.prefix) for word in command]
        start = time.monotonic()
        log = open(BUILD / "bench/consumers.log", "ab")
        self.process = subprocess.Popen([*WITH_US, *command], stderr=log, stdout=log, cwd=ROOT)
        log.close()
        Consumer.alive.append(self)
        wait_for(self.is_ready)
        self.start_seconds = time.monotonic() - start
        self.memory = memory(self.process.pid, "VmRSS")

    def key(self, name):
        return f"{self.prefix}:{name}"

    def is_ready(self):
        if self.process.poll() is not None:
            raise ChildProcessError(f"{self.name} did not start: see {BUILD}/bench/consumers.log")
        blocked = self.server.client.info("clients")["blocked_clients"]  # a daemon has two of them
        return self.server.client.exists(self.key("submitted")) and blocked >= len(Consumer.alive)

    def drain(self, source, count, patience=60):
        """Entries a second through a copy of `source`, CPU of Redis and of itself in cores."""
        client, pids = self.server.client, (self.server.process.pid, self.process.pid)
        client.copy(f"{source}:submitted", self.key("submitted"), replace=True)
        start, before = time.monotonic(), [cpu(pid) for pid in pids]
        wait_for(lambda: client.xlen(self.key("verdicts")) >= count, patience)
        seconds = time.monotonic() - start
        cores = [(cpu(pid) - ago) / seconds for pid, ago in zip(pids, before)]
        verdicts = client.xlen(self.key("verdicts"))
        if verdicts != count:
            raise AssertionError(f"{self.name}: {verdicts} verdicts of {count}")
        self.forget()
        return count / seconds, *cores

    def forget(self):
        """Deletes what a run has left in Redis."""
        client = self.server.client
        keys = [key for key in client.scan_iter(f"{self.prefix}:*", 10000)
                if key not in (self.key("submitted"), self.key("review"))]
        for i in range(0, len(keys), 1000):
            client.unlink(*keys[i:i + 1000])

    @staticmethod
    def end_all():
        for one in list(Consumer.alive):
            one.end()

    def end(self):
        Consumer.alive.remove(self)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def duyetd(server, rules, name, *options, binary=BUILD / "duyetd"):
    return Consumer(server, name, [binary, "run", "--redis", f"unix://{server.socket}", "--prefix",
                                   "PREFIX", "--rules", rules, "--log-level", "warning", *options])


def reference(server, mode, *depth):
    """A consumer that does not judge. The tables name it after its mode."""
    names = {"bare": "bare: XACK and XADD", "approve": "reference: approves unjudged",
             "tenth": "reference: rejects every tenth"}
    return Consumer(server, names[mode], [BUILD / "bench/reference", server.socket, "PREFIX", mode, *depth])


def cores_apart(server, consumers):
    """Redis on the last core, its consumers on the others. This script may run on any."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        keep_to(server.process.pid, cores[-1:])
        for one in consumers:
            keep_to(one.process.pid, cores[:-1])


def cores_shared(server, consumers):
    for process in (server.process, *(one.process for one in consumers)):
        keep_to(process.pid, os.sched_getaffinity(0))
