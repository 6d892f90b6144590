"""The code blocks of the README pages, run as they stand there against the real daemon."""
import json
import re
import shutil
import signal
import subprocess
import sys

import pytest

from pages import BLOCK, PAGES, blocks, paste
from website import DUYETD, HONEST, PATIENCE, ROOT, SHORT, wait_for

MODERATORS_PAGES = ["README.md", "rules/README.vi.md"]
RULES_PAGES = ["rules/README.md", "rules/README.vi.md"]
# Names of blocks, and the pages that have them.
RUN = {"shell": ["README.md"], "python": ["README.md"], "moderator": MODERATORS_PAGES,
       "many": RULES_PAGES, "ops": RULES_PAGES,
       "rule": RULES_PAGES, "restore": RULES_PAGES, "acl": ["systemd/README.md"],
       "acl of another prefix": ["systemd/README.md"], "acl old password": ["systemd/README.md"],
       "removal": ["systemd/README.md", "systemd/README.vi.md"]}


def test_submit_and_read(site):
    site.daemon()
    shell, = blocks("README.md", "shell")
    output = paste(site, shell)
    assert "c41" in output and "reject" in output and "10 chữ" in output


@pytest.mark.parametrize("text, shows", [
    (SHORT, None),  # the reason of the verdict
    (HONEST, "Bình luận đã được đăng."),
], ids=["rejected", "approved"])
def test_submit_and_wait(site, text, shows):
    site.daemon()
    program, = blocks("README.md", "python")
    code, count = re.subn(r"redis\.Redis\(", f"redis.Redis(host='127.0.0.1', port={site.port}, ", program)
    code, waits = re.subn("timeout=2", "timeout=0", code)  # as long as it takes
    code, texts = re.subn(SHORT, text, code)
    assert count == waits == texts == 1
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (shows or site.verdict("c42")["reason"])


# What a commenter may write to look like another field or record, or to change the terminal.
FORGERIES = ["a\nverdict\napprove\nby\nlan", 'a",', 'a"]],["1-1",["id', "a\\", "\\\",", "", "\x1b]0;x\x07\x1b[2A",
             "\u009b2J\x7f", "\u202eevorppa\u2066", "1) \"verdict\"\n2) \"approve\"" + " dài" * 30,
             "a\r\n  \"verdict\",\n  \"approve\","]


