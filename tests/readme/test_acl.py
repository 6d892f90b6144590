"""The shipped Redis users: what each must do works, what it must not do is refused."""
import re
import subprocess

import pytest
import redis

from pages import PAGES, blocks, paste
from website import DUYETD, HONEST, PATIENCE, SHORT, wait_for

PASSWORDS = {"web": "another long secret", "duyetd": "a long secret",
             "moderator": "a third long secret"}

# user, command, whether it may. The keys are of the right types by then.
MAY = [
    ("web", "XADD comments:submitted * id c1 text t", True),
    ("web", "XLEN comments:verdicts", True),
    ("web", "XGROUP CREATE comments:verdicts site2 0", True),
    ("web", "XREADGROUP GROUP site web-1 STREAMS comments:verdicts >", True),
    ("web", "XACK comments:verdicts site 1-1", True),
    ("web", "XREAD STREAMS comments:verdicts 0", True),
    ("web", "BLPOP comments:reply:none 0.01", True),
    ("web", "XADD comments:verdicts * id c1 verdict approve", False),
    ("web", "XADD comments:review * id c1 verdict approve", False),
    ("web", "XRANGE comments:submitted - +", False),
    ("web", "XREADGROUP GROUP duyetd web-1 STREAMS comments:submitted >", False),
    ("web", "XRANGE comments:rejected - +", False),
    ("web", "HGETALL comments:rejected:c1", False),
    ("web", "XDEL comments:verdicts 1-1", False),
    ("web", "XGROUP DESTROY comments:verdicts site", False),
    ("web", "DEL comments:submitted", False),
    ("web", "RPUSH comments:reply:c1 x", False),
    ("moderator", "XADD comments:review * id c1 verdict approve by lan", True),
    ("moderator", "XREVRANGE comments:rejected + - COUNT 1", True),
    ("moderator", "HGETALL comments:rejected:c1", True),
    ("moderator", "XRANGE comments:held - +", True),
    ("moderator", "XREVRANGE comments:reviewed + -", True),
    ("moderator", "XREVRANGE comments:dead + -", True),
    ("moderator", "HGETALL comments:stats", True),
    ("moderator", "HGETALL comments:stats:2026-11-27", True),
    ("moderator", "XRANGE comments:approved - +", True),
    ("moderator", "XADD comments:approved * id c1", False),
    ("web", "XRANGE comments:approved - +", False),
    ("duyetd", "XADD comments:approved * id c1", True),
    ("duyetd", "XTRIM comments:approved MINID 1-1", True),
    ("duyetd", "XRANGE comments:approved 1-1 1-1", True),
    ("moderator", "HINCRBY comments:stats:2026-11-27 approve 1", False),
    ("moderator", "DEL comments:stats:2026-11-27", False),
    ("web", "HGETALL comments:stats:2026-11-27", False),
    ("web", "HINCRBY comments:stats:2026-11-27 approve 1", False),
    ("duyetd", "HINCRBY comments:stats:2026-11-27 approve 1", True),
    ("duyetd", "PEXPIRE comments:stats:2026-11-27 1000", True),
    ("duyetd", "HINCRBY comments:statsother approve 1", False),
    ("moderator", "XLEN comments:submitted", True),
    ("moderator", "XADD comments:submitted * id c1 text t", False),
    ("moderator", "XADD comments:verdicts * id c1 verdict approve", False),
    ("moderator", "DEL comments:rejected:c1", False),
    ("moderator", "XDEL comments:rejected 1-1", False),
    ("moderator", "HSET comments:stats approve 1", False),
    ("moderator", "XREADGROUP GROUP duyetd lan STREAMS comments:review >", False),
    ("duyetd", "LTRIM comments:reply:none -10 -1", True),
    ("duyetd", "XINFO CONSUMERS comments:submitted duyetd", True),
    ("duyetd", "XGROUP DELCONSUMER comments:submitted duyetd none", True),
    ("duyetd", "SET comments:repeat:a b NX GET PX 1000", True),
    ("duyetd", "ZADD comments:repeat:b NX 1 c1", True),
    ("duyetd", "SET comments:stats b", False),
    ("duyetd", "ZADD comments:stats 1 c1", False),
    ("web", "SET comments:repeat:a b", False),
    ("web", "DEL comments:repeat:a", False),
    ("moderator", "SET comments:repeat:a b", False),
    ("moderator", "DEL comments:repeat:a", False),
    ("duyetd", "XADD other * id c1", False),
    ("duyetd", "EVAL return(1) 0", False),
    ("duyetd", "XGROUP DESTROY comments:submitted duyetd", False),
    *((user, command, False) for user in PASSWORDS for command in (
        "FLUSHALL", "CONFIG GET dir", "KEYS *", "SCAN 0", "GET secret", "SET secret 1",
        "ACL LIST", "CLIENT LIST", "SHUTDOWN", "SUBSCRIBE x", "MONITOR",
        "MODULE LIST", "REPLICAOF NO ONE", "SCRIPT FLUSH")),
]


