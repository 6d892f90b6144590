"""What a failing test prints: tests/conftest.py."""
import os
import subprocess
import sys

from helpers import PATIENCE, ROOT

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
         tmp_path / "tmp", tmp_path], env={**os.environ, "PYTHONPATH": paths, "SLOW_SEED": "7"},
        stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert done.returncode == 1, done.stdout
    for words in ("SLOW_SEED=7", "test_made_to_fail.py::test_it", "comments:submitted: XLEN 1",
                  "group duyetd: read up to", "{'id': 'c2'", "comments:verdicts: XLEN 1",
                  "duyetd: started", "Server initialized"):
        assert words in done.stdout, words
