"""What Prometheus scrapes and what a load balancer asks."""
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from helpers import GOOD, PATIENCE, submit, submit_many, verdict_of, wait_for, wait_settled


ANY_PORT = "--metrics", "127.0.0.1:0"


@pytest.fixture
def port(daemon):
    """Where a daemon serves its metrics."""
    return daemon(*ANY_PORT).metrics_port()


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def samples(port):
    status, text = get(port, "/metrics")
    assert status == 200
    return {name: float(value) for name, value in
            re.findall(r"^([a-z_]+(?:{[^}]*})?) (\S+)$", text, re.M)}


# Far more than the daemon ignores after a request (64 KiB) and what socket buffers hold.
MOST_SENT = 64 << 20


def test_counters_count_entries_and_verdicts(redis, port):
    submit_many(redis, 100)
    submit(redis, "w", "Đây là thử nghiệm thôi")
    redis.xadd("comments:submitted", {"text": GOOD})
    wait_settled(redis)
    wait_for(lambda: samples(port).get("duyetd_entries_settled_total") == 101)
    got = samples(port)
    assert got['duyetd_verdicts_total{verdict="approve"}'] == 91
    assert got['duyetd_verdicts_total{verdict="reject"}'] == 10
    assert got['duyetd_rule_hits_total{rule="gambling"}'] == 10
    assert got['duyetd_rule_hits_total{rule="trial"}'] == 1
    assert got["duyetd_entries_dead_total"] == 1
    assert got["duyetd_comments_judged_total"] == got["duyetd_judging_seconds_count"] - 1 == 101
    assert got['duyetd_verdict_latency_seconds_bucket{le="+Inf"}'] >= 101
    assert got['duyetd_rule_hits_total{rule="malformed"}'] == 0  # and not absent
    assert got["duyetd_redis_up"] == 1 and got["duyetd_rules"] == 5
    assert 0 < got["process_resident_memory_bytes"] < 2**30
    assert 0 < got["process_start_time_seconds"] <= redis.time()[0] + 1 and 3 < got["process_open_fds"] < got["process_max_fds"]
    assert got["process_resident_memory_bytes"] < got["process_virtual_memory_bytes"]
    assert "process_virtual_memory_max_bytes" in got
    assert got["process_cpu_seconds_total"] > 0


def test_gauges_follow_the_streams(redis, daemon):
    redis.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    oldest = submit(redis, "theirs", GOOD)
    redis.xreadgroup("duyetd", "other", {"comments:submitted": ">"})
    port = daemon(*ANY_PORT).metrics_port()
    submit(redis, "c1", "Bài này cần xem lại nhé")
    got = wait_for(lambda: (all_ := samples(port)).get("duyetd_held_entries") == 1 and all_)
    seconds, micros = redis.time()
    age = seconds + micros / 1e6 - int(oldest.split("-")[0]) / 1e3
    assert got["duyetd_pending_entries"] == got["duyetd_backlog_entries"] == 1
    assert 0 < got["duyetd_oldest_entry_seconds"] <= age
    assert 0 <= got["duyetd_oldest_held_seconds"] <= age
    redis.xadd("comments:review", {"id": "c1", "verdict": "approve", "by": "lan"})
    wait_for(lambda: samples(port)["duyetd_held_entries"] == 0)
    assert samples(port)["duyetd_oldest_held_seconds"] == 0


def test_gauges_where_held_is_no_stream(redis, daemon):
    """Gauges that cannot be read are left out; the others are right while a comment waits."""
    redis.set("comments:held", "of the wrong type")
    port = daemon(*ANY_PORT).metrics_port()
    redis.set("comments:rejected", "of the wrong type")
    waiting = submit(redis, "c1", "Chơi nhà cái là thua thôi")
    wait_for(lambda: samples(port).get("duyetd_backlog_entries") == 1)
    got = samples(port)
    assert got["duyetd_oldest_entry_seconds"] > 0
    assert "duyetd_held_entries" not in got and "duyetd_oldest_held_seconds" not in got
    redis.delete("comments:rejected")
    verdict_of(redis, waiting)
    wait_for(lambda: samples(port).get("duyetd_backlog_entries") == 0)