@pytest.fixture
def users(site):
    """Redis with the three users, made as systemd/README.md says; no daemon yet."""
    paste(site, blocks("systemd/README.md", "acl")[0])
    return site


def as_user(site, user):
    return site.server.client(username=user, password=PASSWORDS[user])


def test_users_of_another_prefix(users):
    paste(users, blocks("systemd/README.md", "acl of another prefix")[0].replace("NAME", "site-2"))
    duyetd = users.server.client(username="duyetd-site-2", password=PASSWORDS["duyetd"])
    assert duyetd.xadd("site-2:verdicts", {"id": "c1"})
    with pytest.raises(redis.exceptions.NoPermissionError):
        duyetd.xadd("comments:verdicts", {"id": "c1"})
    names = ["duyetd", "duyetd-site-2", "moderator", "moderator-site-2", "web", "web-site-2"]
    assert sorted(set(users.redis.acl_users()) - {"default"}) == names


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_removal_deletes_all_keys_and_users(users, page):
    for key in "comments:verdicts", "comments:rejected:a b", "comments:reply:'c", "other":
        users.redis.set(key, "x")
    paste(users, blocks(f"systemd/{page}", "removal")[0])
    assert users.redis.keys() == ["other"] and users.redis.acl_users() == ["default"]


def start_daemon(site, *options):
    password = site.scratch / "password"
    password.write_text(PASSWORDS["duyetd"] + "\n")
    url = site.url.replace("//", "//duyetd@")
    return site.daemon("--redis", url, "--redis-password-file", password, *options)


def test_each_user_may_do_its_work_and_nothing_else(users):
    admin = users.redis
    admin.xgroup_create("comments:verdicts", "site", "0", mkstream=True)
    admin.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    wrong = []
    for user, command, may in MAY:
        client = as_user(users, user)
        try:
            client.execute_command(*command.split())
            refused = False
        except redis.exceptions.NoPermissionError:
            refused = True
        if refused == may:
            wrong.append(f"{user} {'may not' if may else 'may'} {command}")
    assert not wrong


def test_users_are_off_until_they_have_a_password(site):
    paste(site, blocks("systemd/README.md", "acl")[0].splitlines()[0])
    for user in PASSWORDS:
        with pytest.raises(redis.RedisError, match="WRONGPASS|invalid username-password"):
            site.server.client(username=user, password="").ping()


def test_the_old_password_is_taken_away(users):
    users.redis.execute_command("ACL", "SETUSER", "duyetd", ">a new secret")
    assert as_user(users, "duyetd").ping()
    paste(users, blocks("systemd/README.md", "acl old password")[0])
    assert users.server.client(username="duyetd", password="a new secret").ping()
    with pytest.raises(redis.RedisError, match="WRONGPASS|invalid username-password"):
        as_user(users, "duyetd").ping()


def test_the_errors_of_a_missing_login_are_explained(users):
    """Redis refuses a long command before the login with another error than a short one."""
    users.redis.execute_command("ACL", "SETUSER", "default", ">a secret")
    page = "rules/README.vi.md"
    row, = re.findall(r"^\| (`NOAUTH`.*?) \| ", PAGES[page], re.M)
    rc, *commands = blocks(page, "moderator")
    for command in commands:
        done = subprocess.run(["bash", "-c", rc + command], env=users.env, capture_output=True,
                              text=True, timeout=PATIENCE)
        assert any(error in done.stdout for error in re.findall("`(.*?)`", row)), done.stdout


def test_rights_given_again_keep_passwords(users):
    """As after an upgrade: what the file does not give is taken away."""
    users.redis.execute_command("ACL", "SETUSER", "web", "~secret", "+get")
    users.redis.execute_command("ACL", "SETUSER", "duyetd", "-xadd", "(~secret +get)")
    paste(users, blocks("systemd/README.md", "acl")[0].splitlines()[0])
    test_each_user_may_do_its_work_and_nothing_else(users)
    for user in "web", "duyetd":
        with pytest.raises(redis.exceptions.NoPermissionError):
            as_user(users, user).get("secret")


