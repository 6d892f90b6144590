"""Properties that hold for every comment, tried on comments from a seeded random generator.

Honest sentences are rules/everyday.txt and syllables thrown together; banned phrases are
those of the shipped lists, plain and disguised; junk is what keyboards do not write.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "quality"))
import forms  # noqa: E402

DUYETD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "duyetd"
ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split() + [""]
VOWELS = "a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oe oi ôi ơi ua uâ ui uô ươ uy uyê yê".split()
CODAS = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"]
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
JUNK = ["\u200b", "\u0301", "\u0336", "😀", "👨\u200d👩\u200d👧", "ﬁ", "Ⅷ", "㎏", "&#7845;", "&amp;", "ß", "İ",
        "ạ\u0301", "ɑ", "а", "𝓪", "…", "．", "|", "''", "\u202e", "中", "ّ", "10.000đ", "a.b", "\n\n", "\t"]


RULES = (ROOT / "rules/20-banned.yaml").read_text()


def lines_of(path):
    return [line for line in path.read_text().split("\n") if line and not line.startswith("#")]


def judge(texts, rules=ROOT / "rules"):
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
    done = subprocess.run([DUYETD, "judge", "--rules", rules], input=lines, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts)
    return answers


def phrases():
    """(rule, phrase) of every shipped list."""
    for name, file in re.findall(r"- name: (\S+)\n(?:    .*\n)*?    phrases: (\S+)\n", RULES):
        for phrase in lines_of(ROOT / "rules" / file):
            yield name, phrase


EVERYDAY = lines_of(ROOT / "rules/everyday.txt")
PHRASES = list(phrases())
EXACT = re.findall(r"- name: (\S+)\n(?:    .*\n)*?    marks: exact\n", RULES)
# Joined, it is a word: "phlegm".
JOINED_IS_A_WORD = {"đờ m"}
# With each word on a line of its own, other rules find them too (`kubet`), or do not.
BROKEN_IS_ANOTHER = {"vãi lol", "ku bét", "kú bét", "tha bét", "cầm cà vẹt xe không giữ", "link ở trang cá nhân"}


class RandomTexts(random.Random):
    def syllable(self):
        vowel = self.choice(VOWELS)
        tone = self.choice(TONES)
        return forms.nfc(self.choice(ONSETS) + vowel[0] + tone + vowel[1:] + self.choice(CODAS))

    def honest(self):
        if self.random() < 0.7:
            return self.choice(EVERYDAY)
        return " ".join(self.syllable() for _ in range(self.randint(1, 25)))

    def junk(self):
        parts = [self.choice(JUNK + [self.syllable(), self.choice(EVERYDAY)]) for _ in range(12)]
        return "".join(part + self.choice(["", " "]) for part in parts)

    def banned(self):
        return self.choice(PHRASES)[1]

    def comment(self):
        parts = [self.choice([self.honest, self.honest, self.junk, self.banned])()
                 for _ in range(self.randint(1, 4))]
        return self.choice([" ", ". ", "\n", ", "]).join(parts)


@pytest.fixture
def rng(request):
    return RandomTexts(request.node.name)


def compared_fields(answer):
    return (answer["verdict"], answer["rules"], answer["words"], answer["marked"],
            [hit["rule"] for hit in answer["hits"]])


def assert_same(texts, others, but=()):
    """The rules of `but` may hit one text and not the other."""
    for text, other, a, b in zip(texts, others, judge(texts), judge(others)):
        for answer in (a, b):
            answer["hits"] = [hit for hit in answer["hits"] if hit["rule"] not in but]
        assert compared_fields(a) == compared_fields(b), f"{text!r} and {other!r}"


@pytest.mark.parametrize("form", ["nfd", "cp1258", "nfkc"])
def test_forms_are_judged_alike(form, rng):
    texts = [forms.nfc(rng.comment()) for _ in range(3000)]
    assert_same(texts, [getattr(forms, form)(text) for text in texts])


def plain_comments(rng, count):
    """Comments of words only. Signs are removed, so no sign ends a sentence or stands between blanks."""
    for _ in range(count):
        parts = [rng.choice([rng.honest, rng.honest, rng.banned])() for _ in range(rng.randint(1, 3))]
        if not BROKEN_IS_ANOTHER.intersection(parts):
            yield re.sub(r"[^\w\s]+", "", " ".join(parts))


SPACING = {
    "two blanks": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "line breaks": lambda text: text.replace(" ", "\n"),
    "tabs": lambda text: text.replace(" ", "\t"),
    "around": lambda text: f"\n  {text} \r\n",
    "ideographic": lambda text: text.replace(" ", "\u3000"),
}


@pytest.mark.parametrize("spacing", SPACING)
def test_spacing_changes_nothing(spacing, rng):
    texts = list(plain_comments(rng, 1000))
    assert_same(texts, [SPACING[spacing](text) for text in texts])


@pytest.mark.parametrize("case", ["upper", "lower"])
def test_case_changes_nothing(case, rng):
    """Except short forms that are names in capitals (verdict/site.cases has those) and the rule
    that counts capitals; it only watches."""
    names = re.compile(r"\b(?:đ|đm|đmm|cmm|dcm|dmm|loz|vl|zl|duma|éo|cc|[wm]88)\b")
    texts = [text.lower() for text in plain_comments(rng, 1000) if not names.search(text.lower())]
    assert_same(texts, [getattr(text, case)() for text in texts], but=("shouting",))


def banned_hits(answer):
    """Rules that hit a phrase or pattern, also those that only watch."""
    return {hit["rule"] for hit in answer["hits"]} - {"min-length", "diacritics", "no-links"}


def phrase_hits(answer):
    """Rules that hit a phrase. Not those that hit a pattern: many patterns pass over warnings, and
    so a word such as `đừng` in the next sentence may hide what they find."""
    return {hit["rule"] for hit in answer["hits"] if hit.get("source", "").startswith("lists/")}


@pytest.mark.parametrize("where", ["before", "behind", "both"])
def test_honest_sentences_around_a_hit_do_not_hide_it(where, rng):
    """Whole sentences: a word that makes a banned phrase part of a longer honest one may protect it."""
    alone, within = [], []
    for _ in range(2000):
        before, bad, behind = (text[0].upper() + text[1:] + "." for text in
                               (rng.honest(), rng.banned(), rng.honest()))
        alone.append(bad)
        within.append({"before": f"{before} {bad}", "behind": f"{bad}\n{behind}",
                       "both": f"{before} {bad} {behind}"}[where])
    for bad, text, a, b in zip(alone, within, judge(alone), judge(within)):
        assert banned_hits(a) and phrase_hits(a) <= banned_hits(b), f"{bad!r} in {text!r}"


def test_every_shipped_phrase_is_found(rng):
    texts = [f"{rng.honest()}; {phrase}" for _, phrase in PHRASES]
    for (rule, phrase), text, answer in zip(PHRASES, texts, judge(texts)):
        assert rule in banned_hits(answer), f"{phrase!r} at the end of {text!r}"


def test_a_phrase_after_any_text_is_found(rng):
    texts, rules = [], []
    for _ in range(3000):
        rule, phrase = rng.choice(PHRASES)
        texts.append(f"{rng.junk()} , {phrase}")
        rules.append(rule)
    for rule, text, answer in zip(rules, texts, judge(texts)):
        assert rule in banned_hits(answer) or answer["rules"] == ["malformed"], repr(text)


@pytest.mark.parametrize("disguise", forms.DISGUISES)
def test_disguises_hide_no_phrase(disguise, rng):
    """Tries phrases of two syllables or more, with all their marks: others may not be words."""
    wanted = [(rule, phrase) for rule, phrase in PHRASES if re.fullmatch(r"\w+( \w+)+", phrase)
              and not re.search(r"\d", phrase) and forms.strip(phrase) != phrase]
    if disguise in forms.TAKE_MARKS:
        wanted = [(rule, phrase) for rule, phrase in wanted if rule not in EXACT]
    if disguise == "glued":
        wanted = [(rule, phrase) for rule, phrase in wanted if phrase not in JOINED_IS_A_WORD]
    if disguise in forms.PART_TWO_WORDS:
        wanted = [(rule, phrase) for rule, phrase in wanted if phrase.count(" ") >= 2]
    texts = [f"{rng.choice(EVERYDAY)} - {forms.DISGUISES[disguise](phrase)}" for _, phrase in wanted]
    for (rule, _), text, answer in zip(wanted, texts, judge(texts)):
        assert rule in banned_hits(answer), repr(text)


def test_places_hold_the_text_that_is_named(rng):
    texts = [getattr(forms, rng.choice(["nfc", "nfd", "cp1258"]))(rng.comment()) for _ in range(3000)]
    count = 0
    for text, answer in zip(texts, judge(texts)):
        original = text.encode()
        for hit in (hit for hit in answer["hits"] if "at" in hit):
            span = original[hit["at"]:hit["at"] + hit["len"]]
            assert span.decode() == hit["text"] and hit["text"].strip(), f"{hit} in {text!r}"
            count += 1
    assert count > 1000


def test_no_everyday_sentence_is_hit():
    for text, answer in zip(EVERYDAY, judge(EVERYDAY)):
        assert not banned_hits(answer), f"{text!r}: {answer['hits']}"
        assert "no-links" not in answer["rules"], text


def test_everyday_sentences_without_marks_fail_for_their_marks_only():
    texts = [forms.strip(text) for text in EVERYDAY]
    for text, answer in zip(texts, judge(texts)):
        assert not banned_hits(answer), f"{text!r}: {answer['hits']}"


INLINE = ["<b>", "</b>", "<span class='x'>", "</SPAN >", "<!-- x -->", "<wbr>", "<i>", "</i>", "&shy;"]
BLANKS = [" ", "  ", "\t", "\u00a0", "&nbsp;", " &#32; ", "\u2009"]


def test_markup_and_blanks_never_change_a_verdict():
    """Adds inline tags anywhere, and blanks beside blanks: the verdict stays the same."""
    rng = RandomTexts(11)
    plain, with_markup = [], []
    for _ in range(1500):
        words = rng.choice([rng.honest, rng.banned])().split(" ")
        plain.append(" ".join(words))
        parts = []
        for word in words:
            at = rng.randint(0, len(word))
            parts.append(word[:at] + rng.choice(INLINE) + word[at:] if rng.random() < 0.3 else word)
        with_markup.append("".join(part + rng.choice(BLANKS) * rng.randint(1, 3) for part in parts))
    for before, after, text in zip(judge(plain), judge(with_markup), with_markup):
        assert (before["verdict"], before["rules"], before["words"]) == \
            (after["verdict"], after["rules"], after["words"]), text


def test_numbers_are_not_found_as_phrases():
    """Quantities, models, classes and abbreviations are no phrases, whatever letters they have."""
    rng = RandomTexts(16)
    units = "k g kg tr m cm km l ml s h p đ d tỷ gb mb w kw v a mah".split()
    models = "A B C D F G H K L M N P Q S T U V X CA LO CC MP GT ĐT".split()
    made = {"quantity": lambda: f"{rng.randint(0, 999)}{rng.choice(units)}",
            "broken": lambda: f"{rng.randint(1, 9)}{rng.choice(['m', 'h', 'k', 'tr'])}{rng.randint(0, 99)}",
            "model": lambda: f"{rng.choice(models)}{rng.randint(0, 99)}",
            "price": lambda: f"{rng.choice('$€£')}{rng.randint(1, 999)}",
            "exclaimed": lambda: rng.choice(["lần", "chó", "cá", "nhà", "lo", "vui"]) + "!" * rng.randint(1, 3)}
    texts = [" ".join(made[rng.choice(list(made))]() for _ in range(6)) for _ in range(3000)]
    for text, answer in zip(texts, judge(texts)):
        assert not banned_hits(answer), f"{text!r}: {answer['hits']}"
