#!/usr/bin/python3
"""Fails when a place that must know every field of a verdict lacks one.

The fields are those of VERDICT in tests/system/helpers.py, in their order. Where a file
writes them in order, as a script does, the check compares the order too. When a file
gets one more row of the fields, its number in PLACES must change.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))

# A file, and how often it has all fields in order; 0: the names in any order.
PLACES = {
    # a plain approval alone and in a batch, any other verdict, the record, the reply, what is kept
    "src/queue/settle.lua": 6,
    "src/queue/hold_expiry.lua": 2,  # the verdict, what is kept
    "src/queue/review.lua": 1,
    "src/queue/submission.c": 0,  # names that no submission may use
    "src/queue/verdict_search.c": 0,  # of the newest verdict, for review.lua
    "tests/bench/reference.c": 1,  # a script that only publishes
    "systemd/man/duyetd-redis.7": 0,
    "README.md": 0,
}
# Fields that a place need not name: the id is a field of the submission.
ELSEWHERE = {"src/queue/submission.c": {"id"}, "src/queue/verdict_search.c": {"id"}}


def fields():
    text = (ROOT / "tests/system/helpers.py").read_text(encoding="utf-8")
    return re.findall(r'"([\w-]+)"', re.search(r"^VERDICT = \[(.*?)\]", text, re.M).group(1))


def table(text):
    """The keys of a script's table `ours`: what it does not copy from a record. None if it has no such table."""
    found = re.search(r"^local ours = \{(.*?)\}", text, re.M | re.S)
    return found and set(re.findall(r"([\w-]+)['\]\s]*= true", found.group(1)))


def row(names, longest=80):
    """A regular expression: the names in quotes, with their values between them."""
    return r"['\"]" + rf"['\"].{{0,{longest}}}?['\"]".join(names) + r"['\"]"


def main():
    problems = []
    for name, times in PLACES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for field in set(fields()) - ELSEWHERE.get(name, set()):
            if not re.search(rf"['\"`]{field}['\"`]|^\.I[ct] .*\b{field}\b", text, re.M):
                problems.append(f"{name} does not name the verdict's field {field}")
        ours = table(text)
        if ours is not None and not set(fields()) <= ours:
            problems.append(f"{name}: its table `ours` lacks {', '.join(sorted(set(fields()) - ours))}")
        whole = [match.start() for match in re.finditer(row(fields()), text, re.S)]
        if times and len(whole) != times:
            begun = [match.start() for match in re.finditer(row(fields()[:3], 40), text, re.S)]
            lines = [text.count("\n", 0, at) + 1 for at in begun if at not in whole]
            problems.append(f"{name} has all fields of the verdict in order {len(whole)} times, "
                            f"expected {times}; not in lines {lines}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
