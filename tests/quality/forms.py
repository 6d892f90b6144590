"""The same Vietnamese text in other forms: normalisation, missing marks, disguises."""

import re
import unicodedata

TONES = {0x300, 0x301, 0x303, 0x309, 0x323}
QUALITIES = {0x302, 0x306, 0x31B}
LOOKALIKE = str.maketrans("aceopxyi", "асеорхуі")
LEET = str.maketrans("aeiost", "4310$7")


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def nfkc(text):
    return unicodedata.normalize("NFKC", text)


def cp1258(text):
    """Letters with their circumflex, breve or horn, followed by a combining tone."""
    out = []
    for char in nfc(text):
        parts = nfd(char)
        tone = "".join(c for c in parts if ord(c) in TONES)
        out.append(nfc("".join(c for c in parts if ord(c) not in TONES)) + tone)
    return "".join(out)


def strip(text):
    """Without Vietnamese marks."""
    bare = "".join(c for c in nfd(text) if ord(c) not in TONES | QUALITIES)
    return nfc(bare.replace("đ", "d").replace("Đ", "D"))


def shift(text, small, capital):
    """ASCII letters moved to the alphabets that begin at `small` and `capital`."""
    out = []
    for char in nfd(text):
        if "a" <= char <= "z":
            char = chr(ord(char) - ord("a") + small)
        elif "A" <= char <= "Z":
            char = chr(ord(char) - ord("A") + capital)
        out.append(char)
    return "".join(out)


def spell(text, between, gap):
    return gap.join(between.join(word) for word in text.split(" "))


def inside(text, table):
    """Letters within words replaced; the first and last of each word stay."""
    def one(word):
        parts = list(word)
        for i in range(1, len(parts) - 1):
            parts[i] = strip(parts[i]).translate(table) if strip(parts[i]) in "aeio" else parts[i]
        return "".join(parts)
    return " ".join(one(word) for word in text.split(" "))


CYRILLIC = str.maketrans("abcehkmnoptxyiABCEHKMOPTXYI", "аЬсеһкмпортхуіАВСЕНКМОРТХУІ")
GREEK = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
FIRST = {"l": "1", "s": "5", "t": "7", "b": "8", "g": "9", "c": "©"}


def at_edge(word):
    """A digit or sign for the last letter if it is a, e, i or o, else for the first; in words of three letters
    or more."""
    bare = strip(word)
    if len(bare) < 3 or not re.search("[aeiouy]", bare):
        return word
    if bare[-1] in "aeio":
        return word[:-1] + bare[-1].translate(LEET)
    return FIRST.get(bare[0], word[0]) + word[1:]


def teencode(word):
    """j for an i after another vowel, k for c, in words of more than two letters."""
    if len(word) < 3:
        return word
    word = re.sub(r"(?<=[aou])i$", "j", nfd(word)) if nfd(word) == word else \
        re.sub("(?<=[\u0300-\u036f])i$", "j", nfd(word))
    return nfc(re.sub(r"^c(?=[aou])|(?<=.)c$", "k", word))


def each(change, text):
    return " ".join(change(word) for word in text.split(" "))


TONE_PLACE = {a + b: c + d for new, old in (("oa", "àáảãạ"), ("oe", "èéẻẽẹ"), ("uy", "ỳýỷỹỵ"))
              for a, c, b, d in zip(new[0] * 5, {"o": "òóỏõọ", "u": "ùúủũụ"}[new[0]], old, new[1] * 5)}


def other_tone_place(text):
    for new, old in TONE_PLACE.items():
        if new in text:
            return text.replace(new, old)
        if old in text:
            return text.replace(old, new)
    return text


# A phrase disguised in one of these ways is found only if it has three words or more: between two
# words, such a sign may be the end of a sentence.
PART_TWO_WORDS = {"line break between words", "dash between words", "emoji between words"}

# These remove marks, so a phrase with `marks: exact` is not found in them.
TAKE_MARKS = {"digits for letters", "digits and signs at the edge of words", "circled letters, no marks",
              "squared letters, no marks", "negative squares, no marks"}

DISGUISES = {
    "upper case": str.upper,
    "line break between words": lambda p: p.replace(" ", "\n"),
    "dot between words": lambda p: p.replace(" ", "."),
    "dash between words": lambda p: p.replace(" ", " - "),
    "emoji between words": lambda p: p.replace(" ", " 🔥 "),
    "underscores between words": lambda p: p.replace(" ", "_"),
    "glued": lambda p: p.replace(" ", ""),
    "stretched": lambda p: " ".join(w + w[-1] * 3 for w in p.split(" ")),
    "spelled by dots": lambda p: spell(p, ".", " "),
    "spelled by dots throughout": lambda p: spell(p, ".", "."),
    "spelled by dashes": lambda p: spell(p, "-", " "),
    "spelled by underscores": lambda p: spell(p, "_", " "),
    "spelled by blanks": lambda p: spell(p, " ", "  "),
    "spelled by emoji": lambda p: spell(p, "💰", " "),
    "invisible characters": lambda p: spell(p, "\u200b", " "),
    "soft hyphens": lambda p: spell(p, "\u00ad", " "),
    "Cyrillic letters": lambda p: nfc(nfd(p).translate(LOOKALIKE)),
    "Cyrillic letters, all of them": lambda p: nfc(nfd(p).translate(CYRILLIC)),
    "Cyrillic capitals": lambda p: nfd(p).upper().translate(CYRILLIC),
    "Greek capitals": lambda p: nfd(p).upper().translate(GREEK),
    "Greek capitals made small": lambda p: nfd(p).upper().translate(GREEK).lower(),
    "full-width letters": lambda p: shift(p, 0xFF41, 0xFF21),
    "bold letters": lambda p: shift(p, 0x1D41A, 0x1D400),
    "circled letters": lambda p: shift(p, 0x24D0, 0x24B6),
    "circled letters, no marks": lambda p: shift(strip(p), 0x24D0, 0x24B6),
    "squared letters, no marks": lambda p: shift(strip(p), 0x1F130, 0x1F130),
    "negative squares, no marks": lambda p: shift(strip(p), 0x1F170, 0x1F170),
    "enclosed letters": lambda p: "".join(c + "\u20dd" if c.isalpha() else c for c in p),
    "shown from right to left": lambda p: "\u202e" + nfc(p)[::-1] + "\u202c",
    "HTML entities": lambda p: "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in p),
    "digits for letters": lambda p: inside(p, LEET),
    "digits and signs at the edge of words": lambda p: each(at_edge, p),
    "teencode": lambda p: each(teencode, p),
    "NFD": nfd,
    "Windows-1258 style": cp1258,
    "the other tone placement": other_tone_place,
    "overlaid marks": lambda p: "".join(c + "\u0336" if c.isalpha() else c for c in p),
}