def test_rules_of_a_reload_are_counted_from_zero(daemon, rules):
    duyetd = daemon(*ANY_PORT)
    port = duyetd.metrics_port()
    before = samples(port)
    assert before['duyetd_rule_hits_total{rule="trial"}'] == 0
    (rules / "20-new.yaml").write_text("rules: [{name: new, kind: length, at-least: 1, message: m}]\n")
    duyetd.signal(signal.SIGHUP)
    wait_for(lambda: samples(port).get('duyetd_rule_hits_total{rule="new"}') == 0)


def test_a_stall_is_shown(redis, daemon):
    """Redis is reached, and no comment is settled: /readyz and the gauges say so."""
    redis.set("comments:verdicts", "of the wrong type")
    port = daemon(*ANY_PORT, "--claim-after", "500ms").metrics_port()
    entry = submit(redis, "c1", GOOD)
    wait_for(lambda: get(port, "/readyz") == (503, "comments wait and none is settled\n"))
    assert samples(port)["duyetd_stalled"] == 1
    redis.delete("comments:verdicts")
    verdict_of(redis, entry)
    wait_for(lambda: get(port, "/readyz") == (200, "ready\n"))
    assert samples(port)["duyetd_stalled"] == 0 and get(port, "/healthz")[0] == 200


def test_health_and_readiness(server, port):
    assert get(port, "/healthz")[0] == get(port, "/readyz")[0] == 200
    server.kill()
    wait_for(lambda: get(port, "/readyz")[0] == 503)
    assert get(port, "/healthz")[0] == 200
    assert samples(port)["duyetd_redis_up"] == 0
    assert samples(port)["duyetd_redis_disconnects_total"] == 1
    server.start()
    wait_for(lambda: get(port, "/readyz")[0] == 200)
    assert get(port, "/other")[0] == 404


def test_every_metric_has_help_and_type_and_a_good_name(port):
    text = get(port, "/metrics")[1]
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    assert types.keys() == set(re.findall(r"^# HELP (\S+) .+\.$", text, re.M))
    for name, kind in types.items():
        assert (kind == "counter") == name.endswith("_total"), name
    for name in re.findall(r"^([a-z_]+)(?:{| )", text, re.M):
        assert name in types or re.sub("_(bucket|sum|count)$", "", name) in types, name


def test_no_figure_has_digits_of_a_rounding_error(port, redis):
    for number in range(20):
        submit(redis, f"c{number}", GOOD)
    wait_settled(redis)
    for line in get(port, "/metrics")[1].splitlines():
        digits = re.sub("^0+|[eE].*", "", line.rpartition(" ")[2].replace(".", ""))
        assert line.startswith("#") or len(digits) <= 15, line


def test_promtool_accepts_the_metrics(port):
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's prometheus) is not here")
    done = subprocess.run(["promtool", "check", "metrics"], input=get(port, "/metrics")[1],
                          capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


BACKTRACKS = """\
  - name: slow
    kind: banned
    patterns: ['(?:a+)+(?:a+)+(?:a+)+b']
    message: "Chậm."
  - name: slow-too
    kind: banned
    action: watch
    patterns: ['(?:c+)+(?:c+)+(?:c+)+d']
    message: "Cũng chậm."
"""


def test_a_rule_at_its_limits_is_named_once(redis, daemon, rules):
    """In the log once a minute and not once a comment; the metric counts every one."""
    (rules / "20-slow.yaml").write_text("rules:\n" + BACKTRACKS, encoding="utf-8")
    duyetd = daemon(*ANY_PORT)
    port = duyetd.metrics_port()
    bait = GOOD + " " + "a" * 500 + " aaab " + "a" * 100
    began = redis.time()[0]
    entries = [submit(redis, f"c{i}", bait) for i in range(20)]
    submit(redis, "watched", bait.replace("a" * 100, "c" * 100).replace("aaab", "cccd"))
    wait_settled(redis)
    assert verdict_of(redis, entries[-1])["rules"] == "slow"
    got = samples(port)
    assert got['duyetd_rule_broken_total{rule="slow"}'] == 20
    assert got['duyetd_rule_broken_total{rule="slow-too"}'] == 1
    assert got["duyetd_checks_broken_total"] == 21
    line, *later = duyetd.lines("could not be finished", "rule=slow ")
    assert len(later) <= (redis.time()[0] - began) / 60
    assert f"entry {entries[0]}" in line and "times=1" in line
    assert len(duyetd.lines("could not be finished", "rule=slow-too")) == 1


def connect(port):
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def ask(port, request):
    """The answer to the bytes of a request, to its end."""
    with connect(port) as client:
        try:
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))
        except ConnectionError:
            return b""


