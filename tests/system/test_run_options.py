"""Invalid options are named with what is wrong; passwords come from files."""
import os
import re
import socket
import subprocess

import pytest

from helpers import BUILD, GOOD, PATIENCE, ROOT, submit, verdict_of, wait_for


def run(*arguments, **env):
    return subprocess.run([BUILD / "duyetd", "run", *arguments], cwd=ROOT, capture_output=True,
                          encoding="utf-8", timeout=PATIENCE, env={**os.environ, **env})


@pytest.mark.parametrize("arguments, word", [
    (["--redsi", "x"], "--redis"),
    (["--redis", "http://x"], "not a Redis URL"),
    (["--redis", "redis://:secret@x"], "to the service: in /etc/duyetd/redis-password"),
    (["--redis", "redis://x:0"], "port"),
    (["--redis", "redis://x/one"], "database"),
    (["--redis", "redis://"], "host"),
    (["--redis", "unix://relative"], "absolute"),
    (["--prefix", "x" * 200], "1 to 128 bytes"),
    (["--prefix", "a b"], "no blanks"),
    (["--prefix", "a\tb"], "control"),
    (["--prefix", "a\u200bb"], "invisible"),
    (["--prefix", "comments:"], "no colon at the end"),
    (["--prefix", "{x"], "{tag}"),
    (["--prefix", "x}"], "{tag}"),
    (["--prefix", "}x{"], "{tag}"),
    (["--prefix", "{}x"], "{tag}"),
    (["--prefix", "{a}{b}"], "{tag}"),
    (["--batch", "0"], "--batch"),
    (["--batch", "many"], "--batch"),
    (["--keep", "7 days"], "--keep"),
    (["--keep", "5"], "at least 60s"),
    (["--claim-after", "5ms"], "at least 100ms"),
    (["--hold-for", "1d"], "--hold-for"),
    (["--hold-for", "30:reject"], "expected a time with its unit, at least 1s, and a verdict, as in 24h:reject"),
    (["--keep-approved", "7"], "with ms, s, m, h or d, such as 7d"),
    (["--keep-rejected", "90"], "with ms, s, m, h or d"),
    (["--hold-for", "1d:shrug"], "--hold-for"),
    (["--claim-after"], "--claim-after"),
])
def test_invalid_options_are_usage_errors(arguments, word):
    done = run(*arguments)
    assert done.returncode == 2
    assert word in done.stderr and done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


@pytest.mark.parametrize("command", [["run"], ["stats"], ["replay", "--stream", "comments:rejected"],
                                     ["suggest", "--stream", "comments:reviewed"]])
@pytest.mark.parametrize("url, shown", [
    ("redis://duyetd:sec/r@et@host:6379", "redis://duyetd:***@host:6379"),
    ("unix://:sec/r@et@/run/redis.sock", "unix://:***@/run/redis.sock"),
    ("duyetd:sec/r@et@host:6379", "duyetd:***@host:6379"),
    ("redis://a@host:0", "redis://a@host:0"),
])
def test_a_password_in_the_url_is_not_printed(command, url, shown):
    done = subprocess.run([BUILD / "duyetd", *command, "--redis", url], cwd=ROOT, capture_output=True,
                          encoding="utf-8", timeout=PATIENCE)
    assert done.returncode == 2
    assert f'--redis: invalid value "{shown}": ' in done.stderr


@pytest.mark.parametrize("command, option, value", [
    ("run", "batch", "none"), ("run", "redis", "http://x"), ("run", "prefix", "a b"), ("run", "hold-for", "1d"),
    ("run", "consumer", "c" * 128), ("run", "keep-approved", "7"),
    ("stats", "redis", "http://x"), ("stats", "prefix", "a b"), ("stats", "days", "0"),
    ("replay --stream comments:rejected", "redis", "http://x"),
    ("replay --stream comments:rejected --apply", "by", "duyetd"),
    ("suggest --stream comments:reviewed", "redis", "http://x"), ("explain x", "field", "role")])
def test_an_invalid_value_is_named_as_it_was_given(command, option, value):
    variable = f"DUYETD_{option.replace('-', '_').upper()}"
    for arguments, env, name in (([f"--{option}", value], {}, f"--{option}"), ([], {variable: value}, variable)):
        done = subprocess.run([BUILD / "duyetd", *command.split(), *arguments], cwd=ROOT, capture_output=True,
                              encoding="utf-8", timeout=PATIENCE, env={**os.environ, **env})
        assert done.returncode == 2
        assert done.stderr.startswith(f"duyetd {command.split()[0]}: {name}: "), done.stderr


