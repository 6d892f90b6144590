"""`make bench` runs all of its parts and ends with the table of aims. Its figures are not looked at."""
import os
import subprocess
import sys

import pytest

from helpers import BUILD, PATIENCE, ROOT

HERE = ROOT / "tests/bench"
sys.path.insert(0, str(HERE))

import aims  # noqa: E402 (found only now)
import bench  # noqa: E402
import profiler  # noqa: E402

# A short run builds no earlier revision, so "redis" and "own" have nothing to be compared with.
NOT_MEASURED_IN_SHORT = {"node", "hostile", "redis", "own"}


@pytest.fixture(name="said", scope="module")
def run_all_parts(tmp_path_factory):
    """What a short run of all parts prints. perf is there, but not allowed to record."""
    if not (BUILD / "bench/load").exists():
        pytest.skip("the benchmarks are not built here: make benches")
    programs = tmp_path_factory.mktemp("programs")
    perf = programs / "perf"
    perf.write_text("#!/bin/sh\necho 'perf: not permitted' >&2\nexit 1\n", encoding="utf-8")
    perf.chmod(0o755)
    environment = {**os.environ, "SHORT": "1", "ONLY": "", "PATH": f"{programs}:{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, HERE / "bench.py"], env=environment, capture_output=True, text=True,
                          timeout=10 * PATIENCE)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return done.stdout


def test_each_aim_has_its_figure(said):
    table = said.rpartition("\nAims\n")[2]
    for _, name, what, _, limit in aims.AIMS:
        line, = (line for line in table.splitlines() if line.startswith(what + " "))
        assert limit in line
        assert line.endswith("not measured") == (name in NOT_MEASURED_IN_SHORT), line


def test_80_columns_and_a_file(said):
    table = said.rpartition("\nAims\n")[2].partition("\n\n")[0]
    assert [line for line in table.splitlines() if len(line) > 80] == []
    assert (BUILD / "bench/results.txt").read_text(encoding="utf-8") == said


def test_profiles_without_perf(said):
    assert "No CPU profile of redis-server: perf record: perf: not permitted" in said
    assert "calls a comment" in said


def test_perf_is_not_installed(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    profiler.command("nothing", ["true"])
    assert "perf is not installed" in capsys.readouterr().out


def test_missed_aims_are_named(capsys):
    met = aims.Aims()
    met.set("tenth", 0.796)  # as it is printed: 0.80
    met.set("judged", 0.9649)
    met.set("p50", 1.004)
    met.set("p99", 2.01)
    assert met.missed("drain") == ["drain: 1,000 patterns, of rejects every tenth"]
    assert met.missed("everyday") == ["10,000/s: p99"]
    met.show(["tenth", "p99", "script"])
    said = [line.split()[-2:] for line in capsys.readouterr().out.splitlines()[1:]]
    assert said == [["NOT", "MET"], ["not", "measured"], ["0.80", "met"]]


def test_a_part_that_fails_does_not_stop_the_others(monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(bench, "PARTS", {"bad": lambda _: 1 / 0, "good": ran.append})
    assert bench.run("all", ["bad", "good"]) == ["bad"]
    assert ran == ["all"]
    assert "ZeroDivisionError" in capsys.readouterr().out
