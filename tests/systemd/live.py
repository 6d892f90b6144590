"""The package on a Debian with a real systemd: `make test-systemd` runs it.

Tests with the fixture `machine` share a machine on which the package is installed; each of them begins
with Redis and the daemon as the installation left them. The other tests boot a machine each.
"""
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faults"), str(HERE.parent / "system")]

from append_only import EXEC, MULTI  # noqa: E402
from helpers import GOOD, ROOT, wait_for  # noqa: E402
from machine import Machine, Unable, base_system, package, require_namespaces  # noqa: E402

DROP_IN = "/etc/systemd/system/duyetd.service.d/test.conf"
ENV, RULES, PASSWORD = "/etc/duyetd/duyetd.env", "/etc/duyetd/rules/10-site.yaml", "/etc/duyetd/redis-password"
REDIS_CONF = "/etc/redis/redis.conf"
METRICS = 9547


@pytest.fixture(scope="module")
def base():
    try:
        require_namespaces()
        return base_system(package())
    except Unable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def shared(base):
    machine = Machine(base)
    try:
        machine.install(package())
        yield machine
    finally:
        machine.end()


@pytest.fixture
def machine(shared):
    kept = {path: shared.read(path) for path in (ENV, RULES, REDIS_CONF)}
    yield shared
    shared.does("rm -rf /etc/systemd/system/*.service.d /etc/duyetd/redis-password")
    for path, text in kept.items():
        shared.does(f"cat >{path} <<'END_OF_FILE'\n{text}END_OF_FILE")
    shared.run("systemctl daemon-reload; systemctl stop 'duyetd@*' duyetd redis-server;"
               "rm -rf /var/lib/redis/*; systemctl reset-failed")
    shared.does("systemctl start redis-server duyetd")


def is_active(machine, unit="duyetd"):
    return machine.show(unit, "ActiveState") == "active"


def main_pid(machine, unit="duyetd"):
    return int(machine.show(unit, "MainPID"))


def status(machine):
    return machine.show("duyetd", "StatusText")


def judge(machine, text=GOOD, prefix="comments"):
    """Submits a comment; the verdict on it."""
    entry = machine.redis("XADD", f"{prefix}:submitted", "*", "id", "c1", "text", text)

    def verdict():
        words = machine.redis("--raw", "XREVRANGE", f"{prefix}:verdicts", "+", "-").splitlines()
        for i in range(len(words) - 1):
            if words[i:i + 2] == ["entry", entry]:
                return words[i - 5]  # before: verdict, its value, rules, theirs, reason, its value
        return None

    return wait_for(verdict)


def restart(machine, *lines):
    """Restarts the daemon, with more lines in the section [Service] of its unit."""
    if lines:
        machine.write(DROP_IN, "\n".join(["[Service]", *lines, ""]))
        machine.does("systemctl daemon-reload")
    machine.does("systemctl restart duyetd")


def readyz(machine):
    """The status line and the body."""
    answer = machine.does(f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{METRICS}; "
                          r'printf "GET /readyz HTTP/1.0\r\n\r\n" >&3; cat <&3' "'").splitlines()
    return answer[0], answer[-1]


def test_installation_starts_it(machine):
    assert is_active(machine)
    assert status(machine).startswith("judging, rules ")
    assert judge(machine) == "approve"
    assert machine.does("systemctl is-enabled duyetd") == "enabled"


def test_it_starts_after_redis(machine):
    after = machine.show("duyetd", "After").split()
    assert {"redis-server.service", "valkey-server.service"} <= set(after)


def test_start_without_redis(machine):
    machine.write(ENV, f"DUYETD_METRICS=127.0.0.1:{METRICS}\n")
    machine.does("systemctl stop redis-server")
    restart(machine)
    assert is_active(machine)
    assert status(machine).startswith('waiting for Redis: "')
    assert readyz(machine) == ("HTTP/1.1 503 Service Unavailable", "waiting for Redis")
    pid = main_pid(machine)
    machine.does("systemctl start redis-server")
    wait_for(lambda: status(machine).startswith("judging, rules "))
    assert judge(machine) == "approve"
    assert readyz(machine)[0].split()[1] == "200"
    assert main_pid(machine) == pid


def test_start_where_redis_refuses_the_password(machine):
    machine.redis("CONFIG", "SET", "requirepass", "secret")
    restart(machine)
    assert is_active(machine)
    assert status(machine).startswith('waiting for Redis: "NOAUTH')


def test_password_as_a_credential(machine):
    """systemd passes it to the daemon alone, in a file of the credentials directory."""
    machine.write(PASSWORD, "secret\n", 0o600)
    machine.redis("CONFIG", "SET", "requirepass", "secret")
    restart(machine)
    assert status(machine).startswith("judging, rules ")
    environment = machine.does(f"tr '\\0' '\\n' </proc/{main_pid(machine)}/environ").splitlines()
    assert "CREDENTIALS_DIRECTORY=/run/credentials/duyetd.service" in environment
    assert machine.does("cat /run/credentials/duyetd.service/redis-password") == "secret"
    owner = machine.does("stat -c '%u %a' /run/credentials/duyetd.service/redis-password")
    assert owner == machine.does(f"stat -c %u /proc/{main_pid(machine)}") + " 400"
    assert "secret" not in machine.does(f"cat /proc/{main_pid(machine)}/environ /proc/{main_pid(machine)}/cmdline; "
                                        "journalctl -u duyetd")


