"""Redis killed while it writes a transaction to the append-only file.

At the next start Redis cuts the file after the last complete command of the transaction, not before its
MULTI, and does not apply it. Later commands then become part of it: at the second start both are
applied, and an entry that was settled in each has two verdicts.
Here the file is truncated by hand, so that it happens every time.
"""
import subprocess

import pytest

from append_only import AppendOnlyServer, cut_open_multi, entries, settle_one, settle_pending, tear
from helpers import wait_for


@pytest.fixture
def torn(tmp_path):
    """A server that was killed in the middle of a transaction, and the entry it settled."""
    server = AppendOnlyServer(tmp_path).start()
    entry = settle_one(server)
    server.kill()
    tear(server.file)
    yield server, entry
    server.end()


def settle_again(server):
    """The half transaction was not applied, so its entry is pending still."""
    redis = server.client()
    assert entries(redis) == []
    assert settle_pending(redis) == 1


def kill_and_start(server):
    server.kill()
    return server.start().client()


def test_second_start_gives_two_verdicts(torn):
    server, entry = torn
    server.start()
    settle_again(server)
    assert entries(kill_and_start(server)) == [entry, entry]


def test_check_aof_before_first_start_prevents_it(torn):
    server, entry = torn
    fixed = subprocess.run(["redis-check-aof", "--fix", server.manifest], input="y\n", text=True,
                           capture_output=True)
    assert "Successfully truncated AOF" in fixed.stdout
    server.start()
    settle_again(server)
    assert entries(kill_and_start(server)) == [entry]


@pytest.mark.parametrize("word", [b"XACK", b"XADD", b"XDEL", b"EXEC"])
def test_script_before_first_start_prevents_it(tmp_path, word):
    server = AppendOnlyServer(tmp_path).start()
    try:
        entry = settle_one(server)
        server.kill()
        tear(server.file, word)
        assert " cut " in cut_open_multi(server)
        server.start()
        settle_again(server)
        assert entries(kill_and_start(server)) == [entry]
    finally:
        server.end()


def rewrite(redis):
    redis.bgrewriteaof()

    def ended():
        state = redis.info("persistence")
        return not state["aof_rewrite_in_progress"] and state["aof_last_rewrite_time_sec"] >= 0

    wait_for(ended)
    assert redis.info("persistence")["aof_last_bgrewrite_status"] == "ok"


def test_rewrite_after_first_start_prevents_it(torn):
    server, entry = torn
    server.start()
    rewrite(server.client())
    settle_again(server)
    assert entries(kill_and_start(server)) == [entry]


def test_rewrite_after_settling_again_prevents_it(torn):
    """A rewrite leaves the verdict only once in the new file."""
    server, entry = torn
    server.start()
    settle_again(server)
    rewrite(server.client())
    assert entries(kill_and_start(server)) == [entry]
