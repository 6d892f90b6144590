"""A few rounds of what `make soak` does for hours."""
import pathlib
import subprocess
import sys

import pytest

from helpers import PATIENCE
from processes import WITH_US

SOAK = pathlib.Path(__file__).with_name("soak.py")
ROUNDS = 12


@pytest.mark.timing
def test_a_short_soak():
    done = subprocess.run([*WITH_US, sys.executable, SOAK, "--rounds", str(ROUNDS), "--seed", "20"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          timeout=ROUNDS * PATIENCE)
    assert done.returncode == 0, done.stdout
    assert f"seed 20: {ROUNDS} rounds" in done.stdout and "one verdict each" in done.stdout
