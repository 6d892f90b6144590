"""A day of moderation: a bad rule goes live and is corrected, its comments are restored, a flood comes.
The moderators' commands work at each step."""
import json
import signal
import subprocess

import pytest

from pages import blocks, paste
from website import DUYETD, HONEST, PATIENCE, wait_for

BAD_RULE = "rules: [{name: bad, kind: banned, phrases: [phân tích rõ ràng], message: m}]\n"
FLOOD_RULE = "rules: [{name: flood, kind: repeat, times: 3, within: 1h, action: hold, message: m}]\n"
FLOOD = "Mời cả nhà ghé quán mình ăn bún chả nhé, ngon và rẻ lắm."
AD = "Nạp tiền chơi nhà cái uy tín nhận thưởng lớn mỗi ngày nhé."
COUNT, FLOODED = 500, 300
# Each honest comment is another text: letters count, and digits do not.
WHO = "bạn bố mẹ anh chị em ông bà thầy cô".split()
WHERE = "Huế Vinh Pleiku Sapa Tokyo Paris London Seoul Berlin Roma".split()
WHAT = "đọc xem nghĩ nói hỏi".split()
HONEST_TEXTS = [f"{HONEST} {who} tôi ở {where} cũng {what} vậy."
                for who in WHO for where in WHERE for what in WHAT]

RC, LAST, RECORD, APPROVE, REJECT, HELD, REST = blocks("README.md", "moderator")
LIST, USE, DECIDE = blocks("rules/README.md", "many")
OF_AUTHOR = """list rejected 1000 '.author == "u7"'"""
RESTORE = blocks("rules/README.md", "restore")[0].replace("gambling", "bad")


class Moderation:
    """The daemon, and what a moderator types."""

    def __init__(self, site):
        self.site, self.loads = site, 1
        (site.rules / "90-flood.yaml").write_text(FLOOD_RULE, encoding="utf-8")
        self.daemon = site.daemon()
        site.env["DUYETD_REDIS"] = site.url

    def reload(self):
        self.loads += 1
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_log("rules: loaded", count=self.loads)

    def wait(self):
        for stream in "submitted", "review":
            wait_for(lambda: not self.site.redis.xlen(f"comments:{stream}"))

    def list(self, command):
        return [line.split("\t") for line in paste(self.site, LIST + command).splitlines()]

    def look(self):
        """Runs every command of the page that changes nothing; returns what they print."""
        output = [paste(self.site, RC + code) for code in (LAST, RECORD, HELD, REST)]
        return output + [paste(self.site, RC + LIST + USE)]

    def stats(self):
        done = subprocess.run([DUYETD, "stats", "--redis", self.site.url, "--format", "json"],
                              capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return {rule["rule"]: rule for rule in json.loads(done.stdout)["rules"]}

    def verdicts(self, prefix):
        """The list of (verdict, by) for each comment whose id begins with `prefix`."""
        each = {}
        for _, verdict in self.site.redis.xrange("comments:verdicts"):
            if verdict["id"].startswith(prefix):
                each.setdefault(verdict["id"], []).append((verdict["verdict"], verdict["by"]))
        return each


REJECTED, APPROVED = ("reject", "duyetd"), ("approve", "duyetd")


def a_bad_rule_goes_live(moderation):
    (moderation.site.rules / "95-bad.yaml").write_text(BAD_RULE, encoding="utf-8")
    moderation.reload()
    for i in range(COUNT):
        moderation.site.submit(f"h{i}", HONEST_TEXTS[i], author=f"u{i % 10}")
    moderation.site.submit("c42", AD, author="u7")
    moderation.wait()
    last, record, held, _, many = moderation.look()
    assert "«phân tích rõ ràng»" in last and "gambling" in record and held.startswith("0\n")
    assert '"rule:bad":"500"' in "".join(many.replace("\n", "").split())
    assert len(moderation.list("list rejected 1000 '.rules | split(\",\") | index(\"bad\")'")) == COUNT
    assert moderation.verdicts("h") == {f"h{i}": [REJECTED] for i in range(COUNT)}


def a_moderator_decides_some(moderation):
    """Approves h0, rejects h1, and confirms the rejection of the advertisement."""
    for comment, verdict in ("h0", "approve"), ("h1", "reject"):
        command = APPROVE if verdict == "approve" else REJECT
        paste(moderation.site, command.replace("c42", comment).replace("by lan", "by minh"))
    paste(moderation.site, REJECT)
    moderation.wait()


def the_rule_is_corrected(moderation):
    (moderation.site.rules / "95-bad.yaml").unlink()
    moderation.reload()
    output = paste(moderation.site, RESTORE)
    assert f"{COUNT - 2} reviews sent: {COUNT - 2} approve, 0 reject" in output
    assert "2 comments unchanged, decided since" in output
    moderation.wait()
    restored = {f"h{i}": [REJECTED, ("approve", "lan")] for i in range(2, COUNT)}
    by_hand = {"h0": [REJECTED, ("approve", "minh")], "h1": [REJECTED, ("reject", "minh")]}
    assert moderation.verdicts("h") == {**restored, **by_hand}
    assert "\n0 reviews sent" in paste(moderation.site, RESTORE)
    moderation.wait()
    assert moderation.verdicts("h") == {**restored, **by_hand}


def the_statistics_show_it(moderation):
    rules = moderation.stats()
    assert list(rules)[0] == "bad"
    assert (rules["bad"]["hits"], rules["bad"]["overturned"]) == (COUNT, COUNT - 1)
    assert rules["bad"]["overturned-share"]["of"] == COUNT
    assert rules["gambling"]["overturned"] == 0
    assert moderation.site.redis.hget("comments:stats", "overturned") == str(COUNT - 1)


def a_flood_comes(moderation):
    for i in range(FLOODED):
        moderation.site.submit(f"f{i}", FLOOD, author="u7")
    moderation.wait()
    assert moderation.verdicts("f") == {
        f"f{i}": [APPROVED if i < 3 else ("hold", "duyetd")] for i in range(FLOODED)}
    assert moderation.look()[2].startswith(f"{FLOODED - 3}\n")
    assert len(moderation.list("list held 1000")) == FLOODED - 3
    assert "\n0 reviews sent" in paste(moderation.site, RESTORE.replace(" --rule bad", ""))


def the_flood_is_rejected_as_a_list(moderation):
    decide = DECIDE.replace(OF_AUTHOR, OF_AUTHOR.replace("rejected", "held")).replace("approve", "reject")
    assert decide != DECIDE
    paste(moderation.site, LIST + decide)
    moderation.wait()
    assert moderation.verdicts("f") == {
        f"f{i}": [APPROVED] if i < 3 else [("hold", "duyetd"), ("reject", "lan")] for i in range(FLOODED)}
    flood = moderation.stats()["flood"]
    assert (flood["held"], flood["held-rejected"], flood["overturned"]) == (FLOODED - 3, FLOODED - 3, 0)
    assert moderation.look()[2].split() == ["0", "[]"]


@pytest.mark.timing
def test_a_day_of_moderation(site):
    moderation = Moderation(site)
    for part in (a_bad_rule_goes_live, a_moderator_decides_some, the_rule_is_corrected,
                 the_statistics_show_it, a_flood_comes, the_flood_is_rejected_as_a_list):
        part(moderation)
    assert not site.redis.xlen("comments:dead")
    assert not site.redis.xpending("comments:review", "duyetd")["pending"]
