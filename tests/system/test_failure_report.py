"""What makes a test fail, what it prints then (tests/conftest.py), and that a killed test leaves no process."""
import os
import signal
import subprocess
import sys

import pytest

from helpers import PATIENCE, ROOT, wait_for
from processes import Daemons, is_running

FAILING = '''
import pytest
from helpers import GOOD, RULES, submit, wait_verdicts
from processes import Daemon, Server

@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.end()

def test_it(tmp_path, server):
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    daemon = Daemon(tmp_path / "duyetd-0.log", "--redis", server.url, "--rules", tmp_path)
    try:
        submit(server.client(), "c1", GOOD)
        wait_verdicts(server.client(), 1)
    finally:
        daemon.kill()
    submit(server.client(), "c2", GOOD)
    assert server is None
'''


def test_a_failure_prints_the_logs_the_streams_and_its_command(tmp_path):
    (tmp_path / "test_made_to_fail.py").write_text(FAILING, encoding="utf-8")
    paths = f"{ROOT / 'tests'}:{ROOT / 'tests' / 'system'}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "--basetemp",
         tmp_path / "tmp", tmp_path], env={**os.environ, "PYTHONPATH": paths, "PAUSE_SEED": "7"},
        stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert done.returncode == 1, done.stdout
    for words in ("PAUSE_SEED=7", "test_made_to_fail.py::test_it", "comments:submitted: XLEN 1",
                  "group duyetd: read up to", "{'id': 'c2'", "comments:verdicts: XLEN 1",
                  "duyetd: started", "Server initialized"):
        assert words in done.stdout, words


def test_a_condition_that_does_not_become_true_is_named():
    seen, wanted = ["c1"], 2
    with pytest.raises(AssertionError) as failure:
        wait_for(lambda: len(seen) >= wanted, 0)
    assert "not true within 0 s, last result False: wait_for(lambda: len(seen) >= wanted, 0); " \
        "seen = ['c1']; wanted = 2" in str(failure.value)
    with pytest.raises(AssertionError, match="last result '': <built-in method strip of str"):
        wait_for("".strip, 0)


def test_a_daemon_that_crashes_fails_the_test(tmp_path, server, rules):
    """Also after all that the test waits for."""
    daemons = Daemons(tmp_path)
    daemon = daemons.start("--redis", server.url, "--rules", rules)
    daemon.wait_log("redis: reached")
    daemon.signal(signal.SIGABRT)
    daemon.exit_code()
    with pytest.raises(AssertionError, match="duyetd-0.log: SIGABRT"):
        daemons.end()


STARTS = '''
import pathlib, sys
from processes import Daemon, Server
server = Server(pathlib.Path.cwd()).start()
daemon = Daemon(pathlib.Path("duyetd.log"), "--redis", server.url, "--rules", sys.argv[1])
daemon.wait_log("redis: reached")
print(server.process.pid, daemon.process.pid, flush=True)
sys.stdin.read()
'''


def test_what_a_killed_test_started_ends_too(tmp_path, rules):
    test = subprocess.Popen([sys.executable, "-c", STARTS, rules], cwd=tmp_path, stdin=subprocess.PIPE,
                            env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "system")},
                            stdout=subprocess.PIPE, text=True)
    started = [int(pid) for pid in test.stdout.readline().split()]
    assert len(started) == 2 and all(map(is_running, started))
    test.kill()
    test.communicate()
    wait_for(lambda: not any(map(is_running, started)))
