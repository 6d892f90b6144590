"""Functions and fixtures for the tests of all commands except `duyetd run`."""
import json
import os
import pty
import select
import subprocess
import unicodedata

import pytest

from helpers import BUILD, PATIENCE

DUYETD = BUILD / "duyetd"

RULES = """\
rules:
  - name: min-length
    kind: length
    at-least: 3
    message: "Mới có {words} chữ."
  - name: gambling
    kind: banned
    phrases: [nhà cái]
    fields: [text, name]
    message: "Quảng cáo."
  - name: trial
    kind: banned
    action: watch
    phrases: [thử nghiệm]
    message: "Chỉ xem."
"""


def run(*arguments, stdin="", **environment):
    return subprocess.run([DUYETD, *map(str, arguments)], input=stdin, capture_output=True,
                          text=True, env={**os.environ, **environment}, timeout=PATIENCE)


@pytest.fixture
def rules(tmp_path):
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "rules.yaml").write_text(RULES)
    return directory


def judge(rules, *comments):
    lines = "\n".join(json.dumps(c, ensure_ascii=False) for c in comments)
    done = run("judge", "--rules", rules, stdin=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def columns(line):
    """How many columns of a terminal the line takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


CONDITIONS = """\
rules:
  - name: no-links
    kind: links
    unless: {role: staff}
    message: "Không liên kết."
  - name: sports
    kind: banned
    phrases: [tỷ số]
    only: {section: "/the-thao/*"}
    message: "Không nói tỷ số."
"""


@pytest.fixture
def conditions(tmp_path):
    directory = tmp_path / "conditions"
    directory.mkdir()
    (directory / "rules.yaml").write_text(CONDITIONS)
    return directory


@pytest.fixture
def terminal():
    """Both ends of a pseudo-terminal. The test keeps the program's end open too: once that is
    closed, what was written last can no longer be read."""
    try:
        ends = pty.openpty()
    except OSError:
        pytest.skip("no /dev/pts here")
    yield ends
    for end in ends:
        os.close(end)


def read_all(file):
    """What can be read without waiting."""
    read = b""
    while select.select([file], [], [], 0)[0]:
        read += os.read(file, 65536)
    return read