def test_reload(machine):
    before, pid = status(machine), main_pid(machine)
    machine.write(RULES, machine.read(RULES) + "# another version\n")
    machine.does("systemctl reload duyetd")
    wait_for(lambda: status(machine) != before)
    assert status(machine).startswith("judging, rules ")
    assert main_pid(machine) == pid


def test_refused_reload(machine):
    before = status(machine)
    machine.write(RULES, "rules: [")
    done = machine.run("systemctl reload duyetd")
    assert done.returncode != 0
    wait_for(lambda: status(machine) == f"{before}; the new rules did not load")
    assert is_active(machine)
    assert judge(machine) == "approve"
    log = machine.does("journalctl -u duyetd")
    assert "10-site.yaml:2:1:" in log, log


def test_bad_rules_at_a_start(machine):
    """It fails, and is not restarted."""
    machine.write(RULES, "rules: [")
    assert machine.run("systemctl restart duyetd").returncode != 0
    assert machine.show("duyetd", "ActiveState") == "failed"
    assert machine.show("duyetd", "NRestarts") == "0"


def test_kill(machine):
    pid = main_pid(machine)
    machine.does(f"kill -9 {pid}")
    wait_for(lambda: main_pid(machine) not in (0, pid) and is_active(machine))
    assert machine.show("duyetd", "NRestarts") == "1"
    assert judge(machine) == "approve"


def test_watchdog(machine):
    restart(machine, "WatchdogSec=1s")
    pid = main_pid(machine)
    machine.does(f"kill -STOP {pid}")
    wait_for(lambda: main_pid(machine) not in (0, pid) and is_active(machine))
    assert "Watchdog timeout" in machine.does("journalctl -u duyetd")
    assert judge(machine) == "approve"


def test_stop_leaves_nothing_pending(machine):
    assert judge(machine) == "approve"
    machine.does("systemctl stop duyetd")
    assert machine.show("duyetd", "Result") == "success"
    assert machine.redis("XPENDING", "comments:submitted", "duyetd").splitlines()[0] == "0"


def test_template_unit(machine):
    """It runs beside the plain unit, with settings of its own."""
    machine.write("/etc/duyetd/sports.env", "DUYETD_CONSUMER=one\n")
    machine.does("systemctl start duyetd@sports")
    assert judge(machine, prefix="sports") == "approve"
    assert judge(machine) == "approve"
    assert main_pid(machine) != main_pid(machine, "duyetd@sports")
    assert "consumer=one" in machine.does("journalctl -u duyetd@sports")
    assert "consumer=one" not in machine.does("journalctl -u duyetd")


def test_memory_limit(machine):
    assert machine.show("duyetd", "MemoryMax") == str(1 << 30)
    group = "/sys/fs/cgroup" + machine.show("duyetd", "ControlGroup")
    if not machine.exists(f"{group}/memory.max"):
        pytest.skip("the memory controller is not in the cgroup2 hierarchy of this machine")
    assert machine.read(f"{group}/memory.max").strip() == str(1 << 30)
    restart(machine, "MemoryMax=20M")
    pid = main_pid(machine)
    phrases = "".join(f"      - cụm từ số {i}\n" for i in range(100000))
    machine.write("/etc/duyetd/rules/90-many.yaml", "rules:\n  - name: many\n    kind: banned\n"
                  f"    phrases:\n{phrases}    message: x\n")
    machine.does(f"kill -HUP {pid}")
    wait_for(lambda: main_pid(machine) != pid)
    machine.does("rm /etc/duyetd/rules/90-many.yaml")
    assert "oom-kill" in machine.does("journalctl -u duyetd")


@pytest.fixture
def append_only(machine):
    """Redis with an append-only file that ends in an open MULTI, and the drop-in installed."""
    machine.does("systemctl stop redis-server; cp -r /usr/share/doc/duyetd/redis-server.service.d /etc/systemd/system;"
                 f"echo 'appendonly yes' >>{REDIS_CONF}; systemctl daemon-reload; systemctl start redis-server")
    machine.redis("SET", "a", "1")
    machine.does("systemctl stop redis-server")
    machine.file = "/var/lib/redis/appendonlydir/appendonly.aof.1.incr.aof"
    tear(machine)
    return machine


def tear(machine):
    machine.whole = int(machine.does(f"stat -c %s {machine.file}"))
    torn = (MULTI + b"*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n" + EXEC[:-4]).decode()
    machine.does(f"printf '%b' '{torn}' >>{machine.file}")


