"""The client programs of tests/clients, against a real daemon."""
import importlib.util
import re
import shutil
import subprocess
import sys

import pytest

from website import HONEST, PATIENCE, ROOT, SHORT, Site, wait_for
from processes import Server

LANGUAGES = {
    "py": ([sys.executable], lambda: importlib.util.find_spec("redis")),
    "js": (["node"], lambda: shutil.which("node") and not subprocess.run(
        ["node", "-e", "require('redis')"], env={"NODE_PATH": "/usr/share/nodejs",
                                                 "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True).returncode),
    "php": (["php"], lambda: shutil.which("php") and "redis" in subprocess.run(
        ["php", "-m"], capture_output=True, text=True).stdout.split()),
}


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def program(language, name):
    command, present = LANGUAGES[language]
    if not present():
        pytest.skip(f"no {language} with its Redis client on this machine")
    return [*command, ROOT / "tests" / "clients" / f"{name}.{language}"]


def run_ask(site, language, *arguments):
    return subprocess.run([*program(language, "ask"), *arguments], env=site.env,
                          capture_output=True, text=True, timeout=2 * PATIENCE)


def ask(site, language, text, seconds):
    done = run_ask(site, language, "c42", text, str(seconds))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ask_gets_the_reason(site, language):
    site.daemon()
    reason = ask(site, language, SHORT, int(PATIENCE))
    assert reason == site.verdict("c42")["reason"]
    assert "10 chữ" in reason


def test_ask_prints_approved_and_held(site, language):
    (site.rules / "90-hold.yaml").write_text(
        "rules: [{name: doubt, kind: banned, phrases: [nghi ngờ], action: hold, message: m}]\n")
    site.daemon()
    assert ask(site, language, HONEST, int(PATIENCE)) == "Bình luận đã được đăng."
    assert ask(site, language, HONEST + " Tôi nghi ngờ.", int(PATIENCE)) == "Bình luận đang chờ người duyệt."


def test_ask_without_an_answer_prints_pending(site, language):
    assert ask(site, language, SHORT, 1) == "Bình luận đang chờ duyệt."


@pytest.mark.parametrize("arguments", [["c42"], ["c42", "Hay", "quá"], ["c42", SHORT, "0"], ["c42", SHORT, "2", "3"]])
def test_ask_prints_its_usage(site, language, arguments):
    """Wrong arguments, such as a text of several words without quotes, submit nothing."""
    done = run_ask(site, language, *arguments)
    assert (done.returncode, done.stderr) == (1, f"usage: ask.{language} ID TEXT [SECONDS]\n")
    assert not site.redis.exists("comments:submitted")


def test_ask_ignores_the_late_answer_to_an_edit(site, language):
    site.daemon()
    site.submit("c42", HONEST, reply=1)
    site.verdict("c42")
    reason = ask(site, language, SHORT, int(PATIENCE))
    assert reason == site.verdict("c42", 2)["reason"] != ""


@pytest.mark.parametrize("name, arguments", [("ask", ["c42", SHORT]), ("follow", [])])
def test_without_redis_a_client_prints_one_line_and_ends(site, language, name, arguments):
    """The line names the server, and is not a stack trace."""
    command = program(language, name)
    site.server.kill()
    done = subprocess.run([*command, *arguments], env=site.env, capture_output=True, text=True,
                          timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"Redis failed.* 127\.0\.0\.1:{site.port}\b.*\n", done.stderr), done.stderr
    assert "refused" in done.stderr.lower()


def begin(site, language, name, *arguments):
    return subprocess.Popen([*program(language, name), *arguments], env=site.env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def begin_and_freeze(site, languages):
    """Clients that connect to a Redis that does not answer, and some for which it stops in a read."""
    clients = {(language, "follow", "in a read"): begin(site, language, "follow") for language in languages}
    wait_for(lambda: site.redis.info("clients")["blocked_clients"] == len(languages))
    site.server.freeze()
    for language in languages:
        clients[language, "follow", "from the start"] = begin(site, language, "follow")
        clients[language, "ask", "from the start"] = begin(site, language, "ask", "c42", SHORT, "1")
    return clients


@pytest.fixture(scope="module")
def unanswered(tmp_path_factory):
    """Exit code and output of each client that Redis does not answer. They run at the same time, since each
    waits for some seconds."""
    scratch = tmp_path_factory.mktemp("unanswered")
    server = Server(scratch).start()
    clients = begin_and_freeze(Site(scratch, server), [name for name, (_, here) in LANGUAGES.items() if here()])
    ended = {which: (*client.communicate(timeout=PATIENCE), client.returncode) for which, client in clients.items()}
    server.end()
    return ended


@pytest.mark.parametrize("name, since", [("ask", "from the start"), ("follow", "from the start"),
                                         ("follow", "in a read")])
def test_a_client_ends_when_redis_does_not_answer(unanswered, language, name, since):
    """The kernel accepts the connection, and nothing comes back."""
    program(language, name)
    out, err, code = unanswered[language, name, since]
    assert (code, out) == (1, ""), err
    assert re.fullmatch("Redis failed.*\n", err), err


# A web server with the functions of ask.js: it stays connected, and submits a comment for each id that it reads.
WEB_SERVER = """
const redis = client(process.env.REDIS_URL)
redis.on('error', () => console.log('lost')).on('ready', () => console.log('ready'))
redis.connect().then(() => process.stdin.on('data', (line) => {
  judge(redis, `${line}`.trim(), 'Hay', 1, {}).catch(() => {})
  console.log('called')
}))
"""


def test_a_comment_that_ask_js_gave_up_on_is_not_submitted_later(site):
    """Until then the site may have submitted it again. The later entry would be the one that moderators see."""
    source, log = site.scratch / "web.js", site.scratch / "web.out"
    source.write_text(program("js", "ask")[1].read_text().removesuffix("main()\n") + WEB_SERVER)
    with open(log, "w") as out:
        web = subprocess.Popen(["node", source], env=site.env, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=out)
    try:
        wait_for(lambda: "ready" in log.read_text())
        site.server.kill()
        wait_for(lambda: "lost" in log.read_text())
        web.stdin.write("c42\n")
        wait_for(lambda: "called" in log.read_text())
        site.server.start("--port", str(site.port))
        wait_for(lambda: log.read_text().count("ready") == 2)
        web.stdin.write("c43\n")
        (_, first), *_ = wait_for(lambda: site.redis.xrange("comments:submitted"))
        assert first["id"] == "c43"
    finally:
        web.kill()
        web.wait()


def fill_the_server(site):
    site.redis.config_set("maxmemory", 1)


def block_the_stream(site):
    site.redis.set("comments:submitted", "a string")


@pytest.mark.parametrize("break_it, error", [(block_the_stream, "WRONGTYPE"),
                                             # later redis-py leaves the name of this error out
                                             (fill_the_server, "(OOM|used memory)")])
def test_ask_reports_a_refused_submission(site, language, break_it, error):
    """It is not pending: it was not submitted. An error reply is handled like a lost connection."""
    break_it(site)
    done = run_ask(site, language, "c42", SHORT)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(f"Redis failed.*{error}.*\n", done.stderr), done.stderr


def test_follow_ends_when_its_group_is_gone(site, language):
    """As after Redis has lost its data: a new start makes the group again."""
    reading = subprocess.Popen([*program(language, "follow")], env=site.env, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(lambda: site.redis.info("clients")["blocked_clients"])
    site.redis.xgroup_destroy("comments:verdicts", "website")
    try:
        out, _ = reading.communicate(timeout=PATIENCE)
    finally:
        reading.kill()
    assert reading.returncode == 1 and re.fullmatch("Redis failed.*NOGROUP.*\n", out), out


@pytest.mark.parametrize("name, arguments", [("ask", ["c42", SHORT]), ("follow", [])])
def test_a_client_without_the_password_prints_one_line_and_ends(site, language, name, arguments):
    command = program(language, name)
    site.redis.config_set("requirepass", "secret")
    try:
        done = subprocess.run([*command, *arguments], env=site.env, capture_output=True, text=True,
                              timeout=PATIENCE)
    finally:
        site.redis.config_set("requirepass", "")  # this connection was made before
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert re.fullmatch("(?i)Redis failed.*authenticat.*\n", done.stderr), done.stderr


@pytest.mark.parametrize("name, arguments", [("ask", ["c42", SHORT, "600"]), ("follow", [])])
def test_a_client_that_loses_redis_prints_one_line_and_ends(site, language, name, arguments):
    waiting = begin(site, language, name, *arguments)
    wait_for(lambda: site.redis.info("clients")["blocked_clients"])
    site.server.kill()
    out, err = waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 1 and not out and len(err.splitlines()) == 1, err


def follow(site, command, seen):
    """Runs a follower until it has printed as many verdicts as `seen`; its lines."""
    log = site.scratch / "follower.out"
    with open(log, "w") as out:
        follower = subprocess.Popen(command, env=site.env, stdout=out, stderr=out)
    try:
        wait_for(lambda: len(log.read_text().splitlines()) >= seen)
        # the verdict that it printed last is acknowledged after that
        wait_for(lambda: not site.redis.xpending("comments:verdicts", "website")["pending"])
    except AssertionError:
        raise AssertionError(log.read_text())
    finally:
        follower.kill()
        follower.wait()
    return log.read_text().splitlines()


def leave_unacknowledged(site):
    """A verdict that the follower read before it crashed."""
    site.submit("c1", SHORT)
    site.verdict("c1")
    site.redis.xgroup_create("comments:verdicts", "website", id="0")
    site.redis.xreadgroup("website", "web-1", {"comments:verdicts": ">"})


def test_follow_resumes_after_a_restart(site, language):
    command = program(language, "follow")
    site.daemon()
    site.submit("c1", HONEST)
    site.submit("c2", SHORT)
    site.verdict("c2")
    assert follow(site, command, 2) == ["c1 approve", "c2 reject"]
    site.submit("c3", HONEST)
    site.verdict("c3")
    assert follow(site, command, 1) == ["c3 approve"]


def test_follow_skips_trimmed_verdicts(site, language):
    command = program(language, "follow")
    site.daemon()
    leave_unacknowledged(site)
    site.redis.xtrim("comments:verdicts", maxlen=0, approximate=False)
    site.submit("c2", HONEST)
    site.verdict("c2")
    assert follow(site, command, 1) == ["c2 approve"]


def test_follow_reads_unacknowledged_verdicts_again(site, language):
    command = program(language, "follow")
    site.daemon()
    leave_unacknowledged(site)
    assert follow(site, command, 1) == ["c1 reject"]
