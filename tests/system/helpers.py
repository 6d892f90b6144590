"""Functions that many tests of the daemon use."""
import inspect
import os
import pathlib
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")

GOOD = "Bài viết rất hay và bổ ích cho bạn đọc"
RULES = """\
rules:
  - name: min-length
    kind: length
    at-least: 3
    unit: words
    message: "Bình luận cần tối thiểu {at-least} chữ, mới có {words} chữ."
  - name: no-links
    kind: links
    message: "Bình luận không được chứa liên kết."
  - name: gambling
    kind: banned
    phrases: [nhà cái]
    fields: [text, name]
    message: "Bình luận có nội dung bị cấm."
  - name: doubtful
    kind: banned
    action: hold
    phrases: [cần xem lại]
    message: "Bình luận đang chờ duyệt."
  - name: trial
    kind: banned
    action: watch
    phrases: [thử nghiệm]
    message: "Chỉ để xem."
"""
# Seconds until a test fails because a condition does not become true. The result of a test does not
# depend on speed; PATIENCE_FACTOR lengthens this on a slow machine.
PATIENCE = 60 * float(os.environ.get("PATIENCE_FACTOR", "1"))
VERDICT = ["id", "verdict", "rules", "reason", "entry", "ruleset", "by"]


def described(condition):
    """The source of a condition, and the values of the variables that it takes from its function."""
    try:
        source = " ".join(inspect.getsource(condition).split())
        values = inspect.getclosurevars(condition).nonlocals
    except (OSError, TypeError):  # no function written in Python
        return repr(condition)
    return "; ".join([source, *(f"{name} = {value!r:.200}" for name, value in values.items())])


def wait_for(condition, timeout=PATIENCE):
    """The result of the condition as soon as it is true; fails after the timeout."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, \
            f"not true within {timeout:.0f} s, last result {answer!r:.200}: {described(condition)}"
        time.sleep(0.01)


def calls(redis, command):
    """How often Redis has run a command."""
    return redis.info("commandstats").get(f"cmdstat_{command}", {}).get("calls", 0)


def errors(redis, kind):
    """How many error replies of a kind Redis has sent."""
    count = redis.info("errorstats").get(f"errorstat_{kind}", "count=0")
    return count["count"] if isinstance(count, dict) else int(count.partition("=")[2])  # old redis-py


def submit(redis, comment, text, **fields):
    return redis.xadd("comments:submitted", {"id": comment, "text": text, **fields})


def submit_many(redis, count, first=0, text=GOOD):
    """`count` submissions c0, c1 …; every tenth breaks a rule. Their entry ids."""
    entries = []
    for start in range(first, first + count, 1000):
        pipe = redis.pipeline(transaction=False)
        for i in range(start, min(start + 1000, first + count)):
            words = "Chơi nhà cái là thua thôi" if i % 10 == 9 else text
            pipe.xadd("comments:submitted", {"id": f"c{i}", "text": words})
        entries += pipe.execute()
    return entries


def verdicts(redis):
    return [fields for _, fields in redis.xrange("comments:verdicts")]


def wait_verdicts(redis, count, timeout=PATIENCE):
    wait_for(lambda: redis.xlen("comments:verdicts") >= count, timeout)
    return verdicts(redis)


def verdict_of(redis, entry):
    return wait_for(lambda: [v for v in verdicts(redis) if v["entry"] == entry])[0]


def wait_settled(redis, timeout=PATIENCE):
    """Waits until no submission is left, neither new nor pending."""
    wait_for(lambda: redis.xlen("comments:submitted") == 0, timeout)
    wait_for(lambda: redis.xpending("comments:submitted", "duyetd")["pending"] == 0, timeout)


def assert_one_each(redis, entries):
    """Exactly one verdict for each entry, and for nothing else."""
    got = [v["entry"] for v in verdicts(redis)]
    assert len(got) == len(set(got)), "an entry has two verdicts"
    assert set(got) == set(entries), f"{len(set(entries) - set(got))} entries have none"
