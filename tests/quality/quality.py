#!/usr/bin/python3
"""How well the rules judge real comments: quality.py DIR

DIR is laid out so (what is missing is left out of the table):
  raw/*.jsonl                  {"id", "text", "labels"}: real comments
  labelled-*.jsonl             {"id", "text", "diacritics": yes|no|mixed|other, "syllables", "numerals"}
  prose/*.jsonl                {"id", "text"}: edited text
  lists/badwords.jsonl         {"phrase"}
  links/*.jsonl                see links.py
  cases/*.jsonl, news/*.jsonl  see shipped.py
"""

import os
import random
import re
import sys

import forms
import links
from corpora import load
from judge import judge, judge_by, quote
from shipped import measure_shipped
from table import row, show

SITE = "rules"
LENGTH = "rules:\n  - {name: length, kind: length, at-least: 10, message: m}\n"
DIACRITICS = "rules:\n  - {name: diacritics, kind: diacritics, message: m}\n"


def measure(what, texts, is_wrong, limit):
    """Prints the row of `texts`, pairs of a text and its verdict: wrong are those with is_wrong(verdict)."""
    wrong = [text for text, verdict in texts if is_wrong(verdict)]
    row(what, len(wrong), len(texts), limit)
    show(wrong)


def paired(texts, yaml):
    return list(zip(texts, judge_by(texts, yaml))) if texts else []


def hits(name):
    return lambda verdict: name in verdict["rules"]


def misses(name):
    return lambda verdict: name not in verdict["rules"]


def measure_words(labelled):
    verdicts = judge_by([r["text"] for r in labelled], LENGTH) if labelled else []
    wrong = [r["text"] for r, v in zip(labelled, verdicts)
             if abs(v["words"] - r["syllables"] - r["numerals"]) > 1]
    row("words off by more than one, labelled comments", len(wrong), len(labelled), 1)
    show(wrong)
    # Most labels count runs of letters and digits: a link, 10.000, it's, and a syllable whose
    # marks stand apart have several runs. duyetd counts each of these as one word, or none.
    in_pieces = re.compile(r"https?://|\d[.,]\d|\w['’]\w|\s[\u0300-\u036f]")
    wrong = [text for text in wrong if not in_pieces.search(text)]
    count = sum(not in_pieces.search(r["text"]) for r in labelled)
    row("the same, without comments with links, decimals or apostrophes", len(wrong), count, 1)


def measure_diacritics(labelled, comments, prose):
    for label, is_wrong, what in (("yes", hits, "rejected"), ("no", misses, "accepted")):
        texts = [r["text"] for r in labelled if r["diacritics"] == label]
        measure(f"diacritics: labelled `{label}` {what}", paired(texts, DIACRITICS),
                is_wrong("diacritics"), 1)
    known = {r["id"] for r in labelled if r["diacritics"] != "yes"}
    accented = [r["text"] for r in comments if r["id"] not in known and "lowmark" not in r["file"]]
    for what, texts in (("accented comments", accented), ("prose", [r["text"] for r in prose])):
        both = paired(texts, LENGTH)
        long = [text for text, verdict in both if verdict["words"] >= 10]
        measure(f"diacritics: {what} of 10 words and more rejected", paired(long, DIACRITICS),
                hits("diacritics"), 0.1)
        measure(f"diacritics: the same without their marks accepted",
                paired([forms.strip(text) for text in long], DIACRITICS), misses("diacritics"), 0)


def is_clean(comment):
    labels = comment.get("labels", {})
    return not (labels.get("hate", "clean") != "clean" or labels.get("spam") or
                labels.get("has_offensive_span"))


def phrases_rule(phrases):
    return ("rules:\n  - name: phrases\n    kind: banned\n    message: m\n    phrases: [" +
            ", ".join(quote(p) for p in phrases) + "]\n")


def whole_words(phrases):
    """The phrases as whole words, any case, nothing folded."""
    words = (r"\s+".join(map(re.escape, p.split())) for p in phrases)
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + r")(?!\w)", re.IGNORECASE)


