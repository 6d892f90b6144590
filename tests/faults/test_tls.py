"""rediss://, if the build has it: the server's certificate must be for its name and be trusted."""
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing

import pytest

from clusters import Link, Node
from fault_stage import CONSUMER, GROUP, PASSWORD, Stage
from helpers import (BUILD, GOOD, PATIENCE, assert_one_each, submit, submit_many, verdict_of, verdicts,
                     wait_for, wait_settled, wait_verdicts)
from processes import DAEMON_WRAPPER, HOST, Daemon, Port
from test_memory import NEVER, Memory
from test_hardening import UNDER_FILTER, UNIT, memory_of

pytestmark = pytest.mark.timing

HAS_TLS = b"redisInitiateSSL" in (BUILD / "duyetd").read_bytes()
needs_tls = pytest.mark.skipif(not HAS_TLS, reason="this hiredis has no TLS")
LONG = 60_000  # bytes, close to what a text may have: three TLS records of 16 KiB and a part of one


def certify(directory, *names, subject="localhost"):
    """A self-signed certificate for these names only."""
    directory.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    f"/CN={subject}", "-addext", f"subjectAltName={','.join(names)}", "-keyout",
                    directory / "key.pem", "-out", directory / "cert.pem"], check=True, capture_output=True)
    return directory


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return certify(tmp_path_factory.mktemp("tls") / "localhost", "DNS:localhost")


def speaks_tls(port, authority):
    """Options with which a server listens with TLS, and uses TLS to others."""
    return {"tls-port": port, "tls-cert-file": authority / "cert.pem", "tls-key-file": authority / "key.pem",
            "tls-ca-cert-file": authority / "cert.pem", "tls-auth-clients": "no", "tls-replication": "yes"}


class TlsNode(Node):
    """A Redis that listens in the clear for the test, and with TLS for the daemon."""

    def __init__(self, directory, authority):
        super().__init__(directory)
        self.tls_port = self.reserve()
        options = speaks_tls(self.tls_port, authority).items()
        self.options = [word for name, value in options for word in (f"--{name}", str(value))]

    def start(self, *options):
        super().start(*options)
        self.client().acl_setuser("duyetd", enabled=True, passwords=[f"+{PASSWORD}"], commands=["+@all"],
                                  keys=["*"])
        return self


@pytest.fixture
def serve(tmp_path, authority):
    nodes = []

    def start(of=authority):
        nodes.append(TlsNode(tmp_path, of).start())
        return nodes[-1]

    yield start
    for node in nodes:
        node.end()


@pytest.fixture
def node(serve):
    return serve()


@pytest.fixture
def daemon(tmp_path, rules, authority, daemons):
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")

    def start(port, *arguments, host="localhost", trusted=authority, url=None, wrapper=DAEMON_WRAPPER,
              env=os.environ):
        return daemons.start(
            "--redis", url or f"rediss://duyetd@{host}:{port}",
            "--redis-password-file", tmp_path / "password", "--rules", rules, "--batch", 20,
            "--timeout", "10m", "--grace", "10m", "--claim-after", "100ms", *arguments,
            env={**env, "SSL_CERT_FILE": str(trusted / "cert.pem")}, wrapper=wrapper)

    yield start
    daemons.end()
    assert not [line for one in daemons.started for line in one.lines(PASSWORD)]


class Line(Link):
    """One that carries a few bytes at a time, with a pause after each piece."""

    def __init__(self, port, piece, pause=0):
        self.piece, self.pause, self.longest_pause = piece, pause, 0
        super().__init__(port)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)  # accepted sockets inherit it

    def carry(self, one, other):
        other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := one.recv(self.piece):
            other.sendall(data)
            began = time.monotonic()
            time.sleep(self.pause)
            self.longest_pause = max(self.longest_pause, time.monotonic() - began)


@pytest.fixture
def line():
    lines = []

    def open_line(*arguments):
        lines.append(Line(*arguments))
        return lines[-1]

    yield open_line
    for one in lines:
        one.close()


def kill_clients_during_work(redis, duyetd, first):
    """Adds entries, so that there is work left at any speed of the machine; returns them."""
    duyetd.freeze()
    entries = submit_many(redis, 500, first=first)
    redis.client_kill_filter(_type="normal", skipme=True)
    duyetd.thaw()
    return entries


