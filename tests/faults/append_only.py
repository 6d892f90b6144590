"""An append-only file that ends in the middle of a transaction, as after a kill during a write."""
import os
import subprocess

from helpers import ROOT
from processes import Server

MULTI, EXEC = b"*1\r\n$5\r\nMULTI\r\n", b"*1\r\n$4\r\nEXEC\r\n"
STREAM, VERDICTS, GROUP = "comments:submitted", "comments:verdicts", "duyetd"
# A short settle.lua: publishes only if its own acknowledgement counts.
SETTLE = """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'entry', ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
return 1
"""


class AppendOnlyServer(Server):
    """Its file has each command before the command is answered."""

    def arguments(self):
        return [*super().arguments(), "--appendonly", "yes", "--appendfsync", "always"]

    @property
    def manifest(self):
        return self.directory / "appendonlydir" / "appendonly.aof.manifest"

    @property
    def file(self):
        """The last append-only file, which Redis adds to."""
        last = self.manifest.read_text(encoding="ascii").splitlines()[-1]
        return self.manifest.parent / last.split()[1]


def settle_pending(redis):
    """Settles what is pending; the number of verdicts that it published."""
    pending = redis.xreadgroup(GROUP, "me", {STREAM: "0"})[0][1]
    return sum(redis.eval(SETTLE, 2, STREAM, VERDICTS, GROUP, entry) for entry, _ in pending)


def entries(redis):
    """The entry of each verdict, in the order of the verdicts."""
    return [row["entry"] for _, row in redis.xrange(VERDICTS)]


def settle_one(server):
    """Submits an entry and settles it; its id."""
    redis = server.client()
    redis.xgroup_create(STREAM, GROUP, "0", mkstream=True)
    entry = redis.xadd(STREAM, {"id": "c1", "text": "x"})
    redis.xreadgroup(GROUP, "me", {STREAM: ">"})
    assert settle_pending(redis) == 1
    return entry


def tear(file, word=b"XDEL"):
    """Cuts the file in the middle of a word of its last transaction; returns the place of the
    transaction's MULTI."""
    content = file.read_bytes()
    multi = content.rindex(MULTI)
    os.truncate(file, content.index(word, multi) + len(word) // 2)
    return multi


def cut_open_multi(server, *settings, **options):
    """Runs the script that goes before a start of the server; what it says."""
    configuration = server.directory / "redis.conf"
    lines = [f"dir {server.directory}", "appendonly yes", *settings]
    configuration.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    done = subprocess.run([ROOT / "systemd/redis/cut-open-multi.sh", configuration], text=True,
                          capture_output=True, **options)
    assert not done.stdout and (not done.returncode or "failed" in done.stderr)
    return done.stderr
