"""What is true for every test: the marks, and what a failure prints.

A failing test prints the command that runs it again, the state of the streams of each Redis that
runs, and the end of each log.
"""
import os
import pathlib
import shlex
import sys

import pytest
import redis as redis_py

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / "system"))

import processes  # noqa: E402 (found only now)

LINES, WIDTH, ENTRIES = 60, 240, 3  # printed of a log, of a line, of a stream
# The environment that changes how a test runs.
SETTINGS = ["BUILD", "REDIS_SERVER", "PATIENCE_FACTOR", "PAUSE_SEED", "DAEMON_WRAPPER", "FAULT_POINTS"]


def pytest_configure(config):
    config.addinivalue_line("markers", "timing: what happens in it depends on the order of events "
                                       "in several processes; `make test-stress` repeats it")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if not report.failed:
        return
    report.sections.append(("again", again(item)))
    servers = processes.RedisServer.running()
    for server in servers:
        report.sections.append((f"streams of {server.directory}", shortened(streams(server))))
    for log in logs(item, servers):
        report.sections.append((f"end of {log}", shortened(tail(log))))


def again(item):
    """The command that runs the test again; its seeds are constants of the test."""
    settings = [f"{name}={shlex.quote(os.environ[name])}" for name in SETTINGS if name in os.environ]
    return " ".join([*settings, sys.executable, "-m", "pytest", "-p", "no:cacheprovider",
                     shlex.quote(item.nodeid)])


def logs(item, servers):
    """Logs below the test's own directory, and those of servers that several tests share."""
    own = getattr(item, "funcargs", {}).get("tmp_path")
    found = sorted(own.rglob("*.log")) if own else []
    return found + [log for log in (server.directory / "redis.log" for server in servers)
                    if log not in found]


def tail(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:]
    except OSError as error:
        return [str(error)]


def shortened(lines):
    return "\n".join(line if len(line) <= WIDTH else line[:WIDTH] + " …" for line in lines)


def streams(server):
    """Each stream: its length, its groups with what is pending, its first entries."""
    lines = []
    try:
        client = server.client(socket_timeout=2)
        for db in client.info("keyspace"):
            one = server.client(socket_timeout=2, db=int(db[2:]), encoding_errors="replace")
            for key in sorted(one.scan_iter(_type="stream")):
                lines += [f"{db} {line}" for line in stream(one, key)]
    except redis_py.RedisError as error:  # it may be stopped, and then it does not reply
        lines.append(str(error))
    return lines


def stream(redis, key):
    yield f"{key}: XLEN {redis.xlen(key)}"
    for group in redis.xinfo_groups(key):
        yield f"  group {group['name']}: read up to {group['last-delivered-id']}, " \
              f"XPENDING {redis.xpending(key, group['name'])}"
    for entry, fields in redis.xrange(key, count=ENTRIES):
        yield f"  {entry} {fields}"