def shown(output):
    """The lines of a terminal, each of which is one name or one value of the answer."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", output), output
    return output.splitlines()


@pytest.mark.parametrize("page", MODERATORS_PAGES)
def test_no_forgery_on_a_moderators_terminal(site, page):
    """Whatever a commenter writes: the answer is the same when read as JSON, and each line begins
    and ends where a name or a value does."""
    site.daemon()
    fields = {f"f{i}": text for i, text in enumerate(FORGERIES)}
    for comment in ("c41", "c42"):
        site.submit(comment, SHORT, **fields)
        site.verdict(comment)
    short, last, record = blocks(page, "moderator")[:3]
    output = paste(site, short + last)
    assert [dict(zip(row[::2], row[1::2]))["id"] for _, row in json.loads(output)] == ["c42", "c41"]
    lines = shown(output)
    names = len(site.redis.hgetall("comments:rejected:c42"))
    assert len(lines) == 2 * 2 * (names - 1)  # the record also has judged-on
    assert lines.count('  "verdict",') == lines.count('  "reject",') == 2
    assert '  "approve",' not in lines and '  "lan",' not in lines
    for output in paste(site, short + record), paste(site, short + "rc HGETALL comments:rejected:c41"):
        lines = shown(output)
        assert len(lines) == len(json.loads(output)) == names
        assert [line for line in lines if re.match(r'  ?"verdict":|{"verdict":', line)] != []
        assert len([line for line in lines if re.match(r'\W*verdict\W', line)]) == 1


@pytest.mark.parametrize("page", MODERATORS_PAGES)
def test_no_character_appears_where_another_is_removed(site, page):
    """In text that is not UTF-8, bytes before and after a removed character join. They must not make another
    control character."""
    site.daemon()
    site.submit("c42", SHORT, f1=b"\xc2\xc2\x9b\x9b2J", f2=b"\xe2\x80\x7f\xaeevorppa",
                f3=b"\xe2\xd8\x9c\x80\xae", f4=b"\xc2\xc2\xc2\x7f\x9b\x9b\x9b")
    site.verdict("c42")
    short, last, record = blocks(page, "moderator")[:3]
    assert "2J" in shown(paste(site, short + last))[-7]
    assert "evorppa" in "".join(shown(paste(site, short + record)))


@pytest.mark.parametrize("page", MODERATORS_PAGES)
def test_long_lists_are_shown(site, page):
    """The time grows with the length of the list. If it grew with the square, this list would take half an
    hour."""
    pipe = site.redis.pipeline()
    fields = {f"f{i}": "" if i % 2 else SHORT for i in range(10)}
    for _ in range(3000):
        pipe.xadd("comments:rejected", fields)
    pipe.execute()
    output = paste(site, blocks(page, "moderator")[0] + "rc XREVRANGE comments:rejected + - COUNT 3000")
    assert len(shown(output)) == 3000 * 2 * len(fields)


@pytest.mark.parametrize("page", MODERATORS_PAGES)
def test_moderators_page(site, page):
    """Every command of the page, in its order, with what it is said to do."""
    (site.rules / "90-hold.yaml").write_text(
        "rules: [{name: doubt, kind: banned, phrases: [nghi ngờ], action: hold, message: m}]\n")
    site.daemon()
    site.submit("c41", HONEST + " Tôi nghi ngờ.")
    site.submit("c42", SHORT, author="\x1b]0;u7\x07", page="\u009b2J")
    site.verdict("c42")
    short, last, record, approve, reject, held, rest = blocks(page, "moderator")
    last, record, held, rest = (short + code for code in (last, record, held, rest))

    output = paste(site, last)
    assert SHORT in output and "min-length words=2 at-least=10" in output and "]0;u7" in output
    shown(output)
    output = paste(site, record)
    assert '"author":"\\u001b]0;u7' in output and '"page":"2J"' in output
    shown(output)

    paste(site, approve)
    assert site.verdict("c42", 2)["verdict"] == "approve"
    assert site.verdict("c42", 2)["by"] == "lan"
    assert not site.redis.exists("comments:rejected:c42")

    paste(site, reject)
    assert site.verdict("c42", 3)["verdict"] == "reject"

    output = paste(site, held)
    assert output.startswith("1\n") and "c41" in output
    site.redis.xadd("comments:review", {"id": "c41", "verdict": "approve", "by": "lan"})
    site.verdict("c41", 2)
    assert paste(site, held).split() == ["0", "[]"]

    site.redis.xadd("comments:review", {"id": "c999", "verdict": "approve", "by": "lan"})
    wait_for(lambda: site.redis.xlen("comments:dead"))
    output = paste(site, rest)
    assert "đúng chủ đề" in output and "c999" in output and "rule:min-length" in output


def rows(output):
    """What `list` prints: one line a comment, five columns."""
    shown(output.replace("\t", " "))
    return [line.split("\t") for line in output.splitlines()]


# Whatever commenters type: as the text, as their name, and as a field with the name of a verdict's field.
TYPED = [*FORGERIES, "$(touch forged)", "`touch forged`; '\"", "%s\\n\\t", "\u200b\t1-1\tc9" * 5000,
         "\ud7ff\U0010ffff\ufdd0", "-r", "\t\t", "\\(1)"]


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not here")
@pytest.mark.parametrize("page", RULES_PAGES)
def test_many_comments_at_once(site, page):
    """Runs each command of the page, and checks what the page says that it does."""
    site.daemon()
    define, use, decide = blocks(page, "many")
    rc, gambling = blocks("README.md", "moderator")[0], HONEST + " Vào nhà cái uy tín nạp tiền nhé."
    ids = ["-x", "a b  c", "\\\\t\\(1)", "$(touch forged)", "`touch forged`; '\"*", "*"]
    ids += [f"c{i}" for i in range(len(ids), len(TYPED))]
    entries = [site.submit(comment, gambling + typed, author=typed if i % 2 else "u7", rules=typed)
               for i, (comment, typed) in enumerate(zip(ids, TYPED))]
    entries.append(site.submit("short", SHORT, author="u8"))
    ids.append("short")
    site.verdict("short")
    assert site.redis.xlen("comments:rejected") == len(ids)

    output = rows(paste(site, define + "list rejected 1000"))
    assert [row[:2] for row in output] == [list(pair) for pair in zip(entries, ids)][::-1]
    assert {len(row) for row in output} == {8}
    assert output[0][2:] == ["reject", "duyetd", "min-length", "u8", "", SHORT]
    assert all("gambling" in row[4] and row[7].startswith(gambling) for row in output[1:])
    last, by_rule, by_author, by_words, of_c42, count = use.splitlines()
    assert rows(paste(site, define + last)) == output[:20]
    assert rows(paste(site, define + by_rule)) == output[1:]
    site.redis.xadd("comments:submitted", {"id": "no-text", "author": "u9"})
    site.verdict("no-text")
    assert rows(paste(site, define + by_words)) == output[1:]
    of_u7 = rows(paste(site, define + by_author))
    assert of_u7 == [row for row in output if row[5] == "u7"] and len(of_u7) > 5
    assert not paste(site, f"{define} {by_author.replace('==', '=')} || true"), "= changes every comment"
    assert not paste(site, f"""{define} {by_author.replace("'", "")} || true"""), "without quotes, the condition is lost"
    for wrong in ("stats", "rejected ten"):
        told = paste(site, f"{define} list {wrong} 2>&1 | sed 's/^/told: /' || true")
        assert told.startswith(("told: ERR", "told: WRONGTYPE")) and "parse error" not in told
    for condition in ('.author | match("^u7$")', 'select(.author == "u7")', '.author | test("^(u7|a=b)$")'):
        assert rows(paste(site, define + f"list rejected 1000 '{condition}'")) == of_u7
    assert '"rule:gambling"' in paste(site, rc + count) and "rule:min-length" in paste(site, rc + count)
    paste(site, define + use.replace(count, "") + rc + count)

    site.redis.xadd("comments:review", {"id": ids[0], "verdict": "reject", "by": "minh"})
    site.verdict(ids[0], 2)
    site.redis.xadd("comments:review", {"id": "short", "verdict": "approve", "by": "lan"})
    site.verdict("short", 2)
    site.submit(ids[2], SHORT)  # edited; without an author it is on no list below
    site.verdict(ids[2], 2)
    site.submit("held", HONEST + " Gọi 0912 345 678 nhé.", author="u7")
    assert site.verdict("held")["verdict"] == "hold"
    paste(site, define + decide)
    wait_for(lambda: not site.redis.xlen("comments:review"))
    for _, comment, *_ in of_u7:
        second = "reject" if comment in (ids[0], ids[2]) else "approve"
        assert [v["verdict"] for v in site.verdicts(comment)] == ["reject", second], comment
    decided, rejected_before = re.findall("`(list reviewed [^`]*)`", PAGES[page])
    approved = {row[1] for row in of_u7} - {ids[0], ids[2]}
    assert {row[1] for row in rows(paste(site, define + decided))} == approved | {"held"}
    one = next(comment for comment in approved if comment.startswith("c"))
    row, = rows(paste(site, define + of_c42.replace("c42", one)))
    assert row[1:4] == [one, "approve", "lan"] and row[6] in decide
    undo = decide.replace(decide.split(" | while")[0], rejected_before).replace("approve", "reject reason r")
    paste(site, define + undo.replace("only-if duyetd", "").replace("note '", "note 'undo "))
    wait_for(lambda: not site.redis.xlen("comments:review"))
    assert {site.verdicts(comment)[-1]["verdict"] for comment in approved} == {"reject"}
    assert {site.verdicts(comment)[-1]["verdict"] for comment in ("short", "held")} == {"approve"}
    assert not site.redis.xlen("comments:dead")
    assert not (ROOT / "forged").exists()

    site.redis.xadd("comments:submitted", {"id": "raw", "text": b"\xff\xfe\x1b[2J \xed\xa0\x80"})
    site.verdict("raw")
    row, = rows(paste(site, define + "list rejected 1"))
    assert row[1:5] == ["raw", "reject", "duyetd", "malformed"]

    site.redis.xadd("comments:submitted", {"text": HONEST})
    wait_for(lambda: site.redis.xlen("comments:dead"))
    assert [row[1:] for row in rows(paste(site, define + "list dead 5"))] == [["", "", "", "", "", "", HONEST]]


@pytest.mark.parametrize("page", RULES_PAGES)
def test_rules_are_changed(site, page):
    output = paste(site, blocks(page, "ops")[0])
    assert "ok" in output and "gambling" in output and "n.h.à c.á.i" in output


@pytest.mark.parametrize("page", RULES_PAGES)
def test_restored_after_a_bad_rule(site, page):
    phrases = site.rules / "lists/gambling.txt"
    good = phrases.read_text(encoding="utf-8")
    phrases.write_text(good + "phân tích rõ ràng\n", encoding="utf-8")
    daemon = site.daemon()
    for i in range(3):
        site.submit(f"c{i}", HONEST)
        assert site.verdict(f"c{i}")["rules"] == "gambling"
    phrases.write_text(good, encoding="utf-8")
    daemon.signal(signal.SIGHUP)
    daemon.wait_log("rules: loaded", count=2)
    site.env["DUYETD_REDIS"] = site.url
    output = paste(site, blocks(page, "restore")[0])
    assert "reject → approve: 3" in output and "3 reviews sent: 3 approve, 0 reject" in output
    for i in range(3):
        assert site.verdict(f"c{i}", 2)["verdict"] == "approve"

    note, = re.findall('their note is "(.*)"', output)
    site.redis.xadd("comments:review", {"id": "c0", "verdict": "reject", "by": "lan"})
    site.verdict("c0", 3)
    applied = paste(site, f"{blocks(page, 'many')[0]} list reviewed 1000 '.note == \"{note}\"'")
    assert [row[1] for row in rows(applied)] == ["c2", "c1", "c0"]


def load(directory, rules):
    directory.mkdir(exist_ok=True)
    (directory / "90-readme.yaml").write_text(rules, encoding="utf-8")
    (directory / "everyday.txt").write_text("Trời hôm nay đẹp quá\n")
    done = subprocess.run([DUYETD, "check", "--strict", "--rules", directory],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "hint" not in done.stdout, done.stdout


@pytest.mark.parametrize("page, rules", [(page, rules) for page in RULES_PAGES for rules in blocks(page, "rule")])
def test_rules_load(tmp_path, page, rules):
    load(tmp_path / "rules", rules)


def test_every_kind_has_an_example():
    known = set(re.findall(r"^\.Ss ([a-z]+)$", (ROOT / "systemd/man/duyetd-rules.5").read_text(), re.M))
    for page in RULES_PAGES:
        assert known == set(re.findall(r"^ +kind: (\w+)", "".join(blocks(page, "rule")), re.M)), page


@pytest.mark.parametrize("page", RULES_PAGES)
def test_phrases_are_found_where_the_table_says(tmp_path, page):
    rows = re.search(r"<!-- phrases -->\n.*\n.*\n((?:\|.*\n)+)", PAGES[page]).group(1).splitlines()
    assert len(rows) >= 3
    for row in rows:
        phrase, hit, miss = (re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split(" | "))
        rule = {"name": "phrase", "kind": "banned", "phrases": phrase, "message": "m",
                "examples": {"hit": hit, "miss": miss}}
        load(tmp_path / "rules", json.dumps({"rules": [rule]}, ensure_ascii=False))


def test_marked_blocks_are_all_run():
    for page, text in PAGES.items():
        markers = [marker for marker, _ in BLOCK.findall(text)]
        assert len(re.findall("<!-- run: (?!NAME|rule -->`)", text)) == len(markers), f"{page}: a marker without its block"
        assert not [marker for marker in markers if page not in RUN[marker]], page


def test_a_test_runs_by_the_path_of_its_file():
    done = subprocess.run([ROOT / "tests/run.py", "tests/check/layers.py"], capture_output=True, text=True,
                          timeout=PATIENCE)
    assert re.fullmatch(r"check +layers +1 passed, 0 failed\n1 passed, 0 failed\n", done.stdout), done.stdout
