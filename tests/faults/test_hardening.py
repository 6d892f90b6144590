"""What the daemon may do: all its work under the unit's filter, and little else by itself."""
import os
import pathlib
import resource
import shutil
import signal
import subprocess

import pytest

from fault_stage import PASSWORD, Stage
from helpers import BUILD, ROOT, wait_for
from processes import HOST, Daemon

UNDER_FILTER = pathlib.Path(__file__).with_name("under_filter.py")
UNIT = ROOT / "systemd" / "duyetd.service"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")


@needs_systemd
def test_all_its_work_under_the_units_filter(redis, proxy, daemon):
    """A call that the unit denies would kill it here: reading, settling, claiming, reviews, dead
    letters, a lost connection, metrics, a reload, a stop."""
    if Daemon.is_sanitized():
        pytest.skip("a leak sanitizer needs calls that the unit denies")
    stage = Stage(redis)
    hit = proxy.arm("settle", "cut after", skip=2)
    duyetd = daemon("--metrics", f"{HOST}:0", "--hold-for", "1s:reject", wrapper=[UNDER_FILTER, UNIT])
    hit.wait()
    wait_for(stage.is_clear)
    assert "duyetd_" in duyetd.metrics()
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded", "old=")
    stage.submit(100)
    wait_for(stage.is_clear)
    assert duyetd.stop() == 0


@needs_systemd
def test_the_filter_ends_a_program_with_a_denied_call():
    done = subprocess.run([UNDER_FILTER, UNIT, shutil.which("chroot") or "/usr/sbin/chroot", "/", "/bin/true"])
    assert done.returncode == -signal.SIGSYS


def status_of(duyetd):
    text = pathlib.Path(f"/proc/{duyetd.process.pid}/status").read_text(encoding="ascii")
    return dict(line.split(":\t") for line in text.splitlines() if ":\t" in line)


def test_privileges_are_dropped(redis, daemon):
    duyetd = daemon()
    duyetd.wait_log("redis: reached")
    status = status_of(duyetd)
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def leaves_core(process):
    """Whether the process leaves a core file when it ends by SIGQUIT without a limit on its size."""
    resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    process.send_signal(signal.SIGQUIT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGQUIT
    return os.WCOREDUMP(status)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may lift the limits")
def test_no_core_is_left(redis, daemon, tmp_path):
    if not leaves_core(subprocess.Popen(["sleep", "60"], cwd=tmp_path)):
        pytest.skip("nothing leaves a core here")
    duyetd = daemon()
    duyetd.wait_log("redis: reached")
    if not duyetd.is_sanitized():
        assert not leaves_core(duyetd.process)


def memory_of(process):
    """All of its writable memory, where the password may have been left."""
    with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps, \
         open(f"/proc/{process.pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, flags = line.split()[:2]
            first, last = (int(end, 16) for end in span.split("-"))
            if flags.startswith("rw") and "[v" not in line:
                memory.seek(first)
                try:
                    yield memory.read(last - first)
                except OSError:
                    pass


@pytest.mark.skipif(os.getuid() != 0, reason="only root may look into a process that is not dumpable")
def test_the_password_is_wiped(redis, proxy, daemon):
    """After it was sent, and sent again, no copy is left in memory, argv or environment."""
    stage = Stage(redis)
    duyetd = daemon()
    if duyetd.is_sanitized():
        pytest.skip("a sanitizer keeps copies of its own")
    for _ in range(3):
        hit = proxy.arm("settle", "cut")
        stage.submit(50)
        hit.wait()
    stage.wait_clear()
    stage.check()
    secret = PASSWORD.encode()
    places = [chunk for chunk in memory_of(duyetd.process)]
    assert any(str(BUILD).encode() in chunk or b"comments:submitted" in chunk for chunk in places)
    assert not any(secret in chunk for chunk in places)
    for name in ("cmdline", "environ"):
        assert secret not in pathlib.Path(f"/proc/{duyetd.process.pid}/{name}").read_bytes()
