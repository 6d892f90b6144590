"""A few seconds of what `make soak` does for hours."""
import pathlib
import subprocess
import sys

SOAK = pathlib.Path(__file__).with_name("soak.py")


def test_a_short_soak():
    done = subprocess.run([sys.executable, SOAK, "0.1", "20"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout
    assert "one verdict each" in done.stdout