def test_cut_before_redis_starts(append_only):
    machine = append_only
    machine.does("systemctl start redis-server")
    saved = f"{machine.file}.cut-at-{machine.whole}"
    assert f"cut an unfinished transaction file={machine.file} from={machine.whole} " in machine.does(
        "journalctl -u redis-server")
    assert machine.does(f"stat -c '%U:%G' {saved} {machine.file}").split() == ["redis:redis"] * 2
    assert (machine.redis("GET", "a"), machine.redis("EXISTS", "b")) == ("1", "0")
    assert machine.redis("CONFIG", "GET", "appendonly").split()[-1] == "yes"


def test_nothing_is_cut_while_redis_runs(append_only):
    machine = append_only
    machine.does("systemctl start redis-server")
    tear(machine)
    said = machine.does(f"/usr/lib/duyetd/cut-open-multi.sh {REDIS_CONF}")
    assert f"in use file={machine.file} pid={main_pid(machine, 'redis-server')}" in said


def test_script_that_fails_does_not_prevent_a_start(append_only):
    machine = append_only
    machine.does("mv /usr/lib/duyetd/cut-open-multi.sh /usr/lib/duyetd/away")
    try:
        machine.does("systemctl start redis-server")
    finally:
        machine.does("mv /usr/lib/duyetd/away /usr/lib/duyetd/cut-open-multi.sh")
    assert machine.redis("PING") == "PONG"


def test_upgrade_removal_and_purge(base):
    machine = Machine(base)
    try:
        machine.install(package())
        machine.write(RULES, machine.read(RULES) + "# ours\n")
        machine.write(PASSWORD, "\n", 0o600)
        machine.does("systemctl start duyetd@sports; systemctl reload duyetd")
        plain, instance = main_pid(machine), main_pid(machine, "duyetd@sports")

        machine.install(package("9.0"))
        assert machine.does("dpkg-query -W -f '${Version}' duyetd") == "9.0"
        assert machine.read(RULES).endswith("# ours\n")
        assert machine.read(RULES + ".dpkg-dist").endswith("# of the later package\n")
        assert is_active(machine) and main_pid(machine) != plain
        assert is_active(machine, "duyetd@sports") and main_pid(machine, "duyetd@sports") != instance
        assert judge(machine) == "approve"

        machine.does("apt-get remove -y duyetd")
        assert not is_active(machine) and not is_active(machine, "duyetd@sports")
        assert machine.run("pgrep duyetd").returncode == 1
        assert not machine.exists("/usr/bin/duyetd") and not machine.exists("/usr/lib/duyetd")
        assert machine.read(RULES).endswith("# ours\n") and machine.exists(PASSWORD)

        machine.install(package())
        assert is_active(machine) and judge(machine) == "approve"
        machine.does("systemctl disable duyetd; apt-get remove -y duyetd")
        machine.install(package())
        assert not is_active(machine)

        machine.does("apt-get purge -y duyetd")
        assert not machine.exists("/etc/duyetd")
        assert not machine.does("find / -xdev -name '*duyetd*' -not -path '/proc/*' -not -path '/sys/*' "
                                "-not -path '/root/*' -not -path '/var/log/*' -not -path '/run/log/*'")
    finally:
        machine.end()


def test_an_upgrade_starts_what_failed_and_not_what_was_stopped(base):
    machine = Machine(base)
    try:
        machine.install(package())
        good = machine.read(RULES)
        machine.write(RULES, "rules: [")
        machine.does("systemctl enable duyetd@failed duyetd@stopped")
        for unit in "duyetd", "duyetd@failed":
            assert machine.run(f"systemctl restart {unit}").returncode != 0
            assert machine.show(unit, "ActiveState") == "failed"
        machine.write(RULES, good)
        machine.does("systemctl start duyetd@stopped; systemctl stop duyetd@stopped")
        machine.install(package("9.0"))
        assert is_active(machine) and is_active(machine, "duyetd@failed")
        assert machine.show("duyetd@stopped", "ActiveState") == "inactive"
        machine.write(RULES, "rules: [")
        assert machine.run("systemctl restart duyetd").returncode != 0
        machine.write(RULES, good)
        machine.does("systemctl disable duyetd")
        machine.install(package())
        assert machine.show("duyetd", "ActiveState") == "failed"
    finally:
        machine.end()


def test_upgrade_after_a_removal_and_an_unmask_by_hand(base):
    """As `make install` needs it between a removal and another installation of the package."""
    machine = Machine(base)
    try:
        machine.install(package())
        machine.does("apt-get remove -y duyetd; systemctl unmask duyetd")
        machine.install(package())
        process = main_pid(machine)
        machine.install(package("9.0"))
        assert is_active(machine) and main_pid(machine) != process
        machine.does("systemctl stop duyetd")
        machine.install(package())
        assert machine.show("duyetd", "ActiveState") == "inactive"
    finally:
        machine.end()


def test_installation_without_redis(base):
    machine = Machine(base)
    try:
        machine.does("systemctl stop redis-server")
        machine.install(package())
        assert is_active(machine)
        assert status(machine).startswith('waiting for Redis: "')
    finally:
        machine.end()