def test_the_daemon_does_all_its_work_as_its_user(users):
    admin, web = users.redis, as_user(users, "web")
    (users.rules / "90.yaml").write_text(
        "rules:\n"
        "- {name: doubt, kind: banned, phrases: [nghi ngờ], action: hold, message: m}\n"
        "- {name: trial, kind: banned, phrases: [thử nghiệm], action: watch, message: m}\n"
        "- {name: flood, kind: repeat, times: 1, within: 1h, action: watch, message: m}\n")
    admin.xgroup_create("comments:submitted", "duyetd", "0", mkstream=True)
    web.xadd("comments:submitted", {"id": "lost", "text": HONEST})
    admin.xreadgroup("duyetd", "gone", {"comments:submitted": ">"})
    first = start_daemon(users, "--claim-after", "1s")
    for comment_id, text in [("good", HONEST), ("bad", SHORT), ("held", HONEST + " Tôi nghi ngờ."),
                             ("watched", HONEST + " Đây là thử nghiệm.")]:
        web.xadd("comments:submitted", {"id": comment_id, "text": text, "reply": 1})
        assert web.blpop(f"comments:reply:{comment_id}", int(PATIENCE)), comment_id
    web.xadd("comments:submitted", {"text": "no id"})
    users.verdict("lost")

    moderator = as_user(users, "moderator")
    moderator.xadd("comments:review", {"id": "bad", "verdict": "approve", "by": "lan"})
    moderator.xadd("comments:review", {"id": "held", "verdict": "reject", "by": "lan"})
    moderator.xadd("comments:review", {"id": "none", "verdict": "approve", "by": "lan"})
    users.verdict("bad", 2)
    users.verdict("held", 2)
    wait_for(lambda: not admin.xpending("comments:review", "duyetd")["pending"])
    assert any("flood count=2 times=1" in row["matches"] for _, row in admin.xrange("comments:watched"))
    assert "zset" in {admin.type(key) for key in admin.keys("comments:repeat:*")}
    assert first.stop() == 0
    assert not admin.xinfo_consumers("comments:review", "duyetd")
    start_daemon(users, "--hold-for", "1s:reject", "--keep-approved", "1h")
    web.xadd("comments:submitted", {"id": "forgotten", "text": HONEST + " Tôi nghi ngờ."})
    users.verdict("forgotten", 2)  # as --hold-for says
    web.xadd("comments:submitted", {"id": "kept", "text": HONEST})
    users.verdict("kept")
    moderator.xadd("comments:review", {"id": "kept", "verdict": "reject", "by": "lan"})
    users.verdict("kept", 2)
    assert moderator.hget("comments:rejected:kept", "text") == HONEST
    wait_for(lambda: admin.xlen("comments:dead") == 2)
    assert {row["rules"] for _, row in admin.xrange("comments:watched")} == {"flood", "trial"}
    wait_for(lambda: not admin.xpending("comments:submitted", "duyetd")["pending"])

    lax = users.scratch / "lax"
    lax.mkdir()
    (lax / "10.yaml").write_text(
        "rules: [{name: any, kind: length, at-least: 1, unit: words, message: m}]\n")
    password = users.scratch / "moderator"
    password.write_text(PASSWORDS["moderator"])
    applied = subprocess.run(
        [DUYETD, "replay", "--rules", lax, "--redis", users.url.replace("//", "//moderator@"),
         "--redis-password-file", password, "--stream", "comments:rejected", "--since", "1h", "--apply",
         "--by", "lan"], capture_output=True, text=True)
    assert applied.returncode == 0, applied.stderr
    assert "1 review sent" in applied.stdout and "2 comments unchanged" in applied.stdout
    users.verdict("forgotten", 3)

    admin.script_flush()
    admin.xgroup_destroy("comments:submitted", "duyetd")
    web.xadd("comments:submitted", {"id": "after", "text": HONEST})
    users.verdict("after")
    # Newer redis-py sends CLIENT SETINFO. The users have no right for it: Redis 7.0 does not know it.
    assert [line for line in admin.acl_log() if line["object"] != "client|setinfo"] == [], users.log
    assert "NOPERM" not in users.log
    for user, code in ("moderator", 0), ("web", 3):
        password.write_text(PASSWORDS[user])
        done = subprocess.run(
            [DUYETD, "stats", "--redis", users.url.replace("//", f"//{user}@"), "--redis-password-file",
             password], capture_output=True, text=True)
        assert done.returncode == code, done.stderr
