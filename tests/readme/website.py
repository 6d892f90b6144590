"""What the commands of the README pages find when they are pasted: Redis on a port of this machine, a
daemon with the shipped rules, and `redis-cli` and `duyetd` that reach them."""
import os
import pathlib
import shutil
import sys
from shlex import quote

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "system"))
from helpers import BUILD, PATIENCE, wait_for  # noqa: E402 (found only now)
from processes import REDIS_CLI, REDIS_SERVER, Daemon, end_all  # noqa: E402

DUYETD = BUILD / "duyetd"
HONEST = "Bài viết rất hay, cảm ơn tác giả đã phân tích rõ ràng từng số liệu."
SHORT = "Hay quá!"


class Site:
    """A private Redis and the daemons that were started."""

    def __init__(self, scratch, server):
        self.scratch, self.server = scratch, server
        self.port = server.listen()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.redis = server.client()
        self.daemons = []
        self.rules = scratch / "rules"
        shutil.copytree(ROOT / "rules", self.rules)
        self.env = {**os.environ, "REDIS_URL": self.url, "REDIS_HOST": "127.0.0.1",
                    "REDIS_PORT": str(self.port), "NODE_PATH": "/usr/share/nodejs",
                    "PATH": f"{self.make_bin()}:{os.environ['PATH']}"}

    def make_bin(self):
        """A redis-cli that uses this port, and a duyetd that uses these rules for /etc/duyetd/rules."""
        folder = self.scratch / "bin"
        folder.mkdir()
        (folder / "redis-cli").write_text(
            f'#!/bin/sh\nexec {quote(shutil.which(REDIS_CLI))} -p {self.port} "$@"\n')
        (folder / "duyetd").write_text(
            f'#!/bin/bash\nexec {quote(str(DUYETD))} "${{@//\\/etc\\/duyetd\\/rules/{self.rules}}}"\n')
        for program in folder.iterdir():
            program.chmod(0o755)
        return folder

    def daemon(self, *options, env=None):
        """Starts a daemon, and waits until it has reached Redis. If an option is given twice, the last one counts.
        The daemon waits for Redis as long as necessary."""
        log = self.scratch / f"duyetd-{len(self.daemons)}.log"
        self.daemons.append(Daemon(log, "--redis", self.url, "--rules", self.rules, "--timeout", "10m",
                                   "--grace", "10m", *options, env={**os.environ, **(env or {})}))
        self.daemons[-1].wait_log("redis: reached")
        return self.daemons[-1]

    @property
    def log(self):
        """The text of all logs."""
        return "".join(daemon.log.read_text() for daemon in self.daemons)

    def submit(self, comment_id, text, **fields):
        return self.redis.xadd("comments:submitted", {"id": comment_id, "text": text, **fields})

    def verdicts(self, comment_id):
        return [fields for _, fields in self.redis.xrange("comments:verdicts")
                if fields["id"] == comment_id]

    def verdict(self, comment_id, count=1):
        """The last verdict on a comment, once there are `count`."""
        return wait_for(lambda: self.verdicts(comment_id)[count - 1:])[-1]

    def end(self):
        end_all(self.daemons)