def test_variables_set_options(redis, daemon, server, rules):
    daemon(env={**os.environ, "DUYETD_PREFIX": "other", "DUYETD_LOG_LEVEL": "debug"})
    redis.xadd("other:submitted", {"id": "c1", "text": GOOD})
    wait_for(lambda: redis.xlen("other:verdicts") == 1)
    assert redis.xlen("other:submitted") == 0


def settings_of(*arguments, **env):
    """name: (where from, value), as --show-settings prints them."""
    done = run("--show-settings", *arguments, **env)
    assert done.returncode == 0 and not done.stderr
    return {name: (origin, value) for name, origin, value in
            (line.split(maxsplit=2) for line in done.stdout.splitlines())}


def test_show_settings_has_every_option():
    listed = run("--help").stdout
    options = set(re.findall(r"^  --([a-z-]+)", listed, re.M)) - {"help", "show-settings"}
    assert set(settings_of()) == options


def test_show_settings_says_where_each_came_from():
    settings = settings_of("--batch", "300", "--grace=90", "--metrics", "[::1]:9547",
                           "--log-level", "debug", "--hold-for", "24h:reject",
                           DUYETD_BATCH="200", DUYETD_CONSUMER="the first", DUYETD_TIMEOUT="")
    assert settings["batch"] == ("--batch", "300")
    assert settings["grace"] == ("--grace", "90s")
    assert settings["metrics"] == ("--metrics", "[::1]:9547")
    assert settings["log-level"] == ("--log-level", "debug")
    assert settings["hold-for"] == ("--hold-for", "24h:reject")
    assert settings["consumer"] == ("DUYETD_CONSUMER", "the first")
    assert settings["timeout"] == ("default", "5s")
    assert settings["keep"] == ("default", "7d")
    assert settings["rules"] == ("default", "rules")
    assert settings["redis-password-file"] == ("default", "-")


@pytest.mark.parametrize("typed, shown", [
    ("0", "0s"), ("1500ms", "1500ms"), ("60", "1m"), ("5400s", "90m"), ("24h", "1d")])
def test_show_settings_prints_times_with_their_unit(typed, shown):
    assert settings_of("--grace", typed)["grace"] == ("--grace", shown)


def test_show_settings_prints_the_path_of_the_password_only(tmp_path):
    (tmp_path / "redis-password").write_text("matkhau\n", encoding="utf-8")
    done = run("--show-settings", CREDENTIALS_DIRECTORY=str(tmp_path))
    assert "matkhau" not in done.stdout
    assert settings_of(CREDENTIALS_DIRECTORY=str(tmp_path))["redis-password-file"] == (
        "CREDENTIALS_DIRECTORY", f"{tmp_path}/redis-password")


def test_show_settings_prints_one_line_a_setting():
    assert settings_of(DUYETD_CONSUMER="two\nlines")["consumer"][1] == r"two\nlines"


def test_show_settings_checks_them_first():
    done = run("--show-settings", "--redis", "redis://:secret@x")
    assert done.returncode == 2 and not done.stdout


def test_the_log_names_the_settings_that_are_not_the_default(daemon, server, rules):
    log, = daemon("--batch", "300", "--in-flight", "4", "--consumer", 'a "b"',
                  env={**os.environ, "DUYETD_KEEP": "48h"}).lines("duyetd: settings")
    assert log == (f'duyetd: settings redis="{server.url}" rules="{rules}" consumer="a \\"b\\"" '
                   "batch=300 keep=2d grace=10m timeout=10m")


def test_no_rules(server, tmp_path):
    done = run("--redis", server.url, "--rules", str(tmp_path / "none"))
    assert done.returncode == 1 and "none" in done.stderr


def test_too_few_descriptors(server, rules):
    done = subprocess.run(["sh", "-c", 'ulimit -n 20; exec "$@"', "sh", BUILD / "duyetd", "run",
                           "--redis", server.url, "--rules", rules], capture_output=True,
                          encoding="utf-8", timeout=PATIENCE)
    assert done.returncode == 3
    assert "too few open files allowed: 20" in done.stderr and done.stderr.count("\n") == 1


def test_a_password_file_that_nobody_writes_to(redis, daemon, tmp_path):
    """The file is a FIFO without a writer: the event loop does not wait for it."""
    os.mkfifo(tmp_path / "password")
    daemon("--redis-password-file", tmp_path / "password")
    verdict_of(redis, submit(redis, "c1", GOOD))


def test_password_file_unreadable(server, rules):
    done = run("--redis", server.url, "--rules", rules, "--redis-password-file", "/nonexistent")
    assert done.returncode == 3 and "/nonexistent" in done.stderr


@pytest.fixture
def guarded(redis, tmp_path):
    """A Redis that requires a password, of the user duyetd or default; the file that holds the first."""
    redis.acl_setuser("duyetd", enabled=True, passwords=["+matkhau"], commands=["+@all"],
                      keys=["*"])
    redis.acl_setuser("default", enabled=True, reset=True, passwords=["+other"],
                      commands=["+@all"], keys=["*"])
    file = tmp_path / "password"
    file.write_text("matkhau\n", encoding="utf-8")
    return file


