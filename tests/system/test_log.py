"""The log never holds up the work: a reader of stderr that stops reading costs lines, nothing else."""
import fcntl
import os
import re
import signal
import socket
import subprocess
import urllib.request

import pytest

from helpers import BUILD, GOOD, PATIENCE, ROOT, submit, verdict_of, wait_for
from processes import WITH_US

PIPE_SIZE = 4096


def full_pipe():
    """Both ends of a pipe without room for another line."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    fill(writer)
    return reader, writer


def full_socket():
    reader, writer = (end.detach() for end in socket.socketpair())
    fill(writer)
    return reader, writer


def fill(writer):
    os.set_blocking(writer, False)
    for size in (1024, 1):
        try:
            while True:
                os.write(writer, b"x" * size)
        except BlockingIOError:
            pass
    os.set_blocking(writer, True)


def read_all(reader):
    """What is in it now."""
    os.set_blocking(reader, False)
    got = b""
    try:
        while chunk := os.read(reader, 65536):
            got += chunk
    except BlockingIOError:
        pass
    return got.decode()


@pytest.mark.parametrize("make", [full_pipe, full_socket])
def test_a_log_that_nobody_reads(server, redis, rules, make):
    reader, writer = make()
    duyetd = subprocess.Popen([*WITH_US, BUILD / "duyetd", "run", "--redis", server.url, "--rules", rules],
                              cwd=ROOT, stderr=writer)
    os.close(writer)
    try:
        verdict_of(redis, submit(redis, "c1", GOOD))
        read_all(reader)
        duyetd.send_signal(signal.SIGHUP)
        log = ""

        def has_reported():
            nonlocal log
            log += read_all(reader)
            return "log: lost lines=" in log and "rules: loaded" in log

        wait_for(has_reported)
        lines = log.splitlines()
        report = next(i for i, line in enumerate(lines) if line.startswith("log: lost lines="))
        assert int(lines[report].split("=")[1].split()[0]) >= 2, "of the lines: started, rules loaded, reached"
        assert lines[report].endswith("level=warning")
        duyetd.terminate()
        assert duyetd.wait(PATIENCE) == 0
    finally:
        duyetd.kill()
        duyetd.wait()
        os.close(reader)


def start_by_shell(command, server, rules):
    """Starts the daemon by a shell. `command` makes its changes and then runs "$@", the daemon."""
    return subprocess.Popen([*WITH_US, "sh", "-c", command, "sh", BUILD / "duyetd", "run", "--redis", server.url,
                             "--rules", rules], cwd=ROOT)


def test_standard_descriptors_are_closed(server, redis, rules):
    """They become /dev/null, so that no file that is opened later is used as the log."""
    duyetd = start_by_shell('exec "$@" 0<&- 1>&- 2>&-', server, rules)
    try:
        verdict_of(redis, submit(redis, "c1", GOOD))
        if os.getuid() == 0:  # only root may look
            files = [os.readlink(f"/proc/{duyetd.pid}/fd/{fd}") for fd in range(3)]
            assert files == ["/dev/null"] * 3
        duyetd.terminate()
        assert duyetd.wait(PATIENCE) == 0
    finally:
        duyetd.kill()
        duyetd.wait()


def test_a_log_file_at_its_limit(server, redis, rules, tmp_path):
    """At the limit RLIMIT_FSIZE the log loses lines, and the daemon works on."""
    duyetd = start_by_shell(f'ulimit -f 1; exec "$@" --log-level debug 2>{tmp_path}/log', server, rules)
    try:
        for i in range(50):
            verdict_of(redis, submit(redis, f"c{i}", GOOD))
            redis.xadd("comments:review", {"id": f"c{i}", "verdict": "reject", "by": "lan"})
        wait_for(lambda: redis.xlen("comments:reviewed") == 50)
        assert (tmp_path / "log").stat().st_size <= 1024
        duyetd.terminate()
        assert duyetd.wait(PATIENCE) == 0
    finally:
        duyetd.kill()
        duyetd.wait()


def test_lost_lines_are_counted(server, redis, rules):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    duyetd = subprocess.Popen([*WITH_US, BUILD / "duyetd", "run", "--redis", server.url, "--rules", rules,
                               "--metrics", "127.0.0.1:0"], cwd=ROOT, stderr=writer)
    try:
        log = ""

        def port():
            nonlocal log
            log += read_all(reader)
            return re.search(r"^metrics: listening .*port=(\d+)$", log, re.M)

        url = f"http://127.0.0.1:{wait_for(port)[1]}/metrics"

        def lost():
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return int(re.search(r"^duyetd_log_lines_lost_total (\d+)$", answer.read().decode(), re.M)[1])

        assert lost() == 0
        fill(writer)
        duyetd.send_signal(signal.SIGHUP)
        wait_for(lost)
    finally:
        duyetd.kill()
        duyetd.wait()
        os.close(reader)
        os.close(writer)
