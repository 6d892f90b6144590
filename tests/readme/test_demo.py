"""`make demo`: its verdicts, the README's excerpt of it, and that it removes all of its files and processes."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from pages import PAGES
from website import DUYETD, PATIENCE, REDIS_CLI, REDIS_SERVER, ROOT, wait_for



def run(scratch):
    env = {**os.environ, "BUILD": str(DUYETD.parent), "TMPDIR": str(scratch)}
    return subprocess.run([ROOT / "tests/demo/demo.sh"], env=env, capture_output=True, text=True,
                          timeout=PATIENCE)


def processes_of(scratch):
    """Processes that were started with a path in `scratch`."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it is gone by now
        if str(scratch) in words:
            found.append(words)
    return found


def test_every_verdict_is_the_expected_one_and_nothing_is_left(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    comments = [line for line in (ROOT / "tests/demo/comments.txt").read_text().splitlines()
                if not line.startswith("#")]
    assert len(re.findall(r"^c\d+: ", done.stdout, re.M)) == len(comments) >= 12
    for rule in ("min-length", "diacritics", "no-links"):
        assert re.search(rf"^  reject  .*{rule}", done.stdout, re.M)
    assert "HGETALL comments:rejected:" in done.stdout
    assert "approve\nrules\n\n" in done.stdout and "by\nlan\n" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []

    shown = re.search(r"```\n(c\d+: .*?)```", PAGES["README.md"], re.S).group(1)
    missing = set(shown.splitlines()) - set(done.stdout.splitlines())
    assert not missing, "the README shows what the demo does not print"


HOLD = """\
case "$*" in *" XADD comments:submitted * id c3 "*) read -r _ <"$HELD" ;; esac
"""


@pytest.fixture
def held(tmp_path):
    """A FIFO for which the demo waits at the third comment, and the environment that says so."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, program, before in ("redis-server", REDIS_SERVER, ""), ("redis-cli", REDIS_CLI, HOLD):
        (folder / name).write_text(f'#!/bin/sh\n{before}exec {shutil.which(program)} "$@"\n')
        (folder / name).chmod(0o755)
    os.mkfifo(tmp_path / "held")
    return tmp_path / "held", {"HELD": str(tmp_path / "held"), "REDIS_SERVER": str(folder / "redis-server")}


def open_when_read(fifo):
    """The writing end, once a reader waits."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


@pytest.mark.timing
def test_a_killed_demo_leaves_nothing(tmp_path, held):
    fifo, settings = held
    scratch = tmp_path / "t"  # short: a socket has at most 107 bytes
    scratch.mkdir()
    env = {**os.environ, "BUILD": str(DUYETD.parent), "TMPDIR": str(scratch), **settings}
    demo = subprocess.Popen([ROOT / "tests/demo/demo.sh"], env=env, stdout=subprocess.PIPE,
                            text=True)
    end = wait_for(lambda: open_when_read(fifo))
    demo.terminate()
    os.close(end)
    output, _ = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 130
    assert len(re.findall(r"^c\d+: ", output, re.M)) == 2
    assert list(scratch.iterdir()) == []
    assert processes_of(tmp_path) == []
