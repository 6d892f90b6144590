"""What the README's commands find when they are pasted: Redis on a port of this machine, a
daemon with the shipped rules, and `redis-cli` and `duyetd` that reach them."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUYETD = ROOT / os.environ.get("BUILD", "build") / "duyetd"


def wait_for(what, ready, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = ready()
        except redis.RedisError:
            found = None
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A private Redis, and beside it a daemon once started."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.redis = redis.Redis("127.0.0.1", self.port, decode_responses=True)
        self.programs = []
        self.rules = scratch / "rules"
        shutil.copytree(ROOT / "rules", self.rules)
        self.env = {**os.environ, "REDIS_URL": self.url, "REDIS_HOST": "127.0.0.1",
                    "REDIS_PORT": str(self.port), "NODE_PATH": "/usr/share/nodejs",
                    "PATH": f"{self.make_bin()}:{os.environ['PATH']}"}

    def start_redis(self):
        self.start("redis", ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
                             "--save", "", "--dir", self.scratch])
        wait_for("Redis", self.redis.ping)

    def make_bin(self):
        """A redis-cli that knows this port, and a duyetd that finds these rules in /etc."""
        folder = self.scratch / "bin"
        folder.mkdir()
        (folder / "redis-cli").write_text(
            f'#!/bin/sh\nexec {shutil.which("redis-cli")} -p {self.port} "$@"\n')
        (folder / "duyetd").write_text(
            f'#!/bin/bash\nexec {DUYETD} "${{@//\\/etc\\/duyetd\\/rules/{self.rules}}}"\n')
        for program in folder.iterdir():
            program.chmod(0o755)
        return folder

    def start(self, name, command, **options):
        with open(self.scratch / f"{name}.log", "a") as log:
            self.programs.append(subprocess.Popen([str(word) for word in command], stdout=log,
                                                  stderr=log, **options))
        return self.programs[-1]

    def start_daemon(self, *options, env=None):
        return self.start("duyetd", [DUYETD, "run", "--redis", self.url, "--rules", self.rules,
                                     *options], env={**os.environ, **(env or {})})

    def daemon(self, *options):
        """A daemon that is ready."""
        self.start_daemon(*options)
        wait_for("the daemon", lambda: self.redis.xinfo_groups("comments:submitted"))

    def submit(self, comment_id, text, **fields):
        return self.redis.xadd("comments:submitted", {"id": comment_id, "text": text, **fields})

    def verdicts(self, comment_id):
        return [fields for _, fields in self.redis.xrange("comments:verdicts")
                if fields["id"] == comment_id]

    def verdict(self, comment_id, count=1):
        """The last verdict on a comment, once there are `count`."""
        return wait_for(f"verdict {count} on {comment_id}",
                        lambda: self.verdicts(comment_id)[count - 1:])[-1]

    def stop(self):
        for program in reversed(self.programs):
            program.terminate()
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
