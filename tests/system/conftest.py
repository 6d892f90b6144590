"""A private Redis and a real daemon, for every test that asks.

    def test_something(redis, daemon):
        duyetd = daemon()                  # build/duyetd run …; more options as arguments
        entry = submit(redis, "c1", "…")   # from helpers
        assert verdict_of(redis, entry)["verdict"] == "approve"

Redis listens on a Unix socket in a directory of the test's own and nowhere else. What a test
starts ends with it, also after a failure.
"""
import pytest

from helpers import RULES
from processes import Daemons, Server
from proxy import Proxy


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.end()


@pytest.fixture
def proxy(server):
    """Between a daemon and Redis, for tests that hold an answer back (`daemon(proxy=proxy)`)."""
    proxy = Proxy(server.socket)
    yield proxy
    proxy.close()


@pytest.fixture
def redis(server):
    """A client of the test's Redis, as the web tier has one."""
    return server.client()


@pytest.fixture
def rules(tmp_path):
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "10-test.yaml").write_text(RULES, encoding="utf-8")
    return directory


@pytest.fixture
def daemons(tmp_path):
    daemons = Daemons(tmp_path)
    yield daemons
    daemons.end()


@pytest.fixture
def daemon(server, rules, daemons):
    """Starts a daemon on the test's Redis and rules, and waits until it reads. The daemon waits for
    Redis as long as necessary: a test that needs a time-out sets it."""
    def start(*arguments, wait=True, env=None, proxy=None):
        url = proxy.url if proxy else server.url
        daemon = daemons.start("--redis", url, "--rules", rules, "--timeout", "10m",
                               "--grace", "10m", *arguments, env=env)
        if wait:
            daemon.wait_log("redis: reached")
        return daemon

    return start