def words(size):
    return (GOOD + ". ") * (size // len((GOOD + ". ").encode()))


@needs_tls
def test_each_entry_has_one_verdict(node, daemon):
    redis = node.client()
    entries = submit_many(redis, 1000)
    duyetd = daemon(node.tls_port)
    wait_verdicts(redis, 500)
    entries += kill_clients_during_work(redis, duyetd, first=1000)
    wait_settled(redis)
    assert_one_each(redis, entries)
    verdict_of(redis, submit(redis, "last", GOOD))
    assert duyetd.lines("redis: reached", "after=")
    assert duyetd.stop() == 0


@needs_tls
def test_answers_of_many_records(node, daemon):
    """Bytes that OpenSSL has read from the socket and that are not processed yet must not wait."""
    redis = node.client()
    entries = [submit(redis, f"c{i}", words(size)) for i in range(100) for size in (16_000, 16_384, LONG)]
    duyetd = daemon(node.tls_port, "--batch", 200)
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert not duyetd.lines("redis: lost")
    assert duyetd.stop() == 0


@needs_tls
@pytest.mark.parametrize("piece", [1, 7, 1448])
def test_records_in_pieces(node, daemon, line, piece):
    redis = node.client()
    entries = submit_many(redis, 100)
    duyetd = daemon(line(node.tls_port, piece).port)
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert not duyetd.lines("redis: lost")
    assert duyetd.stop() == 0


@needs_tls
def test_a_slow_connection_is_not_given_up(node, daemon, line):
    """A reply takes longer to arrive than the time limit for its first byte: as long as bytes arrive,
    the daemon waits. It is the reply to XCLAIM with all pending entries, 12 MB in 184 pieces or more."""
    redis = node.client()
    redis.xgroup_create("comments:submitted", GROUP, "0", mkstream=True)
    entries = [submit(redis, f"c{i}", words(LONG), more="x" * LONG) for i in range(100)]
    redis.xreadgroup(GROUP, CONSUMER, {"comments:submitted": ">"})
    slow = line(node.tls_port, 1 << 16, 0.03)
    duyetd = daemon(slow.port, "--timeout", "4s", "--consumer", CONSUMER)
    wait_settled(redis)
    assert_one_each(redis, entries)
    assert not duyetd.lines("redis: lost") or slow.longest_pause > 2


@needs_tls
def test_stop_during_work(node, daemon):
    redis = node.client()
    entries = submit_many(redis, 1000)
    duyetd = daemon(node.tls_port)
    wait_verdicts(redis, 500)
    duyetd.freeze()
    entries += submit_many(redis, 1000, first=1000)
    duyetd.signal(signal.SIGTERM)
    duyetd.thaw()  # the signal is waiting
    assert duyetd.exit_code() == 0
    assert redis.xlen("comments:submitted")
    assert not redis.xpending("comments:submitted", "duyetd")["pending"]
    daemon(node.tls_port)
    wait_settled(redis)
    assert_one_each(redis, entries)


@needs_tls
def test_stop_while_connecting(daemon):
    """The server accepts the connection and sends nothing; the daemon can be stopped."""
    with socket.create_server((HOST, 0)) as silent:
        duyetd = daemon(silent.getsockname()[1])
        duyetd.wait_log("rules: loaded")
        silent.accept()
        assert duyetd.stop() == 0


@needs_tls
def test_openssl_is_set_up_before_it_is_used(node, daemon, tmp_path):
    """If memory ran out while OpenSSL sets itself up at its first use, OpenSSL would wait for itself without
    end. Here the first host names cannot be looked up, so TLS is not used at the start."""
    memory = Memory(tmp_path, only="libcrypto")
    names = f"{'x' * 64}:1,{'y' * 64}:1,localhost:{node.tls_port}"
    duyetd = daemon(0, url=f"rediss://duyetd@{names}", env=memory.env)
    duyetd.wait_log("redis: not reached")
    assert memory.count() > 0
    memory.refuse(1, 5)
    duyetd.wait_log("redis: reached")


@needs_tls
def test_out_of_memory_for_a_moment(node, daemon, tmp_path):
    """Allocations fail during a TLS connection, as in test_memory.py without TLS."""
    memory, stage = Memory(tmp_path), Stage(node.client(), new=10, orphaned=0)

    def start():
        return daemon(node.tls_port, "--max-deliveries", 1000, "--timeout", "5s", env=memory.env)

    duyetd = start()
    stage.wait_clear()
    for first in range(1, 100, 9):
        memory.refuse(first, NEVER)
        stage.submit(10)
        wait_for(lambda: memory.count() >= first + 5 or duyetd.process.poll() is not None)
        memory.refuse(NEVER, NEVER)
        wait_for(lambda: stage.is_clear() or duyetd.process.poll() is not None)
        if duyetd.process.poll() is not None:
            duyetd = start()
            stage.wait_clear()
    stage.check()


@needs_tls
def test_a_server_that_never_replies(daemon):
    with socket.create_server((HOST, 0)) as silent:
        duyetd = daemon(silent.getsockname()[1], "--timeout", "1s")
        duyetd.wait_log("redis: not reached", "no TLS reply for 1000 ms")


REFUSED = "redis: not reached", "certificate verify failed"


@needs_tls
def test_a_certificate_of_an_unknown_authority(node, daemon, tmp_path):
    other = certify(tmp_path / "other", "DNS:localhost", subject="other")
    duyetd = daemon(node.tls_port, trusted=other)
    duyetd.wait_log(*REFUSED, "self-signed certificate")
    assert duyetd.stop() == 0


@needs_tls
@pytest.mark.parametrize("certificates, why", [("no certificate", ""), (None, ": No such file or directory")])
def test_a_file_of_authorities_that_cannot_be_used(node, daemon, tmp_path, certificates, why):
    if certificates:
        (tmp_path / "cert.pem").write_text(certificates)
    error = f'error="no certificate can be read from SSL_CERT_FILE={tmp_path / "cert.pem"}{why}"'
    daemon(node.tls_port, trusted=tmp_path).wait_log("redis: not reached", error)
    assert not node.client().exists("comments:submitted")


@needs_tls
def test_a_certificate_of_another_authority(node, daemon, tmp_path):
    other = certify(tmp_path / "other", "DNS:localhost")
    daemon(node.tls_port, trusted=other).wait_log(*REFUSED)
    assert not node.client().exists("comments:submitted")


@needs_tls
@pytest.mark.parametrize("host, names, why", [
    (HOST, ["DNS:localhost"], "IP address mismatch"),
    ("localhost", ["DNS:localhost.example", f"IP:{HOST}"], "hostname mismatch"),
    (HOST, ["IP:127.0.0.2", f"DNS:{HOST}"], "IP address mismatch"),
])
def test_a_certificate_of_another_name(serve, daemon, tmp_path, host, names, why):
    other = certify(tmp_path / "other", *names)
    node = serve(other)
    duyetd = daemon(node.tls_port, host=host, trusted=other)
    duyetd.wait_log(*REFUSED, why)
    assert not node.client().exists("comments:submitted")
    assert duyetd.stop() == 0


@needs_tls
def test_a_certificate_of_an_address(serve, daemon, tmp_path):
    own = certify(tmp_path / "own", f"IP:{HOST}")
    daemon(serve(own).tls_port, host=HOST, trusted=own).wait_log("redis: reached")


@needs_tls
def test_a_server_without_tls(node, daemon):
    daemon(node.port).wait_log("redis: not reached")
    assert not node.client().exists("comments:submitted")


@needs_tls
def test_no_server_at_the_address(daemon):
    with closing(Port()) as port:
        daemon(port.number).wait_log("redis: not reached", "Connection refused")


@needs_tls
def test_a_server_that_is_killed(node, daemon):
    duyetd = daemon(node.tls_port)
    duyetd.wait_log("redis: reached")
    node.kill()
    duyetd.wait_log("redis: lost")
    node.start()
    wait_for(lambda: duyetd.lines("redis: reached", "after="))
    redis = node.client()
    verdict_of(redis, submit(redis, "c1", GOOD))


@needs_tls
def test_a_server_that_stops_under_load(node, daemon):
    redis = node.client()
    duyetd = daemon(node.tls_port)
    for round_ in range(5):
        submit_many(redis, 500, first=1000 * round_)
        wait_verdicts(redis, 1000 * round_ + 300)
        kill_clients_during_work(redis, duyetd, first=1000 * round_ + 500)
        duyetd.wait_log("redis: reached", "after=", count=round_ + 1)
    wait_settled(redis)
    assert len({v["entry"] for v in verdicts(redis)}) == len(verdicts(redis)) == 5000
    assert duyetd.stop() == 0


@needs_tls
def test_sentinels_over_tls(serve, daemon, tmp_path):
    """Their certificates are checked too; the master is reached by the address that they name."""
    both = certify(tmp_path / "both", "DNS:localhost", f"IP:{HOST}")
    node = serve(both)
    tls = Port()
    options = "".join(f"{name} {value}\n" for name, value in speaks_tls(tls.number, both).items())
    sentinel = Node(tmp_path, sentinel=f"{options}sentinel monitor main {HOST} {node.tls_port} 1\n")
    try:
        sentinel.start()
        daemon(0, url=f"rediss+sentinel://duyetd@localhost:{tls.number}/main", trusted=both)
        verdict_of(node.client(), submit(node.client(), "c1", GOOD))
    finally:
        sentinel.end()
        tls.close()


def replay(rules, tmp_path, port, authority):
    """Reads a stream: another way to connect, which blocks."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    return subprocess.run(
        [BUILD / "duyetd", "replay", "--rules", rules, "--redis", f"rediss://duyetd@localhost:{port}",
         "--redis-password-file", tmp_path / "password", "--stream", "history"], capture_output=True,
        text=True, timeout=PATIENCE, env={**os.environ, "SSL_CERT_FILE": str(authority / "cert.pem")}, check=False)


@needs_tls
def test_replay_over_tls(node, rules, tmp_path, authority):
    redis = node.client()
    for i in range(600):
        redis.xadd("history", {"id": f"c{i}", "text": words(16_000)})
    done = replay(rules, tmp_path, node.tls_port, authority)
    assert done.returncode == 0 and done.stdout.startswith("600 comments"), done
    other = certify(tmp_path / "other", "DNS:localhost.example")
    done = replay(rules, tmp_path, node.tls_port, other)
    assert done.returncode and "certificate verify failed" in done.stderr, done


@needs_tls
def test_replay_from_a_server_that_never_replies(rules, tmp_path, authority):
    with socket.create_server((HOST, 0)) as silent:
        done = replay(rules, tmp_path, silent.getsockname()[1], authority)
        assert done.returncode and "no TLS reply" in done.stderr, done


@needs_tls
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_all_its_work_under_the_units_filter(node, daemon):
    if Daemon.is_sanitized():
        pytest.skip("a leak sanitizer needs calls that the unit denies")
    stage = Stage(node.client())
    duyetd = daemon(node.tls_port, "--max-deliveries", 1000, "--consumer", "me", wrapper=[UNDER_FILTER, UNIT])
    stage.wait_clear()
    duyetd.signal(signal.SIGHUP)
    duyetd.wait_log("rules: loaded", "old=")
    node.client().client_kill_filter(_type="normal", skipme=True)
    wait_for(lambda: duyetd.lines("redis: reached", "after="))
    stage.submit(100)
    stage.wait_clear()
    stage.check()
    assert duyetd.stop() == 0


@needs_tls
@pytest.mark.skipif(os.getuid() != 0, reason="only root may look into a process that is not dumpable")
def test_the_password_is_wiped(node, daemon, line):
    redis = node.client()
    duyetd = daemon(line(node.tls_port, 1 << 16, 0.02).port)  # connected before the TLS handshake ends
    if duyetd.is_sanitized():
        pytest.skip("a sanitizer keeps copies of its own")
    for tries in range(3):
        verdict_of(redis, submit(redis, f"c{tries}", GOOD))
        redis.client_kill_filter(_type="normal", skipme=True)
    verdict_of(redis, submit(redis, "last", GOOD))
    places = list(memory_of(duyetd.process))
    assert any(b"comments:submitted" in chunk for chunk in places)
    assert not any(PASSWORD.encode() in chunk for chunk in places)


@pytest.mark.skipif(HAS_TLS, reason="this hiredis has TLS")
def test_without_tls_it_says_what_to_build_with():
    done = subprocess.run([BUILD / "duyetd", "run", "--redis", "rediss://localhost"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "hiredis_ssl" in done.stderr
