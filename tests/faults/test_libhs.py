"""A libhs that loses matches, as on some CPUs: its functions are replaced by some that find nothing."""
import ctypes
import json
import os
import subprocess

import pytest

from helpers import BUILD, PATIENCE
from processes import Daemon

COMMENT = json.dumps({"id": "c1", "text": "nơi này có nhà cái uy tín"})
RULES = """\
rules:
  - name: gambling
    kind: banned
    phrases: [nhà cái uy tín]
    message: "Quảng cáo."
"""


@pytest.fixture
def directory(tmp_path):
    if Daemon.is_sanitized():
        pytest.skip("the sanitizer's library must be loaded first")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def duyetd(directory, functions, command, stdin=""):
    """One command, whose `functions` of libhs find nothing."""
    library = directory / "lost.so"
    source = "".join(f"int {name}(void) {{ return 0; }}\n" for name in functions)
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=source, text=True, check=True)
    return subprocess.run([BUILD / "duyetd", command, "--rules", directory], input=stdin, text=True,
                          capture_output=True, timeout=PATIENCE, env={**os.environ, "LD_PRELOAD": str(library)})


def test_the_code_for_older_CPUs_finds_what_hs_scan_loses(directory):
    if not hasattr(ctypes.CDLL("libhs.so.5"), "corei7_hs_scan"):
        pytest.skip("this libhs has one hs_scan() for all CPUs")
    done = duyetd(directory, ["hs_scan"], "judge", COMMENT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "reject"


@pytest.mark.parametrize("command", ["check", "judge"])
def test_without_a_function_that_finds_all_no_rules_load(directory, command):
    done = duyetd(directory, ["hs_scan", "corei7_hs_scan"], command, COMMENT)
    assert "libhs loses matches on this CPU: expected Hyperscan" in done.stdout + done.stderr
    assert done.returncode == 1
    assert "approve" not in done.stdout
