#!/usr/bin/python3
"""How well links are found: links.py DIR [-v]

DIR is laid out so (what is missing is left out of the table):
  links/linkify-it.jsonl, links/twitter-text.jsonl   {"text", "links"}: two public suites
  links/real-vi.jsonl                                the same of real comments; [] for look-alikes
  raw/*.jsonl, prose/*.jsonl                         {"text"}: honest texts; disguised links are put into them

Every row of the two suites that has links is counted, none is left out. Their rows without links
are not counted. Most of these have an e-mail address, or text that a browser or a reader takes for a
link and the suite does not (http://foo_bar.com).
"""

import random
import re
import sys

from corpora import load
from judge import judge_by
from table import row, show

RULE = ("rules:\n"
        "  - {name: links, kind: links, emails: %s, message: m, fields: [text]}\n")
HITS = 16  # the most that one rule reports on one comment

# Names as they are posted: papers, shops, betting, films, loans, shorteners, chats.
HOSTS = """
vnexpress.net dantri.com.vn tuoitre.vn kenh14.vn cafef.vn zing.vn vtv.vn tinhte.vn voz.vn
shopee.vn lazada.vn tiki.vn sendo.vn chotot.com muaban.net cellphones.com.vn mua-re.com
fun88.com w88.com bong88.com kubet77.net jun88.vip hi88.vip new88.club go88.com f8bet.com
nhacaisomot.com taixiuonline.com xoso.com.vn lode88.com nha-cai-uy-tin.com keonhacai.net
motphim.net phimmoi.net xemphimhay.com truyenfull.vn nhacvang.com gamevui.vn
vaytiennhanh.vn vay-nong-24h.com tindung88.com dep.com.vn nhadat.vn sim.vn 24h.com.vn
facebook.com youtube.com google.com example.com example.org abc.com
bit.ly/3xYzAb t.me/kenhkeo88 zalo.me/0900000000 youtu.be/a1B2c3D4 shp.ee/ab12cd fb.me/hoi24
m.me/tiemnhaxinh cutt.ly/aB3dE goo.gl/x7Yz1 tinyurl.com/ab12 forms.gle/aB1cD2
""".split()


def dots(url, dot):
    host, slash, path = url.partition("/")
    return host.replace(".", dot) + slash + path


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


DISGUISES = {
    "none": str,
    "capitals": str.upper,
    "www.": lambda url: "www." + url,
    "[.]": lambda url: dots(url, "[.]"),
    "(.)": lambda url: dots(url, "(.)"),
    " (.) ": lambda url: dots(url, " (.) "),
    " . ": lambda url: dots(url, " . "),
    " .": lambda url: dots(url, " ."),
    " chấm ": lambda url: dots(url, " chấm "),
    " cham ": lambda url: dots(url, " cham "),
    " dot ": lambda url: dots(url, " dot "),
    "[dot]": lambda url: dots(url, "[dot]"),
    "(dot)": lambda url: dots(url, "(dot)"),
    "(chấm)": lambda url: dots(url, "(chấm)"),
    "full-width dot": lambda url: dots(url, "．"),
    "full-width": wide,
    "ideographic dot": lambda url: dots(url, "。"),
    "half-width ideographic dot": lambda url: dots(url, "｡"),
    "zero-width around the dot": lambda url: dots(url, "\u200b.\u200b"),
    "zero-width throughout": "\u200b".join,
    "soft hyphen": lambda url: url[:2] + "\u00ad" + url[2:],
    "hxxp": lambda url: "hxxp://" + url,
    "hxxps and [.]": lambda url: "hxxps://" + dots(url, "[.]"),
    "http: //": lambda url: "http: //" + url,
    "https : //": lambda url: "https : //" + url,
    "&#46;": lambda url: dots(url, "&#46;"),
    "&period;": lambda url: dots(url, "&period;"),
    "all of it in entities": lambda url: "".join(f"&#x{ord(c):x};" for c in url),
    "bold letters": lambda url: re.sub("[a-z]", lambda m: chr(0x1D41A + ord(m[0]) - 97), url),
    "Cyrillic letters": lambda url: url.translate(str.maketrans("aceo", "асео")),
    "middle dot": lambda url: dots(url, "·"),
}


def found(texts, emails="allow"):
    """For each text the spans that the rule hits, in bytes."""
    return [[(h["at"], h["at"] + h["len"]) for h in verdict["hits"]]
            for verdict in (judge_by(texts, RULE % emails) if texts else [])]


def places(text, links):
    """Where the expected links are, in bytes."""
    original, at = text.encode(), 0
    for link in links:
        at = original.find(link.encode(), at)
        if at < 0:
            at = original.find(link.encode())
        yield at, at + len(link.encode())
        at += len(link.encode())


def missed(text, links, spans):
    """The expected links that no span touches, up to the last span that is reported."""
    horizon = spans[-1][1] if len(spans) == HITS else len(text.encode())
    wanted = [place for place in places(text, links) if place[0] < horizon]
    lost = [text.encode()[a:b].decode() for a, b in wanted
            if not any(start < b and a < end for start, end in spans)]
    return lost, len(wanted)


def measure_missed(what, rows, limit):
    lost, count = [], 0
    for one, spans in zip(rows, found([r["text"] for r in rows], "reject")):
        more, wanted = missed(one["text"], one["links"], spans)
        lost += more
        count += wanted
    row(what, len(lost), count, limit)
    show(lost)


def measure_hits(what, texts, limit):
    wrong = [text for text, spans in zip(texts, found(texts)) if spans]
    row(what, len(wrong), len(texts), limit)
    show(wrong)


def carried(url, texts, rng):
    words = rng.choice(texts).split()
    return " ".join(words[:4] + [url] + words[4:8])


def measure_disguises(texts):
    rng = random.Random(4)
    texts = [text for text, spans in zip(texts, found(texts)) if not spans]
    texts = [text for text in texts if len(text.split()) > 4]
    for kind, disguise in DISGUISES.items() if texts else ():
        pairs = [(disguise(url), carried(disguise(url), texts, rng)) for url in HOSTS * 3]
        lost = [url for (url, _), spans in zip(pairs, found([text for _, text in pairs]))
                if not spans]
        row(f"links: disguise missed: {kind}", len(lost), len(pairs), 5)
        show(sorted(set(lost)))


def is_plain(text):
    """Without a dot, a scheme, or anything that stands for one."""
    return not re.search(r"[.:@．。｡·•․…&]|\b(?:chấm|cham|dot)\b", text, re.IGNORECASE)


def measure(directory):
    suites = load(directory, "links/linkify-it.jsonl") + load(directory, "links/twitter-text.jsonl")
    real = load(directory, "links/real-vi.jsonl")
    honest = [r["text"] for r in load(directory, "raw/*.jsonl") + load(directory, "prose/*.jsonl")]
    measure_missed("links: linkify-it and twitter-text missed", suites, 2)
    measure_missed("links: in real comments missed", [r for r in real if r["links"]], 2)
    measure_hits("links: look-alikes in real comments hit",
                 [r["text"] for r in real if not r["links"]], 0.5)
    measure_hits("links: comments and prose without a dot or scheme hit",
                 [text for text in honest if is_plain(text)], 0)
    measure_disguises(honest)


if __name__ == "__main__":
    measure(sys.argv[1])