@pytest.mark.parametrize("request_, status", [
    (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"200 OK"),
    (b"GET /healthz?a=b HTTP/1.0\n\n", b"200 OK"),
    (b"GET /healthz/ HTTP/1.1\r\n\r\n", b"404 Not Found"),
    (b"POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", b"405 Method Not Allowed"),
    (b"GET /metrics\r\n\r\n", b"400 Bad Request"),
    (b"GET /metrics HTTP/2\r\n\r\n", b"400 Bad Request"),
    (b"\0\r\n\r\n", b"400 Bad Request"),
    (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 8192, b"431 Request Header Fields Too Large"),
])
def test_status_of_a_request(port, request_, status):
    assert ask(port, request_).startswith(b"HTTP/1.1 " + status + b"\r\n")


def test_head_has_no_body(port):
    head, _, body = ask(port, b"HEAD /metrics HTTP/1.1\r\n\r\n").partition(b"\r\n\r\n")
    assert not body and int(re.search(rb"Content-Length: (\d+)", head).group(1)) > 1000


def test_large_requests_are_refused(port):
    assert b" 200 " not in ask(port, b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 1000000 + b"\r\n\r\n")
    assert get(port, "/healthz")[0] == 200


@pytest.mark.timing
def test_a_slow_client_is_disconnected(port):
    """Also when it sends all the time: the limit is the time since it connected."""
    with connect(port) as client:
        def is_dropped():
            try:
                client.sendall(b"G")
                return False
            except ConnectionError:
                return True
        wait_for(is_dropped)


def test_a_client_that_never_stops_sending(port):
    """The client is disconnected after a bounded number of bytes, before its deadline."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        sent = 0
        with pytest.raises(ConnectionError):
            while sent < MOST_SENT:
                sent += client.send(b"x" * 65536)


@pytest.mark.timing
def test_more_clients_than_are_served(daemon):
    """The first clients, which send nothing, are disconnected for those that send a request."""
    duyetd = daemon(*ANY_PORT)
    port = duyetd.metrics_port()
    before = duyetd.descriptors()
    idle = [connect(port) for _ in range(300)]
    try:
        assert get(port, "/healthz")[0] == 200
        assert duyetd.descriptors() <= before + 16
        assert sum(client.recv(1) == b"" for client in idle[:280]) == 280
    finally:
        for client in idle:
            client.close()
    assert get(port, "/metrics")[0] == 200
    wait_for(lambda: duyetd.descriptors() <= before)


def test_the_address_is_taken(daemon, port):
    second = daemon("--metrics", f"127.0.0.1:{port}", wait=False)
    assert second.exit_code() == 3
    assert second.lines("metrics: cannot listen", str(port), "Address already in use")


def test_an_unknown_host_as_address(daemon):
    nowhere = daemon("--metrics", "nowhere.invalid:9547", wait=False)
    assert nowhere.exit_code() == 3
    assert nowhere.lines("metrics: cannot listen: give --metrics", "nowhere.invalid")
    assert not nowhere.lines("Cannot assign")


def test_port_0_takes_a_free_one(daemon):
    ports = {daemon(*ANY_PORT).metrics_port() for _ in range(2)}
    assert len(ports) == 2 and 0 not in ports
    assert [get(port, "/healthz")[0] for port in ports] == [200, 200]


def test_port_0_on_ipv6(daemon):
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6 here")
    port = daemon("--metrics", "[::1]:0").metrics_port()
    with socket.create_connection(("::1", port)):
        pass
