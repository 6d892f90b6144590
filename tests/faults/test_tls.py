"""rediss://, where the build has it: the server must be who it says, and be vouched for."""
import os
import subprocess

import pytest

from clusters import HOST, Node, free_ports
from fault_stage import PASSWORD
from helpers import (BUILD, GOOD, assert_one_each, submit, submit_many, verdict_of, wait_for,
                     wait_settled, wait_verdicts)
from processes import Daemon

HAS_TLS = b"redisInitiateSSL" in (BUILD / "duyetd").read_bytes()
needs_tls = pytest.mark.skipif(not HAS_TLS, reason="this hiredis has no TLS")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate that vouches for itself, for `localhost` alone."""
    directory = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                    directory / "key.pem", "-out", directory / "cert.pem"], check=True,
                   capture_output=True)
    return directory


@pytest.fixture
def node(tmp_path, authority):
    """A Redis that listens in the clear for the test, and with TLS for the daemon."""
    port, tls_port = free_ports(2)
    node = Node(tmp_path, port, "--tls-port", str(tls_port), "--tls-cert-file", authority / "cert.pem",
                "--tls-key-file", authority / "key.pem", "--tls-ca-cert-file", authority / "cert.pem",
                "--tls-auth-clients", "no").start()
    node.tls_port = tls_port
    node.client().acl_setuser("duyetd", enabled=True, passwords=[f"+{PASSWORD}"], commands=["+@all"],
                              keys=["*"])
    yield node
    node.end()


@pytest.fixture
def daemon(tmp_path, rules, node, authority):
    daemons = []
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")

    def start(host="localhost", trusted=authority / "cert.pem"):
        daemons.append(Daemon(
            tmp_path / f"duyetd-{len(daemons)}.log", "--redis", f"rediss://duyetd@{host}:{node.tls_port}",
            "--redis-password-file", tmp_path / "password", "--rules", rules, "--batch", 20,
            "--timeout", "1s", env={**os.environ, "SSL_CERT_FILE": str(trusted)}))
        return daemons[-1]

    yield start
    for one in daemons:
        one.end()
        assert not one.complaints() + one.lines(PASSWORD)


@needs_tls
def test_one_verdict_each(node, daemon):
    redis = node.client()
    entries = submit_many(redis, 5000)
    duyetd = daemon()
    wait_verdicts(redis, 500)
    redis.client_kill_filter(_type="normal", skipme=True)
    wait_settled(redis)
    assert_one_each(redis, entries)
    verdict_of(redis, submit(redis, "last", GOOD))
    assert duyetd.lines("redis: reached", "after=")
    assert duyetd.stop() == 0


@needs_tls
def test_a_server_that_nobody_vouches_for(daemon, tmp_path):
    (tmp_path / "none.pem").write_text("")
    duyetd = daemon(trusted=tmp_path / "none.pem")
    duyetd.wait_log("redis: not reached", "certificate verify failed")
    assert duyetd.stop() == 0


@needs_tls
def test_a_certificate_of_another_name(daemon):
    duyetd = daemon(host=HOST)
    duyetd.wait_log("redis: not reached", "certificate verify failed")
    assert duyetd.stop() == 0


@needs_tls
def test_a_server_without_tls(node, daemon):
    node.tls_port = node.port
    daemon().wait_log("redis: not reached")
    assert not node.client().exists("comments:submitted")


@needs_tls
def test_a_server_that_is_killed(node, daemon):
    duyetd = daemon()
    duyetd.wait_log("redis: reached")
    node.kill()
    duyetd.wait_log("redis: lost")
    node.start()
    node.client().acl_setuser("duyetd", enabled=True, passwords=[f"+{PASSWORD}"], commands=["+@all"],
                              keys=["*"])
    wait_for(lambda: duyetd.lines("redis: reached", "after="))


@pytest.mark.skipif(HAS_TLS, reason="this hiredis has TLS")
def test_without_tls_it_says_what_to_build_with():
    done = subprocess.run([BUILD / "duyetd", "run", "--redis", "rediss://localhost"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "hiredis_ssl" in done.stderr
