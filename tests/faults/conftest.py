"""A daemon that reaches a real Redis through a proxy that can fail at any command.

One Redis serves all tests of a module, since a test itself takes only a fraction of a second; it is
emptied before each. The daemon logs in as a user with a password, into database 1.
"""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

from processes import Daemons, Server  # noqa: E402
from proxy import Proxy  # noqa: E402
from fault_stage import CONSUMER, PASSWORD, RULES  # noqa: E402


@pytest.fixture
def rules(tmp_path_factory):
    directory = tmp_path_factory.mktemp("rules")
    (directory / "10-test.yaml").write_text(RULES, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("redis")).start()
    server.client().acl_setuser("duyetd", enabled=True, passwords=[f"+{PASSWORD}"],
                                commands=["+@all"], keys=["*"])
    yield server
    server.end()


@pytest.fixture
def redis(server):
    client = server.client(db=1)
    client.flushall()
    client.script_flush()
    return client


@pytest.fixture
def proxy(server):
    proxy = Proxy(server.socket)
    yield proxy
    proxy.close()


@pytest.fixture
def daemons(tmp_path):
    daemons = Daemons(tmp_path)
    yield daemons
    daemons.end()


@pytest.fixture
def daemon(tmp_path, proxy, rules, daemons):
    """Starts a daemon that reaches Redis through the proxy. Its time-outs do not pass unless the test sets
    shorter ones."""
    password = tmp_path / "password"
    password.write_text(PASSWORD, encoding="utf-8")

    def start(*arguments, consumer=CONSUMER, **options):
        return daemons.start(
            "--redis", f"redis://duyetd@127.0.0.1:{proxy.port}/1", "--redis-password-file", password,
            "--rules", rules, "--batch", 20, "--timeout", "10m", "--grace", "10m", "--claim-after", "100ms",
            "--max-deliveries", 1000, "--consumer", consumer, *arguments, **options)

    yield start
    daemons.end()
    for one in daemons.started:
        assert not one.lines(PASSWORD), "the log contains the password"
