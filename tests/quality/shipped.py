"""How the shipped rules judge news comments, spam, and cases of known faults and attacks.

The corpora are laid out so (what is missing is left out of the table):
  cases/cases.jsonl    {"kind", "text", "want": object|pass}: `kind` begins with report: or attack:
  news/spam.jsonl      {"text", "kind"}: a banned rule or `no-links` should hit
  news/labelled.jsonl  {"id", "text", "rule", "expected", "note"}: whether `rule` should hit
  news/honest.jsonl    {"id", "text"}: comments that a news site has published

In the cases, `object` means that the verdict is reject or hold, `pass` that it is approve. A hit on
an honest comment counts as wrong unless news/labelled.jsonl says that it is right.
"""

import collections

from corpora import load
from judge import judge
from table import line, row, row_of_few, show_rows

RULES = "rules"
NOT_ABOUT_CONTENT = {"min-length", "diacritics"}
LONG = 10  # words


def judged(rows):
    """Pairs of a row and its verdict."""
    return list(zip(rows, judge([r["text"] for r in rows], RULES))) if rows else []


def deciding(verdict):
    """Names of the rules that decide: those that only watch are left out."""
    return {hit["rule"] for hit in verdict["hits"] if hit["action"] != "watch"}


def banned(verdict, action):
    """Names of the banned rules of this action that hit."""
    return {hit["rule"] for hit in verdict["hits"] if hit["action"] == action} - NOT_ABOUT_CONTENT - {"no-links"}


def by_kind(pairs, wrong, key):
    """`pairs` grouped by `key`: the kind, how many of it are wrong, how many there are."""
    all_of = collections.Counter(r[key] for r, _ in pairs)
    wrong_of = collections.Counter(r[key] for r, _ in wrong)
    return [(kind, wrong_of[kind], all_of[kind]) for kind in sorted(all_of, key=lambda k: (-wrong_of[k], k))]


def measure(what, pairs, is_wrong, limit, key="kind", print_row=row):
    wrong = [(r, v) for r, v in pairs if is_wrong(r, v)]
    print_row(what, len(wrong), len(pairs), limit)
    if key:
        show_rows([f"{kind}: {bad} of {count}" for kind, bad, count in by_kind(pairs, wrong, key)])
    show_rows([describe(r, v, key) for r, v in wrong])


def describe(one, verdict, key):
    """A failing row on one line: its kind, its text, the rules that hit and what they hit."""
    found = "; ".join(f"{hit['rule']} ({hit['action']})" + (f" {hit['text']!r}" if "text" in hit else "")
                      for hit in verdict["hits"])
    note = f" [{one['note']}]" if "note" in one else ""
    return f"{one[key] + ': ' if key else ''}{one['text']!r}{note} -> {found or 'no hit'}"


def measure_cases(pairs):
    def approved(_, verdict):
        return verdict["verdict"] == "approve"

    def not_approved(_, verdict):
        return verdict["verdict"] != "approve"

    for family, missed, hit in (("report", 5, 6), ("attack", 10, 3)):
        those = [(r, v) for r, v in pairs if r["kind"].startswith(family + ":")]
        for want, what, is_wrong, limit in (("object", "missed", approved, missed), ("pass", "hit", not_approved, hit)):
            measure(f"cases from {family}s: `{want}` {what}", [p for p in those if p[0]["want"] == want],
                    is_wrong, limit)
    line("cases too short for min-length, for information", sum("min-length" in v["rules"] for _, v in pairs),
         len(pairs), "", True)


def measure_spam(pairs):
    def ignored(_, verdict):
        return not deciding(verdict) - NOT_ABOUT_CONTENT

    for what, is_obscene, limit in (("obscene", True, 10), ("all else", False, 3)):
        measure(f"spam, {what}: neither a banned rule nor no-links hits",
                [(r, v) for r, v in pairs if r["kind"].startswith("obscene") == is_obscene], ignored, limit)


def measure_labelled(pairs):
    for expected, what in ((False, "hit and should not"), (True, "not hit and should")):
        measure(f"labelled: {what}", [p for p in pairs if p[0]["expected"] == expected],
                lambda r, v: (r["rule"] in v["rules"]) != r["expected"], 8, key="rule")


def measure_honest(pairs, labelled):
    right = {(r["id"], r["rule"]) for r in labelled if r["expected"]}

    def measure_rules(what, those, names, most):
        """Wrong where one of names(verdict) is not labelled right."""
        measure(f"honest news comments {what}, not labelled right", those,
                lambda r, v: any((r["id"], name) not in right for name in names(v)), most, key=None,
                print_row=row_of_few)

    measure_rules("rejected by a banned rule", pairs, lambda v: banned(v, "reject"), 0)
    measure_rules("held by a banned rule", pairs, lambda v: set() if banned(v, "reject") else banned(v, "hold"), 2)
    measure_rules(f"of {LONG} words and more rejected by diacritics",
                  [(r, v) for r, v in pairs if v["words"] >= LONG], lambda v: deciding(v) & {"diacritics"}, 1)
    measure_rules("rejected by no-links", pairs, lambda v: deciding(v) & {"no-links"}, 0)


def measure_shipped(directory):
    labelled = load(directory, "news/labelled.jsonl")
    measure_cases(judged(load(directory, "cases/cases.jsonl")))
    measure_spam(judged(load(directory, "news/spam.jsonl")))
    measure_labelled(judged(labelled))
    measure_honest(judged(load(directory, "news/honest.jsonl")), labelled)