def test_password_from_a_file(redis, daemon, guarded):
    guarded.write_text("other", encoding="utf-8")
    duyetd = daemon("--redis-password-file", guarded)
    assert "other" not in open(f"/proc/{duyetd.process.pid}/cmdline", encoding="utf-8").read()


def test_password_from_the_credentials_directory(redis, daemon, guarded, tmp_path):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "redis-password").write_text("other\n", encoding="utf-8")
    daemon(env={**os.environ, "CREDENTIALS_DIRECTORY": str(credentials)})


def test_a_user_on_a_socket(redis, daemon, server, guarded):
    """The password is that of the user in the URL, and not of the user `default`."""
    access = ["--redis", f"unix://duyetd@{server.socket}", "--redis-password-file", guarded]
    daemon(*access)
    done = subprocess.run([BUILD / "duyetd", "stats", *access], capture_output=True, encoding="utf-8",
                          timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


def test_a_user_without_a_password_is_refused(redis, daemon, server, proxy, rules, tmp_path):
    """Without a login, Redis would treat the connection as the user `default`."""
    url = f"redis://lan@127.0.0.1:{proxy.port}"
    done = run("--redis", url, "--rules", rules)
    assert done.returncode == 3
    assert "no password for the user lan" in done.stderr and "--redis-password-file" in done.stderr
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="utf-8")
    duyetd = daemon("--redis", url, "--redis-password-file", empty, wait=False)
    duyetd.wait_log("redis: not reached", "no password for the user lan")
    assert not redis.exists("comments:submitted")
    redis.acl_setuser("lan", enabled=True, passwords=["+matkhau"], commands=["+@all"], keys=["*"])
    empty.write_text("matkhau\n", encoding="utf-8")
    duyetd.wait_log("redis: reached")
    assert {client["user"] for client in redis.client_list() if client["cmd"] == "xreadgroup"} <= {"lan"}


def test_an_empty_password_is_none(redis, daemon, tmp_path):
    (tmp_path / "password").write_text("\n", encoding="utf-8")
    daemon("--redis-password-file", tmp_path / "password")


def test_a_missing_password_says_where_it_is_read_from(redis, daemon, guarded):
    guarded.write_text("\n", encoding="utf-8")
    empty = daemon("--redis-password-file", guarded, wait=False)
    assert f"The password file {guarded} is empty." in empty.wait_log("NOAUTH")[0]
    assert ("Give --redis-password-file (to the service: in /etc/duyetd/redis-password)."
            in daemon(wait=False).wait_log("NOAUTH")[0])


def test_wrong_password_is_retried_and_logged_once(redis, daemon, guarded):
    duyetd = daemon("--redis-password-file", guarded, "--log-level", "debug", wait=False)
    duyetd.wait_log("redis: ", "WRONGPASS", count=4)
    redis.execute_command("AUTH", "other")
    redis.acl_setuser("default", enabled=True, passwords=["+matkhau"], commands=["+@all"],
                      keys=["*"])
    duyetd.wait_log("redis: reached")
    assert len([line for line in duyetd.lines("redis: ", "WRONGPASS") if "level=debug" not in line]) == 1


def test_a_password_that_redis_no_longer_has_is_logged(redis, daemon, guarded):
    """As when Redis restarts and its users were not saved: the loss is logged, and then why it lasts."""
    guarded.write_text("other\n", encoding="utf-8")
    duyetd = daemon("--redis-password-file", guarded)
    redis.execute_command("AUTH", "other")
    redis.acl_setuser("default", enabled=True, reset=True, nopass=True, commands=["+@all"], keys=["*"])
    redis.execute_command("CLIENT", "KILL", "TYPE", "normal")
    duyetd.wait_log("redis: lost")
    duyetd.wait_log("redis: not reached", "ERR AUTH <password> called without any password")


def test_a_refused_connection_says_so(daemon):
    duyetd = daemon("--redis", "redis://127.0.0.1:1", wait=False)
    assert 'error="Connection refused"' in duyetd.wait_log("redis: not reached")[0]


def name_of_this_host():
    """`localhost`, or 127.0.0.1 where that name is unknown, as in a bare chroot."""
    try:
        socket.getaddrinfo("localhost", None)
        return "localhost"
    except OSError:
        return "127.0.0.1"


def test_tcp_and_a_database(server, daemon):
    daemon("--redis", f"redis://{name_of_this_host()}:{server.listen()}/3")
    client = server.client(db=3)
    verdict_of(client, submit(client, "c1", GOOD))