def measure_folding(clean, prose, phrases):
    texts = [forms.nfc(r["text"]) for r in clean + prose]
    plain = whole_words(phrases)
    over = [text for text, verdict in paired(texts, phrases_rule(phrases))
            if verdict["rules"] and not plain.search(text)]
    row("banned: clean comments and prose hit by the folding alone", len(over), len(texts), 0.1)
    show(over)


def measure_disguises(clean, phrases):
    rng = random.Random(20)
    clean_texts = [forms.nfc(r["text"]) for r in clean if len(r["text"].split()) >= 6]
    if not clean_texts:
        return
    clean_texts = [text for text, verdict in paired(clean_texts, phrases_rule(phrases))
                   if not verdict["rules"]]
    pairs = [(rng.choice(clean_texts).split(), rng.choice(phrases)) for _ in range(600)]
    long = [p for p in phrases if p.count(" ") >= 2]
    long_pairs = [(words, rng.choice(long)) for words, _ in pairs] if long else pairs

    def insert(words, phrase):
        middle = len(words) // 2
        return " ".join(words[:middle]) + " " + phrase + " " + " ".join(words[middle:])

    for kind, disguise in forms.DISGUISES.items():
        chosen = long_pairs if kind in forms.PART_TWO_WORDS else pairs
        texts = [insert(words, disguise(phrase)) for words, phrase in chosen]
        measure(f"banned: disguise missed: {kind}", paired(texts, phrases_rule(phrases)),
                lambda verdict: not verdict["rules"], 4)
    texts = [forms.strip(insert(words, phrase)) for words, phrase in pairs]
    measure("banned: disguise missed: no marks anywhere", paired(texts, phrases_rule(phrases)),
            lambda verdict: not verdict["rules"], 4)


def compared_fields(verdict):
    return (verdict["verdict"], verdict["rules"], verdict["words"], verdict["marked"])


def measure_forms(texts):
    plain = judge([forms.nfc(text) for text in texts], SITE)
    for name in ("nfd", "cp1258", "nfkc"):
        other = judge([getattr(forms, name)(text) for text in texts], SITE)
        wrong = [text for text, a, b in zip(texts, plain, other) if compared_fields(a) != compared_fields(b)]
        row(f"NFC and {name.upper()} judged differently", len(wrong), len(texts), 0)
        show(wrong)


def measure_spans(texts):
    wrong, count = [], 0
    for text, verdict in zip(texts, judge(texts, SITE)):
        original = text.encode()
        for hit in (h for h in verdict["hits"] if "at" in h):
            count += 1
            span = original[hit["at"]:hit["at"] + hit["len"]]
            if span.decode("utf-8", "replace") != hit["text"] or not hit["text"].strip():
                wrong.append(text)
    row("spans that are not the text they name", len(wrong), count, 0)
    show(wrong)


def main():
    if len(sys.argv) < 2 or not sys.argv[1]:
        print("quality: skipped: no corpora (make quality CORPORA=DIR; see tests/quality/quality.py)")
        return
    if not os.path.isdir(sys.argv[1]):
        sys.exit(f"quality: {sys.argv[1]}: expected a directory with corpora")
    directory = sys.argv[1]
    comments, prose = load(directory, "raw/*.jsonl"), load(directory, "prose/*.jsonl")
    labelled = load(directory, "labelled-*.jsonl")
    clean = [r for r in comments if is_clean(r) and "lowmark" not in r["file"]]
    bad = {forms.nfc(r["phrase"].strip().lower()) for r in load(directory, "lists/badwords.jsonl")}
    phrases = sorted(p for p in bad if re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)+", p))
    print(f"{'wrong':>7}    {'cases':>6}  {'':>7}   {'limit':>6}   what")
    measure_words(labelled)
    measure_diacritics(labelled, comments, prose)
    links.measure(directory)
    measure_folding(clean, prose, phrases)
    measure_disguises(clean, phrases)
    everything = [r["text"] for r in comments + prose + labelled]
    measure_forms(everything)
    measure_spans(everything)
    measure_shipped(directory)


main()
